import { Chart } from 'cdk8s';
import { memberContext, meshContext } from './mesh-context';
import { CheckResult } from '../model/problem';
import { TreeObject } from '../providers/foreign/tree-object';

/** Objects that would be one on a cluster: the same group, kind, namespace and name. One of the two is the library's. */
export function duplicateObjects(objects: readonly TreeObject[]): CheckResult[] {
  const byKey = new Map<string, TreeObject | Namesakes>();
  const clustersOf = clusters();
  return objects.flatMap((object): CheckResult[] => {
    const key = `${object.group}\n${object.kind}\n${object.namespace}\n${object.name}`;
    const known = byKey.get(key);
    if (!known) {
      byKey.set(key, object); // by far the most have no namesake
      return [];
    }
    const namesakes = known instanceof Namesakes ? known : new Namesakes(known, clustersOf);
    byKey.set(key, namesakes);
    const twin = namesakes.twinOf(object);
    namesakes.add(object);
    return !twin ? [] : [{
      path: object.path,
      what: `two objects are one on the cluster; the other is ${twin.path}`,
      got: object.title,
      allowed: 'one object of each kind, namespace and name',
      next: 'give one of the two another name or namespace; or state `clusterName` of each mesh, if they go to two clusters',
    }];
  });
}

/** Where an object goes, where that is known: to the cluster of its mesh, or of the meshes of its chart. */
type Clusters = (object: TreeObject) => readonly string[] | undefined;

function clusters(): Clusters {
  const ofCharts = new Map<Chart, readonly string[] | undefined>();
  return ({ object }) => {
    const own = object.node.scopes.reverse().flatMap((scope) => memberContext.find(scope) ?? meshContext.find(scope) ?? [])[0];
    if (own) return [own.model.facts.clusterName ?? ''];
    const chart = Chart.of(object);
    if (!ofCharts.has(chart)) ofCharts.set(chart, clustersIn(chart));
    return ofCharts.get(chart);
  };
}

function clustersIn(chart: Chart): readonly string[] | undefined {
  const names = chart.node.findAll().flatMap((construct) => meshContext.find(construct) ?? []).map(({ model }) => model.facts.clusterName ?? '');
  return names.length === 0 ? undefined : names;
}

/** The first of some objects, and the first of them that the library made. */
interface First {
  one?: TreeObject;
  ours?: TreeObject;
}

/** Objects of one group, kind, namespace and name, by where they go. */
class Namesakes {
  private readonly all: First = {};
  private readonly anywhere: First = {};
  private readonly byCluster = new Map<string, First>();

  public constructor(first: TreeObject, private readonly clustersOf: Clusters) {
    this.add(first);
  }

  public add(object: TreeObject): void {
    const names = this.clustersOf(object);
    const places = names ? names.map((name) => this.in(name)) : [this.anywhere];
    for (const first of [this.all, ...places]) {
      first.one ??= object;
      if (object.isOurs) first.ours ??= object;
    }
  }

  /** Another one that may go to the same cluster; one of the two is the library's. */
  public twinOf(object: TreeObject): TreeObject | undefined {
    const names = this.clustersOf(object);
    const places = names ? [...names.map((name) => this.in(name)), this.anywhere] : [this.all];
    return places.map(({ one, ours }) => (object.isOurs ? one : ours)).find((other) => other !== undefined);
  }

  private in(cluster: string): First {
    const known = this.byCluster.get(cluster) ?? {};
    this.byCluster.set(cluster, known);
    return known;
  }
}
