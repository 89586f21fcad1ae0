import { enrolments } from '../analysis/enrolment';
import { CheckResult } from '../model/problem';
import { podTemplatesOf } from '../providers/foreign/pod-template';
import { TreeMetadata, TreeObject } from '../providers/foreign/tree-object';

/** A namespace or a pod of two data planes is of one of them, and nobody is told of which. */
export function mixedEnrolment(objects: readonly TreeObject[]): CheckResult[] {
  return objects.flatMap((object): CheckResult[] => {
    const marked = metadataOf(object).map(enrolments).find((planes) => planes.length > 1);
    return !marked ? [] : [{
      path: object.path,
      message: `${object.kind} ${object.name} is enrolled in two data planes, of which one silently wins`,
      actual: marked,
      expected: 'the labels and annotations of one',
      fix: 'drop those of the others',
    }];
  });
}

/** A template that nobody touched is the library's own: to render every one again would cost as much as to write it. */
function metadataOf(object: TreeObject): TreeMetadata[] {
  if (object.isNamespace) return [object.manifest.metadata ?? {}];
  return object.isAsMade ? [] : podTemplatesOf(object).map(({ metadata }) => metadata);
}
