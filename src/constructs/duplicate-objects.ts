import { ApiObject } from 'cdk8s';
import { Construct } from 'constructs';
import { meshContext } from './mesh-context';
import { Problem } from '../model/problem';
import { isEmitted } from '../providers/emit';

/** Objects that would be one on the cluster: the same group, kind, namespace and name. One of the two is the library's. */
export function duplicateObjects(mesh: Construct, isFirst: boolean, objects: readonly ApiObject[]): Problem[] {
  const first = new Map<string, ApiObject>();
  const problems: Problem[] = [];
  for (const object of objects) {
    const key = `${object.apiGroup}\n${object.kind}\n${object.metadata.namespace ?? ''}\n${object.name}`;
    const twin = first.get(key);
    if (!twin) {
      first.set(key, object);
    } else if (isReportedBy(mesh, isFirst, isEmitted(object) ? object : twin)) {
      problems.push({
        path: object.node.path,
        what: `two objects are one on the cluster; the other is ${twin.node.path}`,
        got: `${object.kind} ${[object.metadata.namespace, object.name].filter(Boolean).join('/')}`,
        allowed: 'one object of each kind, namespace and name',
        next: 'give one of the two another name or namespace',
      });
    }
  }
  return problems;
}

/** Each mesh speaks for the objects in its scope, and the first for those in no scope, so that two do not say a thing twice. */
function isReportedBy(mesh: Construct, isFirst: boolean, object: ApiObject): boolean {
  if (!isEmitted(object)) return false;
  const owner = object.node.scopes.find((scope) => meshContext.find(scope) !== undefined);
  return owner === undefined ? isFirst : owner === mesh;
}
