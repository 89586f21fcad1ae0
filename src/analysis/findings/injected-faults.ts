import { faultTexts } from '../../model/fault';
import { MeshModel } from '../../model/mesh';
import { CheckResult } from '../../model/problem';

/** Reports faults, which are for tests and are easily forgotten. */
export function injectedFaults({ meshRoutes }: MeshModel): CheckResult[] {
  return meshRoutes.filter(({ faults }) => faults !== undefined).map(({ origin, service, faults = [] }) => ({
    path: origin.path,
    message: `faults are injected into calls to Service ${service.name}`,
    actual: faultTexts(faults),
    expected: 'no `faults` outside of tests',
    fix: 'remove `faults`, or acknowledge the finding where tests run',
  }));
}
