import { checkedShards, GatewayBase } from './gateway-base';
import { gatewayFacts } from './gateway-facts';
import { InferenceGatewayProps } from './gateway-props';
import { GatewayNode } from '../../model/gateway';
import { Membership } from '../membership/membership';

/** Props that a gateway without clients outside the mesh can have. */
const OF_ALL = ['exposure', 'name', 'poolShards', 'mesh'];

/** Records a gateway for callers inside the mesh. Its pools emit the proxies in front of them, so the gateway itself emits nothing. */
export function recordInMeshGateway(gateway: GatewayBase, member: Membership, props: InferenceGatewayProps): void {
  const { model, context } = member;
  const unused = Object.entries(props).filter(([prop, value]) => !OF_ALL.includes(prop) && value !== undefined).map(([prop]) => prop);
  if (unused.length > 0) {
    member.report({ message: 'these props of the gateway have no effect, because it serves no clients outside the mesh (`exposure` IN_MESH)', actual: unused, expected: 'only `name` and `poolShards`', fix: 'remove these props, or remove `exposure`' });
  }
  const node: GatewayNode = {
    origin: member,
    name: member.name('the name of the gateway', props.name ?? gateway.node.id, context.gateway.nameSuffix),
    namespace: model.facts.namespace,
    meshNamespace: model.facts.namespace,
    hostnames: [],
    inMesh: true,
    poolShards: checkedShards(member, props.poolShards),
    listener: {},
    infrastructureLabels: {},
    deniedNetworks: [],
    hostsAllowed: false,
  };
  for (const one of [gateway, gateway.asCallee]) gatewayFacts.give(one, { node, member, scope: gateway, isRefused: false });
}
