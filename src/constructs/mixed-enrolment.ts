import { ApiObject } from 'cdk8s';
import { enrolments, Marks } from '../analysis/enrolment';
import { Problem } from '../model/problem';
import { isAsMade } from '../providers/emit';

/** Kinds that mark pods by their own metadata, and those that do by a template. */
const MARKED = ['Namespace', 'Pod'];
const TEMPLATES = ['Deployment', 'StatefulSet', 'DaemonSet', 'ReplicaSet', 'Job'];

/** A namespace or a pod of two data planes is of one of them, and nobody is told of which. */
export function mixedEnrolment(objects: readonly ApiObject[]): Problem[] {
  // A template that nobody touched is the library's own; to render every one again would cost as much as writing it.
  const looked = objects.filter((object) => MARKED.includes(object.kind) || (TEMPLATES.includes(object.kind) && !isAsMade(object)));
  return looked.flatMap((object): Problem[] => {
    const marked = enrolments(marksOf(object));
    return marked.length < 2 ? [] : [{
      path: object.node.path,
      what: `${object.kind} ${object.name} is marked for two data planes, of which one would win in silence`,
      got: marked,
      allowed: 'the marks of one',
      next: 'drop those of the others',
    }];
  });
}

function marksOf(object: ApiObject): Marks {
  const { metadata, spec } = object.toJson() as { metadata?: Marks; spec?: { template?: { metadata?: Marks } } };
  return (MARKED.includes(object.kind) ? metadata : spec?.template?.metadata) ?? {};
}
