import { ForeignObjects, TreeMetadata } from './tree-object';
import { NamespaceNode } from '../../model/mesh';
import { CheckResult } from '../../model/problem';

/** Returns the enrolment that a Namespace lacks, as text, or undefined if it is enrolled. */
export type MissingEnrolment = (namespace: NamespaceNode, metadata: TreeMetadata) => string | undefined;

/** Reports Namespaces in the app that are not enrolled: existing ones, which their owner must enroll, and emitted ones that the app changed. */
export function unenrolledNamespaces(namespaces: readonly NamespaceNode[], foreign: ForeignObjects, missing: MissingEnrolment): CheckResult[] {
  return namespaces.flatMap((namespace) =>
    foreign.in(namespace.name).filter(({ isNamespace }) => isNamespace).flatMap(({ path, manifest: { metadata = {} } }): CheckResult[] => {
      const wanted = missing(namespace, metadata);
      return wanted === undefined ? [] : [{
        path,
        message: namespace.existing
          ? `Namespace ${namespace.name} is listed in \`existingNamespaces\`, but its labels or annotations do not enroll it in the mesh`
          : `Namespace ${namespace.name} is a namespace of the mesh, but a change in the app removes it from the mesh`,
        actual: { labels: metadata.labels ?? {}, annotations: metadata.annotations ?? {} },
        expected: wanted,
        fix: namespace.existing ? 'set these labels and annotations on the Namespace, or remove the namespace from `existingNamespaces`' : 'remove the label, annotation or patch',
      }];
    }));
}
