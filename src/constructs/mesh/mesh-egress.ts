import { Construct } from 'constructs';
import { accepted } from '../../input/guard';
import { isExternal, EXTERNAL_PORT } from '../../model/external-host';
import { listed } from '../../model/problem';
import { ExternalHost } from '../../values/external-host';
import { setMainObject } from '../membership/main-object';
import { freshId, Membership, MeshMemberProps } from '../membership/membership';
import { checkPort } from '../workload/deployment-checks';

/** Props of `MeshEgress`. */
export interface MeshEgressProps extends MeshMemberProps {
  /** The hosts that may be called, all at the same port. */
  readonly hosts: ExternalHost[];
  /**
   * Namespace whose workloads may call the hosts. All its workloads may, because no component in the path distinguishes callers of
   * external hosts.
   *
   * @default - the namespace of the mesh
   */
  readonly namespace?: string;
  /**
   * Name of the emitted object.
   *
   * @default - the construct id
   */
  readonly name?: string;
}

/**
 * External hosts that the workloads of a namespace may call over TLS. Emits a TLSRoute on the namespace's EgressNetwork (Linkerd), or a
 * ServiceEntry that is visible to its sidecars (Istio). Hosts that no MeshEgress names stay denied in that namespace, but only for
 * traffic that the pods' proxies carry. Use NetworkPolicies as well.
 *
 * Linkerd decides by the server name that a caller states in TLS, and connects to the address that the caller chose. It treats private
 * networks as part of the cluster. Sidecars connect to the addresses that the name resolves to. Synth fails if the mesh cannot restrict
 * egress.
 *
 * @example
 * new MeshEgress(mesh, 'models', { hosts: [ExternalHost.https('api.example.com')] });
 */
export class MeshEgress extends Construct {
  public constructor(scope: Construct, id: string, props: MeshEgressProps) {
    [scope, id, props] = accepted('new MeshEgress', [scope, id, props]);
    super(scope, freshId(scope, id, props.mesh));
    const member = Membership.of(this, props);
    const { model, context } = member;
    const egress = {
      origin: member,
      name: member.name('the name of the egress', props.name ?? this.node.id),
      namespace: props.namespace ?? model.facts.namespace,
      hostnames: props.hosts.map(({ hostname }) => hostname),
      port: props.hosts[0]?.port ?? EXTERNAL_PORT,
    };
    if (props.hosts.length === 0 || new Set(props.hosts.map(String)).size !== props.hosts.length) {
      member.report({ message: 'the egress has no hosts, or names one twice', actual: egress.hostnames, expected: 'one host or more, each once', fix: 'list the hosts that may be called in `hosts`' });
    }
    for (const host of egress.hostnames) {
      // A wildcard would match the server name that a caller states, whatever address it connects to.
      if (!isExternal(host)) {
        member.report({ message: '`hosts` of the egress has an entry that is not an external DNS name', actual: host, expected: 'lower case DNS names with a dot, without "*.", and not in the cluster\'s domain', fix: 'write it as in "api.example.com"' });
      }
    }
    checkPorts(member, props.hosts);
    if (!model.namespaces.has(egress.namespace)) {
      member.report({ message: 'the namespace of the egress is not in the mesh', actual: egress.namespace, expected: listed(model.namespaces.keys()), fix: 'add it to `existingNamespaces`, or first define a construct in it' });
    }
    if (member.refuse('egress', 'egress to named hosts only', egress.hostnames)) return;
    model.egress.push(egress);
    context.mesh.namespaceEgress?.allow(this, egress);
    setMainObject(this, 'host');
  }
}

/** Reports bad ports of the hosts. The emitted object opens a single port. */
function checkPorts(member: Membership, hosts: readonly ExternalHost[]): void {
  const ports = [...new Set(hosts.map(({ port }) => port))];
  for (const port of ports) checkPort(member, 'the port of an external host', port);
  if (ports.length > 1) {
    member.report({ message: 'the hosts of the egress have different ports', actual: hosts.map(String), expected: 'the same port for all hosts', fix: 'define a MeshEgress for each port' });
  }
}
