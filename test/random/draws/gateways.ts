import { gatewayJwt } from './demands';
import { placeIn } from './places';
import { id, labels, name, network, number, oneOf, external, statedName, text } from './texts';
import {
  ExistingGatewayProps, GatewayExposure, GatewayInfrastructureProps, GatewayJwtRequirement, GatewayServiceType, InferenceGateway, InferenceGatewayProps, TlsSecretReference, TlsTermination,
} from '../../../src';
import { Drawing } from '../drawing';
import { factory, list, lit, made, record } from '../expr';
import { always, Draws, fitting, options, rarely } from '../options';
import { MeshVar } from '../plan';

const HOSTS = ['voice.example.com', 'chat.example.com', '*.example.org', 'a-b.example.net'];

function hostnames(on: Drawing): string[] {
  return [...new Set(Array.from({ length: on.odd([0, 17], () => 1 + on.tape.below(2)) }, () => external(on, HOSTS)))];
}

/** What the controller of a gateway makes its Service and pods with. */
function infrastructure(on: Drawing, mesh: MeshVar): Draws<GatewayInfrastructureProps> {
  return {
    infrastructureAnnotations: rarely(() => labels(on, { 'service.beta.kubernetes.io/aws-load-balancer-scheme': 'internal' })),
    serviceType: rarely(() => oneOf(on, 'GatewayServiceType', GatewayServiceType, on.isSought('InferenceGatewayProps.loadBalancerClass') ? ['LOAD_BALANCER'] : undefined)),
    loadBalancerClass: rarely(() => (on.tape.oneIn(2) || on.isSought('InferenceGatewayProps.loadBalancerClass') ? text(on, 'service.k8s.aws/nlb') : undefined)),
    trustedProxies: rarely(() => (on.dares(mesh.can('trusted-proxies')) ? number(on, 1, 2) : undefined)),
  };
}

const nothing = () => rarely<never>(() => undefined);

/** Props that only a gateway for clients outside the mesh has. */
const NO_PROPS = {
  infrastructureAnnotations: nothing(), serviceType: nothing(), loadBalancerClass: nothing(), trustedProxies: nothing(), tlsTermination: nothing(), tls: nothing(),
  namespace: nothing(), infrastructureLabels: nothing(), jwt: nothing(), deniedCidrs: nothing(),
};

/** A gateway of the library's. */
export function gateway(on: Drawing, mesh: MeshVar): void {
  const place = placeIn(on, 'InferenceGatewayProps', mesh);
  const stem = id(on, 'gateway');
  const isPlain = on.tape.oneIn(8) || on.isSought('TlsTermination.LOAD_BALANCER');
  if ((on.tape.oneIn(5) && !on.isSeeking) || on.isSought('GatewayExposure.IN_MESH')) {
    const expr = on.plan.define('gateway', made(InferenceGateway, place.scope, lit(stem), options<InferenceGatewayProps>(on, 'InferenceGatewayProps', {
      ...NO_PROPS, mesh: place.mesh, name: rarely(() => lit(name(on, 'models'))), poolShards: rarely(() => number(on, 1, 4)),
      exposure: always(() => oneOf(on, 'GatewayExposure', GatewayExposure, ['IN_MESH'])),
      hostnames: rarely(() => (on.isBold ? lit(hostnames(on)) : undefined)),
    })));
    on.plan.gateways.push({ expr, mesh, isInMesh: true, hasRest: true, hasTokens: false });
    return;
  }
  let hasTokens = false;
  let served: string[] = [];
  const hasObjectives = mesh.can('gateway-jwt') && mesh.can('pool') && ((on.tape.oneIn(8) && !on.isSeeking) || on.isSought('new InferenceObjective') || on.isSought('PickerFairness.ROUND_ROBIN'));
  const expr = on.plan.define('gateway', made(InferenceGateway, place.scope, lit(stem), options<InferenceGatewayProps>(on, 'InferenceGatewayProps', {
    mesh: place.mesh,
    hostnames: always(() => {
      served = hostnames(on);
      return lit(served);
    }),
    exposure: rarely(() => oneOf(on, 'GatewayExposure', GatewayExposure, ['EXTERNAL'])),
    poolShards: rarely(() => number(on, 1, 4)),
    ...infrastructure(on, mesh),
    tlsTermination: fitting(() => (isPlain || on.tape.oneIn(8) ? oneOf(on, 'TlsTermination', TlsTermination, [isPlain ? 'LOAD_BALANCER' : 'GATEWAY']) : undefined)),
    tls: fitting(() => (isPlain && !on.isBold ? undefined : options<TlsSecretReference>(on, 'TlsSecretReference', {
      secretName: always(() => statedName(on, 'Secret', 'tls')),
      secretNames: rarely(() => (served.length > 0 ? record([[on.odd(['other.example.com', '__proto__'], () => served[0]), statedName(on, 'Secret', 'other-tls')]]) : undefined)),
      secretNamespace: rarely(() => lit(name(on, 'certificates'))),
      clientCaConfigMapName: rarely(() => (on.dares(mesh.can('client-certificates')) ? statedName(on, 'ConfigMap', 'clients') : undefined)),
    }))),
    name: rarely(() => lit(name(on, 'edge'))),
    namespace: rarely(() => lit(name(on, `${mesh.namespace}-edge`))),
    infrastructureLabels: rarely(() => labels(on, { team: 'edge' })),
    jwt: (hasObjectives ? fitting : rarely)<GatewayJwtRequirement>(() => {
      hasTokens = on.dares(mesh.can('gateway-jwt'));
      return hasTokens ? gatewayJwt(on, hasObjectives) : undefined;
    }),
    deniedCidrs: rarely(() => list([network(on, '10.244.0.0/16'), network(on, '10.0.0.0/8', 'fd00::/8')])),
  })));
  on.plan.gateways.push({ expr, mesh, hasRest: false, hasTokens, hasObjectives: hasTokens && hasObjectives });
}

/** A Gateway of the team. */
export function existingGateway(on: Drawing, mesh: MeshVar): void {
  const place = placeIn(on, 'ExistingGatewayProps', mesh);
  const called = name(on, 'corp');
  on.plan.stated.add(`Gateway ${called}`);
  const namespace = on.tape.oneIn(4) ? on.tape.pick(mesh.namespaces) : 'ingress';
  const expr = on.plan.define('gateway', factory(InferenceGateway, 'fromGatewayName', place.scope, lit(id(on, 'their-gateway')), options<ExistingGatewayProps>(on, 'ExistingGatewayProps', {
    mesh: place.mesh,
    gatewayName: always(() => lit(called)),
    namespace: always(() => lit(on.odd(['', 'A'], () => namespace))),
    hostnames: always(() => lit(hostnames(on))),
    listener: rarely(() => text(on, 'https')),
    listenerPort: rarely(() => number(on, 8443)),
    serviceAccount: rarely(() => statedName(on, 'ServiceAccount', 'proxies')),
    poolShards: rarely(() => number(on, 2)),
  })));
  on.plan.gateways.push({ expr, mesh, hasRest: false, hasTokens: false });
}
