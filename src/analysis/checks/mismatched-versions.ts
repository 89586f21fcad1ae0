import { MeshModel } from '../../model/mesh';
import { MeshRouteNode } from '../../model/mesh-route';
import { CheckResult } from '../../model/problem';
import { targetsOf } from '../../model/route';
import { WorkloadNode } from '../../model/workload';

/**
 * Reports canaries and mirrors whose versions have different request requirements. The proxy of the Service enforces them for all versions, so they
 * must be equal.
 */
export function mismatchedVersions(model: MeshModel): CheckResult[] {
  return model.meshRoutes.filter((route) => new Set(versionsOf(route).map(demandsOf)).size > 1).map((route) => ({
    path: route.origin.path,
    message: `the versions behind Service ${route.service.name} require different tokens, authorizers or protocols, but the mesh can enforce only one requirement for the whole Service`,
    actual: versionsOf(route).map(({ title, jwt, externalAuthorizer }) => `${title}: ${jwt?.issuer ?? 'no token'}, ${externalAuthorizer?.provider ?? 'no authorizer'}`),
    expected: 'versions with the same `jwt`, `externalAuthorizer` and port protocol',
    fix: 'set the same values on every version',
  }));
}

function versionsOf(route: MeshRouteNode): WorkloadNode[] {
  const versions = targetsOf(route).flatMap((target) => (target.kind === 'service' ? [target.workload] : []));
  return versions.sort((a, b) => (a.title < b.title ? -1 : 1));
}

function demandsOf({ jwt, externalAuthorizer, requests, service }: WorkloadNode): string {
  return JSON.stringify([jwt, externalAuthorizer, requests, service?.protocol ?? 'http']);
}
