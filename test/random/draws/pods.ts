import { labels, path, statedName, number, text } from './texts';
import {
  Affinity, AffinityOptions, CommonPodOptions, EmptyDirOptions, HorizontalPodAutoscaler, PodAffinityOptions, PodDisruptionBudget, PodOptions, TaintEffect, Toleration, TopologySpreadConstraint, Volume, VolumeOptions, WhenUnsatisfiable, WorkloadProbe,
} from '../../../src';
import { Drawing } from '../drawing';
import { Expr, factory, list, lit, member, record } from '../expr';
import { always, Draws, fitting, options, rarely } from '../options';

/** What the pods are, as far as their other options must fit. */
export interface DrawnPods {
  readonly ports: readonly number[];
  /** Whether HTTP probes of the first port hurt nothing. */
  readonly mayProbe: () => boolean;
  /** Whether the number of replicas is not stated. */
  readonly isFree: () => boolean;
  /** Is told that an option sets the number of replicas, or depends on it. */
  readonly onScaled: () => void;
}

/** Where deployed pods run, and what they mount. */
export function commonPodDraws(on: Drawing): Draws<CommonPodOptions> {
  const { tape } = on;
  return {
    topologySpreadConstraints: rarely(() => list(tape.oneIn(3) ? [] : [spread(on)])),
    priorityClassName: rarely(() => statedName(on, 'PriorityClass', 'high')),
    nodeSelector: rarely(() => lit<{ [key: string]: string }>({ ...on.odd<Record<string, string>>([{ '': 'x' }, { 'a b': 'c' }, { constructor: 'x' }], () => ({ 'example.com/pool': 'gpu' })) })),
    tolerations: rarely(() => list([toleration(on)])),
    affinity: rarely(() => list([affinity(on)])),
    volumes: rarely(() => record([[on.odd(['tmp', '/', '/a:b', '/proc', '/var/run/secrets/kubernetes.io/serviceaccount', '__proto__'], () => '/mnt/volume'), volume(on)]])),
    imagePullSecrets: rarely(() => list([statedName(on, 'Secret', 'registry')])),
  };
}

/** Where deployed pods run, what they mount, how they are probed and scaled. */
export function podDraws(on: Drawing, pods: DrawnPods): Draws<PodOptions> {
  const { tape } = on;
  return {
    ...commonPodDraws(on),
    livenessProbe: rarely(() => probe(on, pods, true)),
    readinessProbe: rarely(() => probe(on, pods, true)),
    startupProbe: rarely(() => probe(on, pods, false)),
    extendedResources: rarely(() => record([[on.odd(['gpu', '', 'kubernetes.io/gpu', '__proto__', 'cpu'], () => 'nvidia.com/gpu'), number(on, 1, 2)]])),
    podDisruptionBudget: rarely(() => {
      pods.onScaled();
      return budget(on, pods);
    }),
    horizontalPodAutoscaler: fitting(() => {
      if (!on.dares(pods.isFree()) || !(tape.oneIn(8) || on.isSought('DeployWorkloadOptions.horizontalPodAutoscaler'))) return undefined;
      pods.onScaled();
      return autoscaler(on);
    }),
  };
}

function probe(on: Drawing, { ports, mayProbe }: DrawnPods, mayDiffer: boolean): Expr<WorkloadProbe> {
  const isCommand = mayDiffer && (ports.length === 0 || on.tape.oneIn(4) || on.isSought('WorkloadProbe.command'));
  const isOther = mayDiffer && on.dares(!isCommand && ports.length > 0);
  return options<WorkloadProbe>(on, 'WorkloadProbe', {
    path: rarely(() => (isOther && on.dares(mayProbe()) ? path(on, '/live', '/ready') : undefined)),
    port: rarely(() => (isOther ? lit(on.odd([0, 1], () => ports[0])) : undefined)),
    command: fitting(() => (isCommand ? list([text(on, '/bin/check')]) : undefined)),
    periodSeconds: rarely(() => number(on, 5, 20)),
    timeoutSeconds: rarely(() => number(on, 1, 5)),
    failureThreshold: rarely(() => (on.dares(mayDiffer) ? number(on, 3, 10) : undefined)),
  });
}

function spread(on: Drawing): Expr<TopologySpreadConstraint> {
  return options<TopologySpreadConstraint>(on, 'TopologySpreadConstraint', {
    topologyKey: always(() => lit(on.odd(['', 'a b', '/'], () => on.tape.pick(['kubernetes.io/hostname', 'topology.kubernetes.io/zone'])))),
    maxSkew: rarely(() => number(on, 1, 2)),
    whenUnsatisfiable: rarely(() => member('WhenUnsatisfiable', WhenUnsatisfiable, on.choice({ 'WhenUnsatisfiable.DO_NOT_SCHEDULE': 'DO_NOT_SCHEDULE', 'WhenUnsatisfiable.SCHEDULE_ANYWAY': 'SCHEDULE_ANYWAY' } as const))),
  });
}

function toleration(on: Drawing): Expr<Toleration> {
  const isTimed = on.isSought('Toleration.tolerationSeconds') || on.tape.oneIn(4);
  const effect = isTimed ? 'NO_EXECUTE' as const : on.choice({ 'TaintEffect.NO_SCHEDULE': 'NO_SCHEDULE', 'TaintEffect.PREFER_NO_SCHEDULE': 'PREFER_NO_SCHEDULE', 'TaintEffect.NO_EXECUTE': 'NO_EXECUTE' } as const);
  return options<Toleration>(on, 'Toleration', {
    key: fitting(() => lit(on.odd(['', 'a b'], () => 'nvidia.com/gpu'))),
    value: rarely(() => lit(on.odd(['a b', '-'], () => 'present'))),
    effect: fitting(() => member('TaintEffect', TaintEffect, effect)),
    tolerationSeconds: fitting(() => (isTimed ? number(on, 60) : undefined)),
  });
}

function affinity(on: Drawing): Expr<Affinity> {
  const kind = on.choice({ 'Affinity.nodes': 'nodes', 'Affinity.pods': 'pods', 'Affinity.awayFromPods': 'awayFromPods' } as const);
  const required = rarely(() => lit(on.tape.oneIn(2)));
  if (kind === 'nodes') {
    const values = lit<{ [key: string]: string[] }>({ ...on.odd<Record<string, string[]>>([{}, { '': ['a'] }, { zone: [] }, { constructor: ['a'] }], () => ({ 'topology.kubernetes.io/zone': ['a', 'b'] })) });
    return factory(Affinity, kind, values, options<AffinityOptions>(on, 'AffinityOptions', { required }));
  }
  const topologyKey = rarely(() => lit(on.odd(['', 'a b', '/'], () => 'topology.kubernetes.io/zone')));
  return factory(Affinity, kind, labels(on, { app: 'batch' }), options<PodAffinityOptions>(on, 'PodAffinityOptions', { required, topologyKey }));
}

function volume(on: Drawing): Expr<Volume> {
  const kind = on.choice({ 'Volume.configMap': 'configMap', 'Volume.secret': 'secret', 'Volume.persistentVolumeClaim': 'persistentVolumeClaim', 'Volume.emptyDir': 'emptyDir' } as const);
  if (kind === 'emptyDir') {
    return factory(Volume, kind, options<EmptyDirOptions>(on, 'EmptyDirOptions', { inMemory: rarely(() => lit(true)), sizeMebibytes: rarely(() => number(on, 64)) }));
  }
  const given = options<VolumeOptions>(on, 'VolumeOptions', { subPath: rarely(() => lit(on.odd(['/', '..', '', 'a/../b'], () => 'file.yaml'))), readOnly: rarely(() => lit(true)) });
  return factory(Volume, kind, statedName(on, `${kind[0].toUpperCase()}${kind.slice(1)}`, 'data'), given);
}

export function budget(on: Drawing, { isFree }: Pick<DrawnPods, 'isFree'>): Expr<PodDisruptionBudget> {
  const isLeast = isFree() && (on.tape.oneIn(2) || on.isSought('PodDisruptionBudget.minAvailable')) && !on.isSought('PodDisruptionBudget.maxUnavailable');
  return options<PodDisruptionBudget>(on, 'PodDisruptionBudget', {
    minAvailable: fitting(() => (isLeast || on.isBold ? number(on, 1) : undefined)),
    maxUnavailable: fitting(() => (isLeast && !on.isBold ? undefined : number(on, 1))),
  });
}

export function autoscaler(on: Drawing): Expr<HorizontalPodAutoscaler> {
  return options<HorizontalPodAutoscaler>(on, 'HorizontalPodAutoscaler', {
    minReplicas: rarely(() => number(on, 2, 3)), maxReplicas: always(() => number(on, 4, 8)), cpuUtilization: rarely(() => number(on, 60)),
  });
}
