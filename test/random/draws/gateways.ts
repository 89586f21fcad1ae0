import { placeIn } from './places';
import { id, labels, name, network, number, external, statedName, text } from './texts';
import { ExistingGatewayProps, InferenceGateway, InferenceGatewayProps, TlsSecretReference } from '../../../src';
import { Drawing } from '../drawing';
import { factory, list, lit, made } from '../expr';
import { always, options, rarely } from '../options';
import { MeshVar } from '../plan';

const HOSTS = ['voice.example.com', 'chat.example.com', '*.example.org', 'a-b.example.net'];

function hostnames(on: Drawing): string[] {
  return [...new Set(Array.from({ length: on.odd([0, 17], () => 1 + on.tape.below(2)) }, () => external(on, HOSTS)))];
}

/** A gateway of the library's. */
export function gateway(on: Drawing, mesh: MeshVar): void {
  const place = placeIn(on, 'InferenceGatewayProps', mesh);
  const stem = id(on, 'gateway');
  const expr = on.plan.define('gateway', made(InferenceGateway, place.scope, lit(stem), options<InferenceGatewayProps>(on, 'InferenceGatewayProps', {
    mesh: place.mesh,
    hostnames: always(() => lit(hostnames(on))),
    tls: always(() => options<TlsSecretReference>(on, 'TlsSecretReference', {
      secretName: always(() => statedName(on, 'Secret', 'tls')),
      secretNamespace: rarely(() => lit(name(on, 'certificates'))),
      clientCaConfigMapName: rarely(() => (on.dares(mesh.can('client-certificates')) ? statedName(on, 'ConfigMap', 'clients') : undefined)),
    })),
    name: rarely(() => lit(name(on, 'edge'))),
    namespace: rarely(() => lit(name(on, `${mesh.namespace}-edge`))),
    infrastructureLabels: rarely(() => labels(on, { team: 'edge' })),
    deniedCidrs: rarely(() => list([network(on, '10.244.0.0/16'), network(on, '10.0.0.0/8', 'fd00::/8')])),
  })));
  on.plan.gateways.push({ expr, mesh, hasRest: false });
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
  })));
  on.plan.gateways.push({ expr, mesh, hasRest: false });
}
