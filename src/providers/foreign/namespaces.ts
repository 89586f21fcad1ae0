import { ForeignObjects, TreeMetadata } from './tree-object';
import { NamespaceNode } from '../../model/mesh';
import { CheckResult } from '../../model/problem';

/** Returns the enrolment that a Namespace lacks, in words, or undefined if it is enrolled. */
export type MissingEnrolment = (namespace: NamespaceNode, metadata: TreeMetadata) => string | undefined;

/** Reports existing Namespaces in the app that are not enrolled. `existingNamespaces` states that their owner enrols them. */
export function unenrolledNamespaces(namespaces: readonly NamespaceNode[], foreign: ForeignObjects, missing: MissingEnrolment): CheckResult[] {
  return namespaces.filter(({ existing }) => existing).flatMap((namespace) =>
    foreign.in(namespace.name).filter(({ isNamespace }) => isNamespace).flatMap(({ path, manifest: { metadata = {} } }): CheckResult[] => {
      const wanted = missing(namespace, metadata);
      return wanted === undefined ? [] : [{
        path,
        message: `Namespace ${namespace.name} is listed in \`existingNamespaces\`, but it is not enrolled in the mesh`,
        actual: { labels: metadata.labels ?? {}, annotations: metadata.annotations ?? {} },
        expected: wanted,
        fix: 'enrol it, or remove it from `existingNamespaces`',
      }];
    }));
}
