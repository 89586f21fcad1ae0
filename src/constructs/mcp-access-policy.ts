import { Construct } from 'constructs';
import { McpToolBoundary } from './mcp-tool-boundary';
import { freshId, Membership, MeshMemberProps } from './membership';
import { toolServer } from './tool-server-facts';
import { nameProblem } from '../model/names';
import { problemText } from '../model/problem';
import { accessPolicies } from '../providers/access-policy';

/** Props of `McpAccessPolicy`. */
export interface McpAccessPolicyProps extends MeshMemberProps {
  /** Whose grants it states. */
  readonly boundary: McpToolBoundary;
  /** Name of the XBackend that stands for the server, in its namespace; the team's own. */
  readonly backendName: string;
  /**
   * Name of the XAccessPolicy.
   *
   * @default - the id
   */
  readonly name?: string;
}

/**
 * Provisional: the grants of a boundary as an XAccessPolicy of kube-agentic-networking 0.1, a prototype that its authors advise
 * against in production. It enforces nothing by itself and takes nothing from what the mesh enforces. Grants that the kind cannot
 * state are refused.
 */
export class McpAccessPolicy extends Construct {
  public constructor(scope: Construct, id: string, props: McpAccessPolicyProps) {
    super(scope, freshId(scope, id, props.mesh));
    const member = Membership.of(this, props);
    const server = toolServer.of(props.boundary);
    const name = member.name('the name of the access policy', props.name ?? this.node.id);
    member.report(nameProblem('the name of the XBackend', props.backendName));
    const { checkAccessPolicy, emitAccessPolicy } = accessPolicies();
    emitAccessPolicy(this, server, name, props.backendName);
    // Grants may come later than the export.
    this.node.addValidation({
      validate: () => checkAccessPolicy(server, member.model.facts.trustDomain).map((finding) => problemText({ id: 'AM361', path: this.node.path, ...finding })),
    });
  }
}
