import { Construct } from 'constructs';
import { poolNode } from './pool-facts';
import { IInferencePool } from './pool-props';
import { accepted } from '../../input/guard';
import { ObjectiveNode } from '../../model/objective';
import { hasFlowControl } from '../../model/picker/per-replica';
import { CheckResult, identified } from '../../model/problem';
import { Trait } from '../../model/trait';
import { emitObjective } from '../../providers/inference-extension/objective';
import { OBJECTIVE_HEADER } from '../../providers/inference-extension/picker-headers';
import { rangeProblem } from '../input/number-checks';
import { isAtHome } from '../membership/home-mesh';
import { setMainObject } from '../membership/main-object';
import { freshId, Membership, MeshMemberProps } from '../membership/membership';

/** The node of an objective, or "reported" if its pool has a problem. */
export const objectiveNode = new Trait<ObjectiveNode | 'reported'>('an InferenceObjective');

/** Largest number of the type int32. */
const MOST = 2 ** 31 - 1;

/** Props of `InferenceObjective`. */
export interface InferenceObjectiveProps extends MeshMemberProps {
  /** Pool whose requests can have the priority. */
  readonly pool: IInferencePool;
  /**
   * Priority of the requests: a 32-bit integer. Requests without an objective, or with an unknown one, have priority 0. While the pool is
   * saturated, the endpoint picker answers requests with a negative priority with 429. With flow control, requests wait and those of a higher
   * priority are sent first; synth fails for a priority above 0 without it.
   */
  readonly priority: number;
  /**
   * Name of the objective, which a claim of the token has as its value.
   *
   * @default - the construct id
   */
  readonly name?: string;
}

/**
 * A priority of requests at an InferencePool. Emits an InferenceObjective (source: llm-d-router v0.10, `llm-d.ai/v1alpha2`). The endpoint picker reads
 * the name of the objective in the header `x-llm-d-inference-objective`. Only gateways set it: for clients outside the mesh from a claim of the
 * token (`claimHeaders` of the gateway), and for callers inside the mesh by their tenant (`InferenceTenant`). From all other requests they remove
 * the header. Synth fails if neither selects the objective, because no request could then have the priority.
 *
 * @example
 * // pool: a pool of an InferenceGateway whose `jwt` has `claimHeaders: { 'x-llm-d-inference-objective': 'tier' }`
 * new InferenceObjective(mesh, 'gold', { pool, priority: 10 });
 */
export class InferenceObjective extends Construct {
  public constructor(scope: Construct, id: string, props: InferenceObjectiveProps) {
    [scope, id, props] = accepted('new InferenceObjective', [scope, id, props]);
    super(scope, freshId(scope, id, props.mesh));
    const member = Membership.of(this, props);
    const name = member.name('the name of the objective', props.name ?? this.node.id);
    const pool = poolNode.of(props.pool.asRouteTarget);
    member.report(rangeProblem('priority', props.priority, -MOST - 1, MOST));
    if (pool === 'reported' || !isAtHome(member, pool, `pool ${pool.name}`)) {
      objectiveNode.give(this, 'reported');
      return;
    }
    const node: ObjectiveNode = { name, pool, priority: props.priority, claim: pool.gateway.jwt?.claimHeaders[OBJECTIVE_HEADER] };
    objectiveNode.give(this, node);
    member.model.objectives.push(node);
    // A tenant may follow that selects it.
    member.model.checksAtSynth.push(() => identified('AM001', notSelected(member, node)));
    checkQueued(member, node);
    emitObjective(this, node);
    setMainObject(this, 'objective');
  }
}

/** Returns the problem that no request can have an objective. */
function notSelected({ path, model }: Membership, node: ObjectiveNode): CheckResult[] {
  const { name, pool: { name: pool, gateway } } = node;
  const headers = Object.keys(gateway.jwt?.claimHeaders ?? {});
  if (headers.includes(OBJECTIVE_HEADER) || model.tenants.some(({ objective }) => objective === node)) return [];
  return [{
    path,
    message: `no request to pool ${pool} can have the objective ${name}, because ${gateway.inMesh ? 'no tenant of the pool has it' : 'its gateway sets no header that selects it, and removes this header from all requests'}`,
    actual: headers,
    ...gateway.inMesh
      ? { expected: 'an InferenceTenant with this `objective`', fix: 'pass the objective as `objective` of an InferenceTenant of the pool, or remove it' }
      : { expected: `\`claimHeaders\` of \`jwt\` of gateway ${gateway.name} with "${OBJECTIVE_HEADER}"`, fix: `add the header to \`claimHeaders\`, as in { '${OBJECTIVE_HEADER}': 'tier' }, or remove the objective` },
  }];
}

/** Reports a priority that only the order of waiting requests could show, at a picker where no request waits. */
function checkQueued(member: Membership, { name, priority, pool: { name: pool, picker: { deployment } } }: ObjectiveNode): void {
  if (priority <= 0 || !deployment || hasFlowControl(deployment.config.settings)) return;
  member.report({
    message: `objective ${name} has no effect, because requests never wait at the endpoint picker of pool ${pool}: its configuration has no flow control, and without it only a priority below 0 has an effect`,
    actual: priority, expected: 'a priority below 0, or a picker with flow control', fix: 'set `flowControl` in the `config` of the picker, as in EndpointPickerConfig.approximatePrefix({ flowControl: {} }), or give the other requests a lower priority',
  });
}
