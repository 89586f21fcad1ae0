import { accepted } from '../input/guard';
import { AffinityFacts } from '../model/pod-facts';
import { Trait } from '../model/trait';

/** Options of `Affinity.nodes`. */
export interface AffinityOptions {
  /**
   * Whether the pods stay pending if no node satisfies the rule. Otherwise the scheduler prefers nodes that satisfy it.
   *
   * @default false
   */
  readonly required?: boolean;
}

/** Options of `Affinity.pods` and `Affinity.awayFromPods`. */
export interface PodAffinityOptions extends AffinityOptions {
  /**
   * Node label whose values define the topology domains, such as `topology.kubernetes.io/zone`.
   *
   * @default 'kubernetes.io/hostname'
   */
  readonly topologyKey?: string;
}

/**
 * A rule on which nodes pods run, or near which other pods of their namespace (source: Kubernetes 1.36, affinity).
 *
 * @example
 * const affinity = [Affinity.nodes({ 'topology.kubernetes.io/zone': ['a', 'b'] }, { required: true }), Affinity.awayFromPods({ app: 'batch' })];
 */
export class Affinity {
  /** Returns a rule for nodes: each of the labels has one of the listed values. */
  public static nodes(labels: { [key: string]: string[] }, options?: AffinityOptions): Affinity {
    [labels, options = {}] = accepted('Affinity.nodes', [labels, options]);
    const values = Object.fromEntries(Object.entries(labels).map(([key, list]) => [key, [...list]]));
    return described('nodes', { kind: 'nodes', labels: values, required: options.required ?? false });
  }

  /** Returns a rule for nodes or zones where pods with these labels run. */
  public static pods(labels: { [key: string]: string }, options?: PodAffinityOptions): Affinity {
    [labels, options = {}] = accepted('Affinity.pods', [labels, options]);
    return described('pods', { kind: 'pods', labels: { ...labels }, ...domainOf(options) });
  }

  /** Returns a rule for nodes or zones where no pods with these labels run. */
  public static awayFromPods(labels: { [key: string]: string }, options?: PodAffinityOptions): Affinity {
    [labels, options = {}] = accepted('Affinity.awayFromPods', [labels, options]);
    return described('away from pods', { kind: 'awayFromPods', labels: { ...labels }, ...domainOf(options) });
  }

  /** @internal */
  public static _titled(title: string): Affinity {
    return new Affinity(title);
  }

  private constructor(
    /** Display name, such as "nodes". */
    public readonly title: string,
  ) {}
}

export const affinityFacts = new Trait<AffinityFacts>('an Affinity');

function described(title: string, facts: AffinityFacts): Affinity {
  const affinity = Affinity._titled(title);
  affinityFacts.give(affinity, facts);
  return affinity;
}

function domainOf({ required, topologyKey }: PodAffinityOptions) {
  return { required: required ?? false, topologyKey: topologyKey ?? 'kubernetes.io/hostname' };
}
