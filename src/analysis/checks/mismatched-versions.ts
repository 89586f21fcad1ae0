import { MeshModel } from '../../model/mesh';
import { MeshRouteNode } from '../../model/mesh-route';
import { CheckResult } from '../../model/problem';
import { WorkloadNode } from '../../model/workload';

/**
 * Reports canaries whose versions have different request requirements. The proxy of the Service enforces them for all versions, so they
 * must be equal.
 */
export function mismatchedVersions(model: MeshModel): CheckResult[] {
  return model.meshRoutes.filter((route) => new Set(versionsOf(route).map(demandsOf)).size > 1).map((route) => ({
    path: route.origin.path,
    message: `the versions behind Service ${route.service.name} have different request requirements, which are enforced for all of them together`,
    actual: versionsOf(route).map(({ title, jwt, externalAuthorizer }) => `${title}: ${jwt?.issuer ?? 'no token'}, ${externalAuthorizer?.provider ?? 'no authorizer'}`),
    expected: 'versions with the same `jwt`, `externalAuthorizer` and port protocol',
    fix: 'set the same values on each version',
  }));
}

function versionsOf({ rules }: MeshRouteNode): WorkloadNode[] {
  const versions = [...new Set(rules.flatMap(({ split }) => split.flatMap(({ target }) => (target.kind === 'service' ? [target.workload] : []))))];
  return versions.sort((a, b) => (a.title < b.title ? -1 : 1));
}

function demandsOf({ jwt, externalAuthorizer, requests, service }: WorkloadNode): string {
  return JSON.stringify([jwt, externalAuthorizer, requests, service?.protocol ?? 'http']);
}
