import { Construct } from 'constructs';
import { isUsable } from './prefill-checks';
import { PrefillServers } from './prefill-props';
import { Callers } from '../../model/callers';
import { DisaggregatedPod, RoutingSidecarFacts } from '../../model/disaggregated-pod';
import { SIDE_CHANNEL_PORT } from '../../model/model-server';
import { PrefillNode } from '../../model/pool';
import { WorkloadNode } from '../../model/workload';
import { Workload, WorkloadDescription, workloadDescription } from '../../values/workload';
import { Membership } from '../membership/membership';
import { authorizeWorkload, deployWorkload } from '../workload/authorize';
import { bindWorkload } from '../workload/bind-workload';
import { checkImage, checkResources } from '../workload/deployment-checks';

/** Suffix of the prefill servers of a pool. */
const PREFILL_SUFFIX = '-prefill';

const SIDECAR_IMAGE = 'ghcr.io/llm-d/llm-d-router-disagg-sidecar:v0.10.0';

/** What prefill servers need to know of their pool. */
export interface PrefillRequest {
  readonly name: string;
  readonly workload: Workload;
  readonly targetPorts?: readonly number[];
  readonly prefill?: PrefillServers;
}

/** Prefill servers, and the part of the decode pods of their pool. */
export interface BoundPrefill {
  readonly node: PrefillNode;
  readonly decode?: DisaggregatedPod;
}

/**
 * Binds the prefill servers of a pool before its decode servers, and emits them with their policies. Returns nothing if the pool has none, or
 * if they are reported. Pools of the same decode servers may share their prefill servers.
 */
export function bindPrefill(scope: Construct, title: string, member: Membership, request: PrefillRequest): BoundPrefill | undefined {
  const { name: pool, prefill } = request;
  if (!prefill || !isUsable(member, title, request.workload, prefill.workload)) return undefined;
  const description = workloadDescription.of(prefill.workload);
  const { sideChannelPort, kvTransferPorts } = portsOf(prefill, description);
  const transferPorts = [sideChannelPort, ...kvTransferPorts];
  if (description.kind === 'bound') return { node: { servers: description.node, transferPorts } };
  const name = `${pool}${PREFILL_SUFFIX}`;
  const common = { pool, sideChannelPort };
  const servers = bindWorkload(member, prefill.workload, {
    title: `prefill servers of ${title}`, name, namespace: member.model.facts.namespace, serviceAccount: name, labels: { 'app.kubernetes.io/name': name },
    callers: new Callers(), routable: false, disaggregated: { ...common, role: 'prefill', transferRange: rangeOf(kvTransferPorts) },
  });
  const own = new Construct(scope, 'prefill');
  deployWorkload(own, member, servers);
  authorizeWorkload(own, member, servers);
  return { node: { servers, transferPorts }, decode: { ...common, role: 'decode', sidecar: sidecarOf(member, request, prefill, servers) } };
}

/** Returns the ports of KV cache transfer: those of `prefill`, or those of servers that say them. */
function portsOf(stated: PrefillServers, description: WorkloadDescription) {
  const facts = description.kind === 'bound' ? description.node.deployment : description.kind === 'deploy' ? description.facts : undefined;
  const own = facts?.modelServer?.kvTransfer;
  return {
    sideChannelPort: stated.sideChannelPort ?? own?.sideChannelPort ?? SIDE_CHANNEL_PORT, kvTransferPorts: stated.kvTransferPorts ?? own?.ports ?? [],
  };
}

function rangeOf(ports: readonly number[]): DisaggregatedPod['transferRange'] {
  return ports.length === 0 ? undefined : [Math.min(...ports), Math.max(...ports)];
}

/** Returns the routing sidecar of decode pods that the library deploys. */
function sidecarOf(
  member: Membership, { workload, targetPorts }: PrefillRequest, { routingSidecar = {} }: PrefillServers, prefill: WorkloadNode,
): RoutingSidecarFacts | undefined {
  const description = workloadDescription.of(workload);
  if (description.kind !== 'deploy') return undefined;
  const { image = SIDECAR_IMAGE, cpuMillis = 250, memoryMebibytes = 512 } = routingSidecar;
  member.checkTexts({ image }, ' of the routing sidecar');
  checkImage(member, image);
  checkResources(member, { cpuMillis, memoryMebibytes });
  return { image, port: targetPorts?.[0] ?? prefill.ports[0], modelServerPort: description.ports[0], cpuMillis, memoryMebibytes };
}
