import { isAdded, KnownLabels, LabelSelector, maySelect } from './label-selector';
import { podTemplatesOf } from './pod-template';
import { ForeignObjects } from './tree-object';
import { append } from '../../model/lookup';
import { MeshIndex } from '../../model/mesh-index';
import { podLabelsOf, WorkloadNode } from '../../model/workload';

/** Known labels of the pods of a namespace. */
interface NamespacePods {
  readonly templates: ReadonlyMap<WorkloadNode, readonly KnownLabels[]>;
  /** Workloads by "key=value" of the labels of their pods. */
  readonly byLabel: ReadonlyMap<string, readonly WorkloadNode[]>;
  /** Workloads whose pods may have labels that the program does not state, by the keys of the stated labels. */
  readonly inPart: ReadonlyMap<string, { readonly keys: ReadonlySet<string>; readonly workloads: readonly WorkloadNode[] }>;
}

/**
 * The known labels of the pods of workloads. For existing pods, the program states some labels, and the pod template has the others, if it
 * is in the app.
 */
export class KnownPods {
  /** Returns the pods of a mesh, read once for all checks of the same objects. */
  public static of(index: MeshIndex, foreign: ForeignObjects): KnownPods {
    const known = read.get(foreign)?.get(index);
    if (known) return known;
    const made = new KnownPods(index, foreign);
    if (!read.has(foreign)) read.set(foreign, new WeakMap());
    read.get(foreign)!.set(index, made);
    return made;
  }

  private readonly namespaces = new Map<string, NamespacePods>();

  private constructor(private readonly index: MeshIndex, private readonly foreign: ForeignObjects) {}

  /** Returns the known labels of the pods of a workload, one entry for each pod template. */
  public labelsOf(workload: WorkloadNode): readonly KnownLabels[] {
    return this.in(workload.namespace).templates.get(workload) ?? [statedOf(workload)];
  }

  /** Returns the workloads of a namespace whose pods a selector selects. A label that is not known counts as not selected. */
  public selected(namespace: string, selector: LabelSelector): readonly WorkloadNode[] {
    return this.candidates(namespace, selector.matchLabels)
      .filter((workload) => this.labelsOf(workload).some(({ labels }) => maySelect(selector, { labels, isAll: true })));
  }

  /** Returns the workloads of a namespace whose pods a selector may select. */
  public maybeSelected(namespace: string, selector: LabelSelector): readonly WorkloadNode[] {
    return this.candidates(namespace, selector.matchLabels).filter((workload) => this.maySelect(selector, workload));
  }

  /** Returns whether a selector may select the pods of a workload. An unknown label counts as a match. */
  public maySelect(selector: LabelSelector, workload: WorkloadNode): boolean {
    return this.labelsOf(workload).some((known) => maySelect(selector, known));
  }

  /** Returns the workloads of a namespace to which pods with these labels may belong. They are found by the first label. */
  public candidates(namespace: string, labels: Readonly<Record<string, unknown>> = {}): readonly WorkloadNode[] {
    const [first] = Object.entries(labels);
    if (!first || isAdded(first[0])) return this.index.workloadsWith(namespace, {});
    const { byLabel, inPart } = this.in(namespace);
    const [key, value] = first;
    return [
      ...new Set(byLabel.get(`${key}=${value}`)),
      ...[...inPart.values()].filter(({ keys }) => !keys.has(key)).flatMap(({ workloads }) => workloads),
    ];
  }

  private in(namespace: string): NamespacePods {
    const known = this.namespaces.get(namespace);
    if (known) return known;
    const made = this.read(namespace);
    this.namespaces.set(namespace, made);
    return made;
  }

  private read(namespace: string): NamespacePods {
    const templates = this.templatesIn(namespace);
    const byLabel = new Map<string, WorkloadNode[]>();
    const inPart = new Map<string, { keys: ReadonlySet<string>; workloads: WorkloadNode[] }>();
    for (const workload of this.index.workloadsWith(namespace, {})) {
      for (const { labels, isAll } of templates.get(workload) ?? [statedOf(workload)]) {
        for (const [key, value] of Object.entries(labels)) append(byLabel, `${key}=${String(value)}`, workload);
        if (isAll) continue;
        const keys = Object.keys(labels).sort();
        const group = inPart.get(keys.join('\n')) ?? { keys: new Set(keys), workloads: [] };
        group.workloads.push(workload);
        inPart.set(keys.join('\n'), group);
      }
    }
    return { templates, byLabel, inPart };
  }

  /** Returns the pod templates of the app that the labels of existing workloads select. */
  private templatesIn(namespace: string): Map<WorkloadNode, KnownLabels[]> {
    const found = new Map<WorkloadNode, KnownLabels[]>();
    for (const { metadata: { labels = {} } } of this.foreign.in(namespace).flatMap(podTemplatesOf)) {
      for (const workload of this.index.workloadsSelecting(namespace, labels)) {
        if (!workload.deployment) append(found, workload, { labels, isAll: true });
      }
    }
    return found;
  }
}

const read = new WeakMap<ForeignObjects, WeakMap<MeshIndex, KnownPods>>();

function statedOf(workload: WorkloadNode): KnownLabels {
  return { labels: podLabelsOf(workload), isAll: workload.deployment !== undefined };
}
