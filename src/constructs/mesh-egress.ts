import { Construct } from 'constructs';
import { checkPort } from './deployment-checks';
import { freshId, Membership, MeshMemberProps } from './membership';
import { isExternal, EXTERNAL_PORT } from '../model/external-host';
import { listed } from '../model/problem';

/** Props of `MeshEgress`. */
export interface MeshEgressProps extends MeshMemberProps {
  /** Exact names of the hosts, as callers ask for them in TLS. */
  readonly hostnames: string[];
  /**
   * Port of the hosts.
   *
   * @default 443
   */
  readonly port?: number;
  /**
   * Namespace whose workloads may call them: all of them, since nobody tells callers apart on the way out.
   *
   * @default - the mesh's
   */
  readonly namespace?: string;
  /**
   * Name of the object.
   *
   * @default - the id
   */
  readonly name?: string;
}

/**
 * Hosts outside the cluster that the workloads of a namespace may call over TLS. Emits a TLSRoute on the namespace's
 * EgressNetwork (Linkerd), or a ServiceEntry that its sidecars see (Istio). What no MeshEgress names stays denied there, as far as
 * the pods' own proxies carry it: pair it with NetworkPolicies. Linkerd goes by the name that a caller states in TLS and connects to
 * the address that it chose, and takes private networks for the cluster's own; sidecars connect to what the name resolves to.
 */
export class MeshEgress extends Construct {
  public constructor(scope: Construct, id: string, props: MeshEgressProps) {
    super(scope, freshId(scope, id, props.mesh));
    const member = Membership.of(this, props);
    const { model, context } = member;
    const egress = {
      origin: member,
      name: member.name('the name of the egress', props.name ?? this.node.id),
      namespace: props.namespace ?? model.facts.namespace,
      hostnames: [...props.hostnames],
      port: props.port ?? EXTERNAL_PORT,
    };
    if (egress.hostnames.length === 0 || new Set(egress.hostnames).size !== egress.hostnames.length) {
      member.report({ message: 'the egress names no host, or one twice', actual: egress.hostnames, expected: 'one host or more, each once', fix: 'name what may be called' });
    }
    for (const host of egress.hostnames) {
      // A wildcard would be matched by the name that a caller states, wherever it then connects to.
      if (!isExternal(host)) {
        member.report({ message: 'a host of the egress is no exact DNS name of a host outside', actual: host, expected: 'lower case DNS names with a dot, without "*.", and none of the cluster\'s own', fix: 'write it as in "api.example.com"' });
      }
    }
    checkPort(member, 'the port of the egress', egress.port);
    if (!model.namespaces.has(egress.namespace)) {
      member.report({ message: 'the egress is of a namespace that is not one of the mesh', actual: egress.namespace, expected: listed(model.namespaces.keys()), fix: 'name it in `existingNamespaces`, or define what lives there first' });
    }
    if (member.refuse('egress', 'a way out of the cluster for named hosts alone', egress.hostnames)) return;
    model.egress.push(egress);
    context.mesh.namespaceEgress?.allow(this, egress);
  }
}
