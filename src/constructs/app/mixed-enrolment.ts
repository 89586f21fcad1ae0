import { CheckResult } from '../../model/problem';
import { enrolments } from '../../providers/foreign/data-planes';
import { podTemplatesOf } from '../../providers/foreign/pod-template';
import { TreeMetadata, TreeObject } from '../../providers/foreign/tree-object';

/** Reports namespaces and pods that are enrolled in two data planes. Only one of the two takes effect, without a warning. */
export function mixedEnrolment(objects: readonly TreeObject[]): CheckResult[] {
  return objects.flatMap((object): CheckResult[] => {
    const marked = metadataOf(object).map(enrolments).find((planes) => planes.length > 1);
    return !marked ? [] : [{
      path: object.path,
      message: `${object.kind} ${object.name} is enrolled in two data planes, and only one of them takes effect, without a warning`,
      actual: marked,
      expected: 'labels and annotations of one data plane',
      fix: 'remove the labels and annotations of the others',
    }];
  });
}

/** Skips unpatched pod templates of the library, because rendering each one again costs as much as writing it. */
function metadataOf(object: TreeObject): TreeMetadata[] {
  if (object.isNamespace) return [object.manifest.metadata ?? {}];
  return object.isAsMade ? [] : podTemplatesOf(object).map(({ metadata }) => metadata);
}
