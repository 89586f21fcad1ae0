import { ApiObject } from 'cdk8s';
import { Construct, IConstruct } from 'constructs';
import { meshContext } from './mesh-context';
import { Problem } from '../model/problem';
import { isEmitted } from '../providers/emit';

/** Objects that would be one on the cluster: the same group, kind, namespace and name. One of the two is the library's. */
export function duplicateObjects(mesh: Construct, objects: readonly ApiObject[]): Problem[] {
  const isMine = spokenForBy(mesh);
  const first = new Map<string, ApiObject>();
  const problems: Problem[] = [];
  for (const object of objects) {
    const key = `${object.apiGroup}\n${object.kind}\n${object.metadata.namespace ?? ''}\n${object.name}`;
    const twin = first.get(key);
    if (!twin) {
      first.set(key, object);
    } else if (isMine(isEmitted(object) ? object : twin)) {
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
function spokenForBy(mesh: Construct): (object: ApiObject) => boolean {
  let first: IConstruct | undefined;
  return (object) => {
    if (!isEmitted(object)) return false;
    const home = object.node.scopes.find(isMesh) ?? (first ??= mesh.node.root.node.findAll().find(isMesh));
    return home === mesh;
  };
}

function isMesh(construct: IConstruct): boolean {
  return meshContext.find(construct) !== undefined;
}
