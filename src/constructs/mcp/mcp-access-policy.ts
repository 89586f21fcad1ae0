import { Construct } from 'constructs';
import { McpToolBoundary } from './mcp-tool-boundary';
import { toolServer } from './tool-server-facts';
import { accepted } from '../../input/guard';
import { nameProblem } from '../../model/names';
import { identified } from '../../model/problem';
import { accessPolicies } from '../../providers/access-policy';
import { setMainObject } from '../membership/main-object';
import { freshId, Membership, MeshMemberProps } from '../membership/membership';

/** Props of `McpAccessPolicy`. */
export interface McpAccessPolicyProps extends MeshMemberProps {
  /** Boundary whose grants are exported. */
  readonly boundary: McpToolBoundary;
  /** Name of the existing XBackend of the server, in the namespace of the boundary. */
  readonly backendName: string;
  /**
   * Name of the XAccessPolicy.
   *
   * @default - the construct id
   */
  readonly name?: string;
}

/**
 * Provisional: emits the grants of a boundary as an XAccessPolicy (kube-agentic-networking 0.1, a prototype whose authors advise against
 * production use). The mesh enforces the same grants with or without it. The XAccessPolicy has an effect only if a controller of
 * kube-agentic-networking runs in the cluster. Synth fails for grants that an XAccessPolicy cannot express.
 *
 * @example
 * // crm: an McpToolBoundary
 * new McpAccessPolicy(mesh, 'crm-access', { boundary: crm, backendName: 'crm' });
 */
export class McpAccessPolicy extends Construct {
  public constructor(scope: Construct, id: string, props: McpAccessPolicyProps) {
    [scope, id, props] = accepted('new McpAccessPolicy', [scope, id, props]);
    super(scope, freshId(scope, id, props.mesh));
    const member = Membership.of(this, props);
    const server = toolServer.of(props.boundary);
    const name = member.name('the name of the access policy', props.name ?? this.node.id);
    member.report(nameProblem('the name of the XBackend', props.backendName));
    if (member.model.isAuditOnly(server.endpoint.namespace)) {
      member.report({ message: 'an XAccessPolicy has no audit mode: callers without a grant are denied, but the namespace is audit-only', actual: server.endpoint.namespace, expected: 'a namespace that enforces', fix: 'export the grants when the namespace enforces' });
    }
    const { checkAccessPolicy, emitAccessPolicy } = accessPolicies();
    emitAccessPolicy(this, server, name, props.backendName);
    setMainObject(this, 'access-policy');
    // Grants may be added after the export, so they are checked at synth.
    member.model.checksAtSynth.push(() => identified('AM361', checkAccessPolicy(server, member.model.facts.trustDomain).map((one) => ({ path: this.node.path, ...one }))));
  }
}
