import { Chart } from 'cdk8s';
import { CheckResult } from '../../model/problem';
import { TreeObject } from '../../providers/foreign/tree-object';
import { memberContext, meshContext } from '../membership/mesh-context';

/**
 * Reports objects with the same group, kind, namespace and name on one cluster, because one would overwrite the other. Reports them only if
 * the library emits at least one of them.
 */
export function duplicateObjects(objects: readonly TreeObject[]): CheckResult[] {
  const byKey = new Map<string, TreeObject | Namesakes>();
  const clustersOf = clusters();
  return objects.flatMap((object): CheckResult[] => {
    const key = `${object.group}\n${object.kind}\n${object.namespace}\n${object.name}`;
    const known = byKey.get(key);
    if (!known) {
      byKey.set(key, object); // almost all objects have a unique name
      return [];
    }
    const namesakes = known instanceof Namesakes ? known : new Namesakes(known, clustersOf);
    byKey.set(key, namesakes);
    const twin = namesakes.twinOf(object);
    namesakes.add(object);
    return !twin ? [] : [{
      path: object.path,
      message: `this object has the same API group, kind, namespace and name as ${twin.path}, so one object would overwrite the other on the cluster`,
      actual: object.title,
      expected: 'a unique name for each kind and namespace',
      fix: 'rename one of the two objects or move it to another namespace; if the objects go to different clusters, give each mesh a `Cluster` with a `name`',
    }];
  });
}

/** Returns the clusters of an object: the cluster of its mesh, or the clusters of the meshes in its chart. Undefined if they are not known. */
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

/** The first object in a list, and the first object of the list that the library emits. */
interface First {
  one?: TreeObject;
  ours?: TreeObject;
}

/** Objects with the same group, kind, namespace and name, by cluster. */
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

  /** Returns another object that may be applied to the same cluster, if the library emits one of the two. */
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
