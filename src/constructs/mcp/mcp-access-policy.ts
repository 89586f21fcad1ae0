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
  /** The boundary whose grants are exported. */
  readonly boundary: McpToolBoundary;
  /** Name of the existing XBackend for the server, in the server's namespace. */
  readonly backendName: string;
  /**
   * Name of the XAccessPolicy.
   *
   * @default - the construct id
   */
  readonly name?: string;
}

/**
 * Provisional: exports the grants of a boundary as an XAccessPolicy of kube-agentic-networking 0.1, a prototype whose authors advise
 * against using it in production. Emits the XAccessPolicy. It enforces nothing by itself, and does not change what the mesh enforces.
 * Synth fails for grants that an XAccessPolicy cannot express.
 *
 * @example
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
    const { checkAccessPolicy, emitAccessPolicy } = accessPolicies();
    emitAccessPolicy(this, server, name, props.backendName);
    setMainObject(this, 'access-policy');
    // Grants may be added after the export, so they are checked at synth.
    member.model.checksAtSynth.push(() => identified('AM361', checkAccessPolicy(server, member.model.facts.trustDomain).map((one) => ({ path: this.node.path, ...one }))));
  }
}
