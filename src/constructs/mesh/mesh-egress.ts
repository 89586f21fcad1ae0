import { Construct } from 'constructs';
import { accepted } from '../../input/guard';
import { EXTERNAL_PORT, isExternalPattern, isWildcard } from '../../model/external-host';
import { listed } from '../../model/problem';
import { HostFacts } from '../../model/workload';
import { ExternalHost } from '../../values/external-host';
import { hostFacts } from '../../values/workload';
import { setMainObject } from '../membership/main-object';
import { freshId, Membership, MeshMemberProps } from '../membership/membership';
import { checkHosts, enforcedHosts } from '../workload/egress-checks';

/** Props of `MeshEgress`. */
export interface MeshEgressProps extends MeshMemberProps {
  /**
   * External hosts that may be called. All must have the same port. An `ExternalHost.tcp` must be the only host. Exact hostnames and
   * hostnames with "*." each need their own MeshEgress.
   */
  readonly hosts: ExternalHost[];
  /**
   * Namespace of the callers. All its workloads may call the hosts, because neither the EgressNetwork nor the ServiceEntry distinguishes
   * workloads.
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
 * External hosts that all workloads of a namespace may call. Emits a TLSRoute on the EgressNetwork of the namespace (Linkerd), or a
 * ServiceEntry that is visible to the sidecars of the namespace (Istio sidecars). The proxies in the pods deny external hosts that the
 * program does not allow. Traffic that bypasses these proxies is not restricted, so use NetworkPolicies as well. Synth fails on Istio
 * ambient.
 *
 * Linkerd checks only the TLS server name (SNI) that the caller sends, and connects to the address that the caller chose. It treats private
 * networks as part of the cluster and does not restrict calls to them. Sidecars match the SNI too, but connect to the addresses to which
 * the hostname resolves. For hostnames with "*." they connect to the address that the caller chose. For an `ExternalHost.tcp`, sidecars
 * send every connection at its port to the host.
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
    const hosts = props.hosts.map(hostFacts);
    const egress = {
      origin: member,
      name: member.name('the name of the egress', props.name ?? this.node.id),
      namespace: props.namespace ?? model.facts.namespace,
      hostnames: hosts.map(({ hostname }) => hostname),
      port: hosts[0]?.port ?? EXTERNAL_PORT,
      protocol: hosts[0]?.protocol ?? 'TLS',
    };
    if (props.hosts.length === 0 || new Set(props.hosts.map(String)).size !== props.hosts.length) {
      member.report({ message: '`hosts` of the MeshEgress is empty or has a host twice', actual: egress.hostnames, expected: 'one host or more, each once', fix: 'list the hosts that may be called in `hosts`' });
    }
    for (const host of egress.hostnames) {
      if (!isExternalPattern(host)) {
        member.report({ message: '`hosts` of the MeshEgress has an entry that is not an external DNS name', actual: host, expected: 'lower case DNS names with a dot, and not in the cluster\'s domain', fix: 'write it as in "api.example.com"' });
      }
    }
    checkHosts(member, '`hosts` of the MeshEgress', hosts);
    checkLikeness(member, hosts);
    if (!model.namespaces.has(egress.namespace)) {
      member.report({ message: 'the namespace of the MeshEgress is not in the mesh', actual: egress.namespace, expected: listed(model.namespaces.keys()), fix: 'add the namespace to `existingNamespaces`, or define a construct in the namespace before this line' });
    }
    if (member.refuse('egress', 'egress to named hosts only', egress.hostnames)) return;
    if (enforcedHosts(member, '`hosts` of the MeshEgress', hosts).length < hosts.length) return;
    model.egress.push(egress);
    if (model.isAuditOnly(egress.namespace)) return; // no mesh can only report egress
    context.mesh.namespaceEgress?.allow(this, egress);
    setMainObject(this, 'host');
  }
}

/** Reports hosts that cannot be in the same object. */
function checkLikeness(member: Membership, hosts: readonly HostFacts[]): void {
  const texts = hosts.map(({ hostname, port }) => `${hostname}:${port}`);
  if (new Set(hosts.map(({ port }) => port)).size > 1) {
    member.report({ message: 'the hosts of the MeshEgress have different ports', actual: texts, expected: 'the same port for all hosts', fix: 'define a MeshEgress for each port' });
  }
  if (hosts.length > 1 && hosts.some(({ protocol }) => protocol === 'TCP')) {
    member.report({ message: 'the MeshEgress has an `ExternalHost.tcp` beside other hosts, and proxies distinguish TCP hosts only by their port', actual: texts, expected: 'an `ExternalHost.tcp` as the only host', fix: 'define a MeshEgress for each TCP host, each host with its own port' });
  }
  if (new Set(hosts.map(({ hostname }) => isWildcard(hostname))).size > 1) {
    member.report({ message: 'the MeshEgress has exact hostnames, which proxies resolve by DNS, and hostnames with "*.", which they cannot resolve', actual: texts, expected: 'either exact hostnames or hostnames with "*."', fix: 'define a MeshEgress for each kind' });
  }
}
