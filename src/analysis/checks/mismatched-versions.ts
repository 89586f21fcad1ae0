import { MeshModel } from '../../model/mesh';
import { MeshRouteNode } from '../../model/mesh-route';
import { CheckResult } from '../../model/problem';
import { WorkloadNode } from '../../model/workload';

/** What stands before the Service of a canary judges requests for all of its versions: they must demand the same. */
export function mismatchedVersions(model: MeshModel): CheckResult[] {
  return model.meshRoutes.filter((route) => new Set(versionsOf(route).map(demandsOf)).size > 1).map((route) => ({
    path: route.origin.path,
    message: `the versions behind Service ${route.service.name} do not demand the same of requests, which are judged there for all of them`,
    actual: versionsOf(route).map(({ title, jwt, externalAuthorizer }) => `${title}: ${jwt?.issuer ?? 'no token'}, ${externalAuthorizer?.provider ?? 'no authorizer'}`),
    expected: 'versions with one `jwt`, one `externalAuthorizer`, and what they speak in common',
    fix: 'state the same for each version',
  }));
}

function versionsOf({ rules }: MeshRouteNode): WorkloadNode[] {
  const versions = [...new Set(rules.flatMap(({ split }) => split.flatMap(({ target }) => (target.kind === 'service' ? [target.workload] : []))))];
  return versions.sort((a, b) => (a.title < b.title ? -1 : 1));
}

function demandsOf({ jwt, externalAuthorizer, requests, service }: WorkloadNode): string {
  return JSON.stringify([jwt, externalAuthorizer, requests, service?.protocol ?? 'http']);
}
