import { Construct } from 'constructs';
import { ExistingGateway } from './existing-gateway';
import { checkedShards, GatewayBase, recordGateway } from './gateway-base';
import { IInferenceGateway } from './gateway-facts';
import { gatewayInfrastructure } from './gateway-infrastructure';
import { ExistingGatewayProps, InferenceGatewayProps } from './gateway-props';
import { recordInMeshGateway } from './in-mesh-gateway';
import { accepted } from '../../input/guard';
import { wayTo } from '../../model/feature';
import { GatewayNode, HTTPS_PORT, TlsFacts } from '../../model/gateway';
import { isSubdomain, nameProblem, selectorProblem } from '../../model/names';
import { networkOf, networkText } from '../../model/networks';
import { listed } from '../../model/problem';
import { GatewayExposure } from '../../values/gateway-exposure';
import { gatewayJwtFacts } from '../../values/jwt';
import { TlsTermination } from '../../values/tls-termination';
import { networkProblem } from '../input/network-checks';
import { setMainObject } from '../membership/main-object';
import { freshId, Membership } from '../membership/membership';
import { enforcedClientTokens } from '../workload/request-checks';

/** Most labels in the infrastructure of a Gateway (Gateway API v1.6, GatewayInfrastructure). */
const MOST_LABELS = 8;

/**
 * A gateway in front of models and agents. By default it is an edge gateway for clients outside the mesh, which serves its hosts with HTTPS
 * on port 443; `exposure` IN_MESH makes it a gateway of pools for callers inside the mesh. If a load balancer terminates TLS, the edge
 * gateway serves plain HTTP on this port. Emits a Gateway, and an AuthorizationPolicy that allows requests for these hosts and denies others. With
 * GatewayProvider.istioAgentgateway it emits no policy, because listeners for these hosts alone are sufficient. Pools and routes of the
 * gateway emit further objects.
 *
 * Synth fails if the gateway implementation does not support edge gateways on this mesh, or if a host is missing, repeated or invalid.
 *
 * @example
 * // workload: a Workload with the model servers
 * const edge = new InferenceGateway(mesh, 'edge', { hostnames: ['voice.example.com'], tls: { secretName: 'voice-tls' } });
 * edge.addRoute('chat', { target: edge.addPool('llama', { workload }) });
 */
export class InferenceGateway extends GatewayBase {
  /** Returns an existing Gateway. Routes attach to it, and its ServiceAccount is allowed to call the targets of these routes. */
  public static fromGatewayName(scope: Construct, id: string, props: ExistingGatewayProps): IInferenceGateway {
    [scope, id, props] = accepted('InferenceGateway.fromGatewayName', [scope, id, props]);
    return new ExistingGateway(scope, id, props);
  }

  public constructor(scope: Construct, id: string, props: InferenceGatewayProps) {
    [scope, id, props] = accepted('new InferenceGateway', [scope, id, props]);
    super(scope, freshId(scope, id, props.mesh), props.name, props.hostnames ?? []);
    const member = Membership.of(this, props);
    if (props.exposure === GatewayExposure.IN_MESH) recordInMeshGateway(this, member, props);
    else recordEdgeGateway(this, member, props);
  }
}

/** Records and emits an edge gateway for clients outside the mesh. */
function recordEdgeGateway(gateway: GatewayBase, member: Membership, props: InferenceGatewayProps): void {
  const { model, context } = member;
  const namespace = props.namespace ?? `${model.facts.namespace}-edge`;
  const tls = certificateOf(member, namespace, props);
  const node: GatewayNode = {
    origin: member,
    name: member.name('the name of the gateway', props.name ?? gateway.node.id, context.gateway.nameSuffix),
    namespace,
    meshNamespace: model.facts.namespace,
    hostnames: [...gateway.hostnames],
    poolShards: checkedShards(member, props.poolShards),
    listener: { port: HTTPS_PORT },
    tls,
    plainText: props.tlsTermination === TlsTermination.LOAD_BALANCER,
    infrastructure: gatewayInfrastructure(member, props),
    jwt: enforcedClientTokens(member, props.jwt && gatewayJwtFacts(props.jwt)),
    infrastructureLabels: { ...props.infrastructureLabels },
    deniedNetworks: [...new Set(props.deniedCidrs?.map(networkText))],
    hostsAllowed: true,
  };
  if (!recordGateway(gateway, member, node)) return;
  checkStage(member, node);
  if (tls) checkTls(member, tls, node.hostnames);
  checkLabels(member, node);
  checkNetworks(member, node);
  context.enrollNamespace(namespace);
  context.gateway.createGateway(gateway, model, node);
  setMainObject(gateway, 'gateway');
}

/** Returns the certificate of the gateway, or nothing if a load balancer terminates TLS. Reports a missing certificate. */
function certificateOf(member: Membership, namespace: string, { tls, tlsTermination }: InferenceGatewayProps): TlsFacts | undefined {
  const endsBefore = tlsTermination === TlsTermination.LOAD_BALANCER;
  if (tls && !endsBefore) return enforcedTls(member, { secretNamespace: namespace, ...tls, secretNames: { ...tls.secretNames } });
  if (tls) {
    member.report({ message: '`tls` of the gateway has no effect, because `tlsTermination` states that a load balancer terminates TLS', actual: { secretName: tls.secretName }, expected: 'either `tls`, or `tlsTermination` LOAD_BALANCER', fix: 'remove `tls`, or remove `tlsTermination`' });
  } else if (!endsBefore) {
    member.report({ message: 'the gateway has no TLS certificate', actual: undefined, expected: '`tls` with the name of a Secret', fix: 'set `tls`; or set `tlsTermination` to LOAD_BALANCER if a load balancer in front of the gateway terminates TLS' });
  }
  return undefined;
}

function enforcedTls(member: Membership, { clientCaConfigMapName, ...tls }: TlsFacts): TlsFacts {
  const refusal = clientCaConfigMapName !== undefined && member.refusal('client-certificates');
  if (!refusal) return { ...tls, clientCaConfigMapName };
  member.report({ message: `client certificates cannot be verified: ${refusal.reason}`, actual: clientCaConfigMapName, expected: `no \`clientCaConfigMapName\` with the stated release and provider, or ${refusal.instead}`, fix: `${wayTo(refusal)}, or remove \`clientCaConfigMapName\`` }, 'AM002');
  return tls;
}

/** Reports a new gateway in an audit-only namespace: it would serve clients without checks. */
function checkStage(member: Membership, { name, namespace }: GatewayNode): void {
  if (!member.model.isAuditOnly(namespace)) return;
  member.report({ message: `gateway ${name} is new, and would serve clients outside the mesh without checks, because its namespace is audit-only`, actual: namespace, expected: 'a namespace that enforces; the targets of its routes may be in audit-only namespaces', fix: 'set `namespace` of the gateway, or remove its namespace from `auditOnlyNamespaces`' });
}

function checkTls(member: Membership, tls: TlsFacts, hostnames: readonly string[]): void {
  const { secretName, secretNames = {}, secretNamespace, clientCaConfigMapName } = tls;
  const unknown = Object.keys(secretNames).filter((hostname) => !hostnames.includes(hostname));
  if (unknown.length > 0) {
    member.report({ message: '`secretNames` of `tls` has a Secret for a host that the gateway does not serve', actual: unknown, expected: listed(hostnames), fix: 'correct the hostname, or add it to `hostnames`' });
  }
  for (const name of [secretName, ...Object.values(secretNames), ...clientCaConfigMapName === undefined ? [] : [clientCaConfigMapName]]) {
    if (!isSubdomain(name)) member.report({ message: 'the name of a Secret or ConfigMap of the gateway is not valid in Kubernetes', actual: name, expected: 'lower case letters, digits, "-" and "."', fix: 'correct the name' });
  }
  member.report(nameProblem('the namespace of the Secret', secretNamespace));
}

function checkNetworks(member: Membership, { deniedNetworks }: GatewayNode): void {
  for (const network of deniedNetworks) {
    member.report(networkProblem('an entry of `deniedCidrs` is not a CIDR', network, 'deniedCidrs'));
    if (networkOf(network)?.prefix === 0) {
      member.report({ message: '`deniedCidrs` would deny all IPv4 clients or all IPv6 clients', actual: network, expected: 'networks of the cluster', fix: 'list the networks of the pods and nodes of the cluster' });
    }
  }
}

function checkLabels(member: Membership, { infrastructureLabels }: GatewayNode): void {
  const keys = Object.keys(infrastructureLabels);
  if (keys.length > 0) member.report(selectorProblem(infrastructureLabels));
  const mode = infrastructureLabels['istio.io/dataplane-mode'];
  if (mode !== undefined && mode !== 'none') {
    member.report({
      message: '`infrastructureLabels` would enroll the edge gateway in ambient, where STRICT mutual TLS denies every client from outside the mesh',
      actual: { 'istio.io/dataplane-mode': mode }, expected: 'an edge gateway that is not enrolled', fix: 'remove the label; the inner gateway in front of the pools is enrolled automatically',
    });
  }
  const dropped = keys.find((key) => key.startsWith('gateway.networking.k8s.io/'));
  if (dropped !== undefined) {
    member.report({ message: '`infrastructureLabels` has a label with a prefix of the Gateway API, and gateway controllers ignore such labels', actual: dropped, expected: 'labels with a prefix of your own', fix: 'remove the label' });
  }
  if (keys.length >= MOST_LABELS) {
    member.report({ message: '`infrastructureLabels` has too many labels', actual: keys, expected: `at most ${MOST_LABELS - 1}, in addition to the label that the library sets`, fix: 'remove some labels' });
  }
}
