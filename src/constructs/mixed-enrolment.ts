import { enrolments } from '../analysis/enrolment';
import { CheckResult } from '../model/problem';
import { podTemplateOf } from '../providers/foreign/pod-template';
import { TreeObject } from '../providers/foreign/tree-object';

/** A namespace or a pod of two data planes is of one of them, and nobody is told of which. */
export function mixedEnrolment(objects: readonly TreeObject[]): CheckResult[] {
  return objects.flatMap((object): CheckResult[] => {
    const marks = marksOf(object);
    const marked = marks ? enrolments(marks) : [];
    return marked.length < 2 ? [] : [{
      path: object.path,
      what: `${object.kind} ${object.name} is enrolled in two data planes, of which one silently wins`,
      got: marked,
      allowed: 'the labels and annotations of one',
      next: 'drop those of the others',
    }];
  });
}

/** A template that nobody touched is the library's own: to render every one again would cost as much as to write it. */
function marksOf(object: TreeObject) {
  if (object.kind === 'Namespace' && object.group === 'core') return object.manifest.metadata;
  return object.isAsMade ? undefined : podTemplateOf(object)?.metadata;
}
