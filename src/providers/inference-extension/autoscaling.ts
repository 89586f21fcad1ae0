import { Construct } from 'constructs';
import { ScaledObject, ScaledObjectSpec, ScaledObjectSpecTriggers } from '../../../imports/keda.sh';
import { AutoscalingFacts } from '../../model/autoscaling';
import { MeshModel } from '../../model/mesh';
import { hasFlowControl } from '../../model/picker/per-replica';
import { PoolNode } from '../../model/pool';
import { emit } from '../emit';

/** Emits the ScaledObject for the model servers of a pool (KEDA v2.20), with the id `autoscaling`. */
export function emitAutoscaling(scope: Construct, model: MeshModel, pool: PoolNode, facts: AutoscalingFacts): void {
  // Every pool with the same pods adds to their load.
  const spec = () => compileAutoscaling(facts, model.poolsOf(pool.servers).filter(({ picker }) => picker.deployment));
  emit(scope, 'autoscaling', ScaledObject, { name: pool.servers.name, namespace: pool.namespace }, { spec });
}

/** Seconds between two queries. */
const POLLING_SECONDS = 15;

/** Returns the spec of a ScaledObject. `pools` are all pools with the pods. */
function compileAutoscaling(facts: AutoscalingFacts, pools: readonly PoolNode[]): ScaledObjectSpec {
  const { deploymentName, minReplicas, maxReplicas, cooldownSeconds } = facts;
  const isQueueing = pools.some(({ picker: { deployment } }) => deployment && hasFlowControl(deployment.config.settings));
  return {
    scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: deploymentName },
    minReplicaCount: minReplicas,
    maxReplicaCount: maxReplicas,
    pollingInterval: POLLING_SECONDS,
    ...minReplicas === 0 && { cooldownPeriod: cooldownSeconds }, // only the step to zero is made by KEDA itself
    advanced: { horizontalPodAutoscalerConfig: { behavior: { scaleDown: { stabilizationWindowSeconds: cooldownSeconds } } } },
    triggers: [
      trigger('running', 'llm_d_epp_request_running', facts.runningRequests, facts, pools),
      ...isQueueing ? [trigger('queued', 'llm_d_epp_flow_control_queue_size', facts.queuedRequests, facts, pools)] : [],
    ],
  };
}

/**
 * Returns a trigger on the sum of a gauge of the pickers. Before the first request a picker has no such series, which counts as 0 if it has
 * the series that it always has. Without that one too, the metrics are lost: KEDA then reports an error and leaves the replicas as they are.
 */
function trigger(
  name: string, gauge: string, threshold: number, { serverAddress, seriesLabels }: AutoscalingFacts, pools: readonly PoolNode[],
): ScaledObjectSpecTriggers {
  const selector = selectorOf(pools, seriesLabels);
  return {
    type: 'prometheus',
    name,
    metricType: 'AverageValue',
    metadata: {
      serverAddress,
      query: `sum(${gauge}${selector}) or sum(0 * llm_d_epp_info${selector})`,
      threshold: String(threshold),
      activationThreshold: '0',
      ignoreNullValues: 'false',
    },
  };
}

/**
 * Returns the matchers of the series of pickers. The gauge of running requests does not name its pool (llm-d-router v0.10, docs/metrics.md),
 * so the pods of the Deployments of the pickers are matched. Kubernetes shortens the first part that it adds to a long name, or leaves it out.
 * Names of pickers have no character with a meaning in a pattern.
 */
function selectorOf(pools: readonly PoolNode[], seriesLabels: Readonly<Record<string, string>>): string {
  const pickers = pools.map(({ picker }) => picker.workload.name).sort();
  const own = [
    `namespace=${quoted(pools[0]?.namespace ?? '')}`,
    `pod=~${quoted(`(${pickers.join('|')})-[a-z0-9]+(-[a-z0-9]+)?`)}`,
  ];
  return `{${[...own, ...Object.keys(seriesLabels).sort().map((label) => `${label}=${quoted(seriesLabels[label])}`)].join(',')}}`;
}

/** Returns a text as a string literal of PromQL. */
function quoted(text: string): string {
  return `"${text.replace(/[\\"]/g, '\\$&').replace(/\n/g, '\\n')}"`;
}
