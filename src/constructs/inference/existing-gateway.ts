import { Construct } from 'constructs';
import { checkedShards, GatewayBase, recordGateway } from './gateway-base';
import { ExistingGatewayProps } from './gateway-props';
import { GatewayNode, HTTPS_PORT, ListenerFacts } from '../../model/gateway';
import { isPort, isSubdomain, nameProblem, serviceAccountProblem } from '../../model/names';
import { freshId, Membership } from '../membership/membership';

/** A Gateway that the library does not emit. */
export class ExistingGateway extends GatewayBase {
  public constructor(scope: Construct, id: string, props: ExistingGatewayProps) {
    super(scope, freshId(scope, id, props.mesh), props.gatewayName, props.hostnames);
    const member = Membership.of(this, props);
    const { model, context } = member;
    const { gatewayName, namespace, listener, listenerPort } = props;
    const serviceAccount = props.serviceAccount ?? context.gateway.serviceAccount(gatewayName);
    const node: GatewayNode = {
      origin: member,
      name: member.name('the name of the gateway', gatewayName, context.gateway.nameSuffix),
      namespace,
      meshNamespace: model.facts.namespace,
      hostnames: props.hostnames,
      poolShards: checkedShards(member, props.poolShards),
      listener: { name: listener, port: listenerPort ?? (listener === undefined ? HTTPS_PORT : undefined) },
      infrastructureLabels: {},
      deniedNetworks: [],
      // In a namespace of the mesh, the deny-all policy also applies to an existing gateway, so its hosts need an ALLOW policy.
      hostsAllowed: model.namespaces.has(namespace),
      existingServiceAccount: serviceAccount,
    };
    if (!recordGateway(this, member, node)) return;
    member.report(serviceAccountProblem(serviceAccount));
    member.report(nameProblem('the namespace of the gateway', namespace));
    checkListener(member, node.listener);
    if (node.hostsAllowed) context.gateway.allowHosts(this, model, node);
  }
}

function checkListener(member: Membership, { name, port }: ListenerFacts): void {
  if (name !== undefined && !isSubdomain(name)) {
    member.report({ message: '`listener` is not a valid listener name', actual: name, expected: 'lower case letters, digits, "-" and "."', fix: 'use the name of a listener of the Gateway' });
  }
  if (port !== undefined && !isPort(port)) {
    member.report({ message: '`listenerPort` is not a valid port', actual: port, expected: 'a whole number from 1 to 65535', fix: 'correct `listenerPort`' });
  }
}
