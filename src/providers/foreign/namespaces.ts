import { ForeignObjects, TreeMetadata } from './tree-object';
import { NamespaceNode } from '../../model/mesh';
import { CheckResult } from '../../model/problem';

/** What a Namespace must say to be enrolled, in words; nothing where it says so. */
export type MissingEnrolment = (namespace: NamespaceNode, metadata: TreeMetadata) => string | undefined;

/** A Namespace of the app that the program takes for enrolled: `existingNamespaces` states that the team enrols it, or the mesh does. */
export function unenrolledNamespaces(namespaces: readonly NamespaceNode[], foreign: ForeignObjects, missing: MissingEnrolment): CheckResult[] {
  return namespaces.flatMap((namespace) =>
    foreign.in(namespace.name).filter(({ kind, group }) => kind === 'Namespace' && group === 'core').flatMap(({ path, manifest: { metadata = {} } }): CheckResult[] => {
      const wanted = missing(namespace, metadata);
      return wanted === undefined ? [] : [{
        path,
        message: namespace.existing
          ? `Namespace ${namespace.name} is one of \`existingNamespaces\`, which states that the team enrols it, and it is not enrolled`
          : `Namespace ${namespace.name} is one of the mesh, and what the team changed takes it out`,
        actual: { labels: metadata.labels ?? {}, annotations: metadata.annotations ?? {} },
        expected: wanted,
        fix: namespace.existing ? 'enrol it, or take it out of `existingNamespaces`' : 'drop the label, annotation or patch',
      }];
    }));
}
