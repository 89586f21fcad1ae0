import { CheckResult } from '../../model/problem';
import { enrolments } from '../../providers/foreign/data-planes';
import { podTemplatesOf } from '../../providers/foreign/pod-template';
import { TreeMetadata, TreeObject } from '../../providers/foreign/tree-object';

/** Reports namespaces and pods that are enrolled in two data planes. Only one of the two would take effect, without a warning from the mesh. */
export function mixedEnrolment(objects: readonly TreeObject[]): CheckResult[] {
  return objects.flatMap((object): CheckResult[] => {
    const marked = metadataOf(object).map(enrolments).find((planes) => planes.length > 1);
    return !marked ? [] : [{
      path: object.path,
      message: `${object.kind} ${object.name} is enrolled in two data planes, and the cluster silently ignores one of them`,
      actual: marked,
      expected: 'labels and annotations of one data plane',
      fix: 'remove the labels and annotations of the other data plane',
    }];
  });
}

/**
 * Returns the metadata of an object and of its pod template. It skips unpatched pod templates of the library, because rendering them again
 * is slow.
 */
function metadataOf(object: TreeObject): TreeMetadata[] {
  if (object.isNamespace) return [object.manifest.metadata ?? {}];
  return object.isAsMade ? [] : podTemplatesOf(object).map(({ metadata }) => metadata);
}
