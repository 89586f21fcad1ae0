import { enrolments } from '../analysis/enrolment';
import { CheckResult } from '../model/problem';
import { podTemplateOf } from '../providers/foreign/pod-template';
import { TreeObject } from '../providers/foreign/tree-object';

/** Reports namespaces and pods that are enrolled in two data planes. Only one of the two takes effect, without a warning. */
export function mixedEnrolment(objects: readonly TreeObject[]): CheckResult[] {
  return objects.flatMap((object): CheckResult[] => {
    const metadata = metadataOf(object);
    const marked = metadata ? enrolments(metadata) : [];
    return marked.length < 2 ? [] : [{
      path: object.path,
      message: `${object.kind} ${object.name} is enrolled in two data planes, and only one of them takes effect, without a warning`,
      actual: marked,
      expected: 'labels and annotations of one data plane',
      fix: 'remove the labels and annotations of the others',
    }];
  });
}

/** Skips unpatched pod templates of the library, because rendering each one again costs as much as writing it. */
function metadataOf(object: TreeObject) {
  if (object.kind === 'Namespace' && object.group === 'core') return object.manifest.metadata;
  return object.isAsMade ? undefined : podTemplateOf(object)?.metadata;
}
