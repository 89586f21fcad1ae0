import { Construct } from 'constructs';
import { ExistingGateway } from './existing-gateway';
import { GatewayBase, recordGateway } from './gateway-base';
import { IInferenceGateway } from './gateway-facts';
import { ExistingGatewayProps, InferenceGatewayProps } from './gateway-props';
import { accepted } from '../../input/guard';
import { GatewayNode, HTTPS_PORT, TlsFacts } from '../../model/gateway';
import { isSubdomain, nameProblem, selectorProblem } from '../../model/names';
import { networkOf, networkText } from '../../model/networks';
import { networkProblem } from '../input/network-checks';
import { setMainObject } from '../membership/main-object';
import { freshId, Membership } from '../membership/membership';

/** Most labels in the infrastructure of a Gateway (Gateway API v1.6, GatewayInfrastructure). */
const MOST_LABELS = 8;

/**
 * The edge gateway for clients outside the mesh: HTTPS on port 443 for its hosts. Emits a Gateway and a policy that allows requests for
 * these hosts and no others. With GatewayProvider.istioAgentgateway there is no policy, and the listeners alone select the hosts. Pools
 * and routes of the gateway emit their own objects.
 *
 * Synth fails if the gateway implementation supports no edge gateway, or if a host is missing, repeated or invalid.
 *
 * @example
 * const edge = new InferenceGateway(mesh, 'edge', { hostnames: ['voice.example.com'], tls: { secretName: 'voice-tls' } });
 * edge.addRoute('chat', { target: edge.addPool('llama', { workload }) });
 */
export class InferenceGateway extends GatewayBase {
  /** Refers to an existing Gateway. Routes attach to it, and its proxies are allowed to call the targets of these routes. */
  public static fromGatewayName(scope: Construct, id: string, props: ExistingGatewayProps): IInferenceGateway {
    [scope, id, props] = accepted('InferenceGateway.fromGatewayName', [scope, id, props]);
    return new ExistingGateway(scope, id, props);
  }

  public constructor(scope: Construct, id: string, props: InferenceGatewayProps) {
    [scope, id, props] = accepted('new InferenceGateway', [scope, id, props]);
    super(scope, freshId(scope, id, props.mesh), props.name, props.hostnames);
    const member = Membership.of(this, props);
    const { model, context } = member;
    const namespace = props.namespace ?? `${model.facts.namespace}-edge`;
    const tls = enforcedTls(member, { secretNamespace: namespace, ...props.tls });
    const node: GatewayNode = {
      origin: member,
      name: member.name('the name of the gateway', props.name ?? this.node.id, context.gateway.nameSuffix),
      namespace,
      meshNamespace: model.facts.namespace,
      hostnames: props.hostnames,
      listener: { port: HTTPS_PORT },
      tls,
      infrastructureLabels: { ...props.infrastructureLabels },
      deniedNetworks: [...new Set(props.deniedCidrs?.map(networkText))],
      hostsAllowed: true,
    };
    if (!recordGateway(this, member, node)) return;
    checkTls(member, tls);
    checkLabels(member, node);
    checkNetworks(member, node);
    context.enrollNamespace(namespace);
    context.gateway.createGateway(this, model, node);
    setMainObject(this, 'gateway');
  }
}

function enforcedTls(member: Membership, { clientCaConfigMapName, ...tls }: TlsFacts): TlsFacts {
  const refusal = clientCaConfigMapName !== undefined && member.refusal('client-certificates');
  if (!refusal) return { ...tls, clientCaConfigMapName };
  member.report({ message: `client certificates cannot be verified: ${refusal.reason}`, actual: clientCaConfigMapName, expected: `no \`clientCaConfigMapName\` with the stated release and provider, or ${refusal.instead}`, fix: `set ${refusal.instead} if the cluster has it, or remove \`clientCaConfigMapName\`` }, 'AM002');
  return tls;
}

function checkTls(member: Membership, { secretName, secretNamespace, clientCaConfigMapName }: TlsFacts): void {
  for (const name of [secretName, ...clientCaConfigMapName === undefined ? [] : [clientCaConfigMapName]]) {
    if (!isSubdomain(name)) member.report({ message: 'the name of a Secret or ConfigMap of the gateway is not valid in Kubernetes', actual: name, expected: 'lower case letters, digits, "-" and "."', fix: 'correct the name' });
  }
  member.report(nameProblem('the namespace of the Secret', secretNamespace));
}

function checkNetworks(member: Membership, { deniedNetworks }: GatewayNode): void {
  for (const network of deniedNetworks) {
    member.report(networkProblem('an entry of `deniedCidrs` is not a network', network, 'deniedCidrs'));
    if (networkOf(network)?.prefix === 0) {
      member.report({ message: '`deniedCidrs` would deny every client of an address family', actual: network, expected: 'networks of the cluster', fix: 'list the networks of pods and nodes' });
    }
  }
}

function checkLabels(member: Membership, { infrastructureLabels }: GatewayNode): void {
  const keys = Object.keys(infrastructureLabels);
  if (keys.length > 0) member.report(selectorProblem(infrastructureLabels));
  const mode = infrastructureLabels['istio.io/dataplane-mode'];
  if (mode !== undefined && mode !== 'none') {
    member.report({
      message: 'the edge gateway is enrolled in ambient, where mTLS is STRICT: every client from outside would be denied',
      actual: { 'istio.io/dataplane-mode': mode }, expected: 'an edge gateway that is not enrolled', fix: 'remove the label; the inner gateway in front of the pools is enrolled automatically',
    });
  }
  const dropped = keys.find((key) => key.startsWith('gateway.networking.k8s.io/'));
  if (dropped !== undefined) {
    member.report({ message: 'an infrastructure label uses a prefix of the Gateway API, which ignores such labels', actual: dropped, expected: 'labels with a prefix of your own', fix: 'remove the label' });
  }
  if (keys.length >= MOST_LABELS) {
    member.report({ message: 'the gateway has too many infrastructure labels', actual: keys, expected: `at most ${MOST_LABELS - 1}, beside one label of the library`, fix: 'remove some labels' });
  }
}
