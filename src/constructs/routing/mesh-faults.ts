import { Construct } from 'constructs';
import { headerProblems, MOST_HEADERS } from './header-match';
import { serviceProblem } from './route-target';
import { FaultFacts, FaultRule, faultRules, repeatedFault } from '../../model/fault';
import { InputProblem } from '../../model/problem';
import { headersOf } from '../../model/route';
import { WorkloadNode } from '../../model/workload';
import { Fault, faultFacts } from '../../values/fault';
import { rangeProblem } from '../input/number-checks';
import { setMainObject } from '../membership/main-object';
import { freshId, Membership } from '../membership/membership';

/** Construct id under which the route of calls inside the mesh is emitted. */
export const ROUTE_ID = 'mesh-route';

const MOST_DELAY = 3_600_000;

/** Returns the faults of calls inside the mesh, or nothing if there are none. If the mesh does not inject faults, reports it and returns nothing. */
export function enforcedFaults(member: Membership, faults: readonly Fault[] | undefined): readonly FaultRule[] | undefined {
  if (!faults || faults.length === 0) return undefined;
  const facts = faults.map((fault) => faultFacts.of(fault));
  if (member.refuse('fault-injection', 'fault injection (`faults`)', facts.map(({ kind }) => kind))) return undefined;
  member.reportAll(facts.flatMap(faultProblems));
  const repeated = repeatedFault(facts);
  if (repeated) {
    member.report({ message: `\`faults\` has two faults of the same kind (${repeated.kind}) for the same requests`, actual: headersOf(repeated), expected: 'at most one delay and one abort for the same `headers`', fix: 'remove one of them, or give it other `headers`' });
  }
  return faultRules(facts);
}

/** Records and emits a route for calls to a workload that only injects faults. */
export function addFaultRoute(scope: Construct, member: Membership, workload: WorkloadNode, stated: readonly Fault[] | undefined): void {
  const faults = enforcedFaults(member, stated);
  const { service, name, namespace } = workload;
  if (!faults || !service) return;
  const problem = serviceProblem(workload, service);
  member.report(problem);
  if (problem) return;
  const rules = [{ headers: [], split: [{ target: { kind: 'service' as const, workload }, weight: 100 }] }];
  const route = { origin: member, service, stable: workload, name: `${name}-mesh`, namespace, rules, faults };
  member.model.addMeshRoute(route);
  const own = new Construct(scope, freshId(scope, ROUTE_ID));
  member.context.mesh.routes?.split(own, route);
  setMainObject(own, 'fault-route');
}

/** Returns what is wrong with a fault. */
function faultProblems(fault: FaultFacts): (InputProblem | undefined)[] {
  const names = fault.headers.map(({ name }) => name.toLowerCase());
  return [
    rangeProblem('percent of the fault', fault.percent, 1, 100),
    ...fault.headers.flatMap((header) => headerProblems(header, { title: 'a header of the fault', name: 'headers', value: 'headers' })),
    new Set(names).size !== names.length || names.length > MOST_HEADERS
      ? { message: 'a fault has a header twice, or too many headers', actual: names, expected: `each header once (case does not matter), and at most ${MOST_HEADERS}`, fix: 'correct `headers`' }
      : undefined,
    fault.kind === 'delay' ? rangeProblem('milliseconds of the fault', fault.milliseconds, 1, MOST_DELAY) : rangeProblem('status of the fault', fault.status, 400, 599),
  ];
}
