import { ApiObject, App, Chart, YamlOutputType } from 'cdk8s';
import { IConstruct } from 'constructs';
import { CheckResult } from '../../model/problem';
import { TreeObject } from '../../providers/foreign/tree-object';

/**
 * Reports objects that cdk8s writes to the same file. With one file for each object, cdk8s names files by kind and name. If objects in two
 * namespaces have the same kind and name, the last one overwrites the others.
 */
export function overwrittenFiles(root: IConstruct, written: readonly ApiObject[]): CheckResult[] {
  const folderOf = foldersBy((root as Partial<App>).yamlOutputType);
  if (!folderOf) return [];
  const first = new Map<string, TreeObject>();
  const objects = written.map((object) => new TreeObject(object)); // a List counts as one object
  return objects.flatMap((object): CheckResult[] => {
    const file = `${folderOf(object)}/${`${object.kind}.${object.name}`.replace(/[^0-9a-zA-Z-_.]/g, '')}`;
    const twin = first.get(file);
    if (!twin) {
      first.set(file, object);
      return [];
    }
    if (twin.group === object.group && twin.namespace === object.namespace) return []; // duplicate-objects.ts reports the same object
    return [{
      path: object.path,
      message: `this object is written to the same file as ${twin.path}, so one of the two objects is lost`,
      actual: [twin.title, object.title],
      expected: 'objects of one kind with different names, or another `yamlOutputType` of the App',
      fix: 'rename one of the two objects, or use YamlOutputType.FILE_PER_CHART',
    }];
  });
}

/** Returns the folder of an object's file, or nothing if objects share files. */
function foldersBy(type: YamlOutputType | undefined): ((object: TreeObject) => string) | undefined {
  if (type === YamlOutputType.FILE_PER_RESOURCE) return () => '';
  return type === YamlOutputType.FOLDER_PER_CHART_FILE_PER_RESOURCE ? ({ object }) => Chart.of(object).node.path : undefined;
}
