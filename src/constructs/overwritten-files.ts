import { ApiObject, App, Chart, YamlOutputType } from 'cdk8s';
import { IConstruct } from 'constructs';
import { CheckResult } from '../model/problem';
import { TreeObject } from '../providers/foreign/tree-object';

/** With a file for each object cdk8s names files by kind and name alone: of two namesakes in two namespaces the last one is written. */
export function overwrittenFiles(root: IConstruct, written: readonly ApiObject[]): CheckResult[] {
  const folderOf = foldersBy((root as Partial<App>).yamlOutputType);
  if (!folderOf) return [];
  const first = new Map<string, TreeObject>();
  const objects = written.map((object) => new TreeObject(object)); // of a list, the list
  return objects.flatMap((object): CheckResult[] => {
    const file = `${folderOf(object)}/${`${object.kind}.${object.name}`.replace(/[^0-9a-zA-Z-_.]/g, '')}`;
    const twin = first.get(file);
    if (!twin) {
      first.set(file, object);
      return [];
    }
    if (twin.group === object.group && twin.namespace === object.namespace) return []; // one object on the cluster: reported as that
    return [{
      path: object.path,
      message: `two objects are written to one file, and the first is lost; the other is ${twin.path}`,
      actual: [twin.title, object.title],
      expected: 'objects of one kind with different names, or another `yamlOutputType` of the App',
      fix: 'give one of the two another name, or use YamlOutputType.FILE_PER_CHART',
    }];
  });
}

/** What stands before the name of a file; nothing where objects share files. */
function foldersBy(type: YamlOutputType | undefined): ((object: TreeObject) => string) | undefined {
  if (type === YamlOutputType.FILE_PER_RESOURCE) return () => '';
  return type === YamlOutputType.FOLDER_PER_CHART_FILE_PER_RESOURCE ? ({ object }) => Chart.of(object).node.path : undefined;
}
