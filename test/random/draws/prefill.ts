import { transferring } from './model-servers';
import { queueDraws } from './picker-configs';
import { number } from './texts';
import { deploy, existing, Purpose } from './workloads';
import { EndpointPickerConfig, PrefillDecodeOptions, PrefillServers, RoutingSidecarOptions } from '../../../src';
import { Drawing } from '../drawing';
import { Expr, factory, lit, struct } from '../expr';
import { always, fitting, options, rarely } from '../options';
import { GatewayVar, WorkloadVar } from '../plan';

/** Servers of both roles, and how the picker tells them apart. */
export interface PrefillVar {
  readonly decode: WorkloadVar;
  readonly prefill: Expr<PrefillServers>;
  readonly config: Expr<EndpointPickerConfig>;
}

const TRANSFER = [17_000, 17_001];

const TRANSFERS = ['VllmOptions.kvTransfer', 'VllmKvTransfer.sideChannelPort', 'VllmKvTransfer.ports'];

/** Whether a pool is to have prefill servers. */
export function wantsPrefill(on: Drawing): boolean {
  const parts = ['InferencePoolOptions.prefill', 'InferencePoolProps.prefill', 'ExistingPoolProps.prefill', 'EndpointPickerConfig.prefillDecode'];
  return on.tape.oneIn(12) || [...parts, ...TRANSFERS].some((part) => on.isSought(part));
}

/** Decode servers and prefill servers: those of the library, or the team's, which have a label in common. */
export function prefill(on: Drawing, { mesh, hasObjectives }: GatewayVar): PrefillVar {
  const purpose = (...ports: number[]): Purpose => ({ mesh, mayDemand: false, ports, isRaw: true });
  const isDeployed = on.tape.oneIn(2) || on.isSought('PrefillServers.routingSidecar');
  const app = on.plan.fresh('vllm');
  const isVllm = isDeployed && (on.tape.oneIn(3) || TRANSFERS.some((part) => on.isSought(part)));
  const sideChannel = isVllm && (on.tape.oneIn(3) || on.isSought('VllmKvTransfer.sideChannelPort')) ? 5701 : undefined;
  const pods = (role: string, port: number): WorkloadVar => {
    if (isVllm) {
      const own = role === 'decode' ? [['port', lit(port)], ['egress', struct('WorkloadEgress', [])]] as const : [];
      return {
        expr: transferring(on, own, { sideChannel, transfer: TRANSFER }), ports: [], httpPorts: [port], tcpPorts: [], hasService: false, isDeployed: true, isPlain: true,
        serves: { names: ['org/model'], hasAdapters: false, hasOffload: false },
      };
    }
    const own = { isConfined: role === 'decode', ...purpose(...role === 'decode' ? [port] : [port, 5600, ...TRANSFER, 7000]) };
    return isDeployed ? deploy(on, own) : existing(on, own, { serviceAccount: on.plan.fresh('vllm'), labels: { app, 'llm-d.ai/role': role } });
  };
  const decode = pods('decode', isDeployed ? 8200 : 8000);
  const { expr } = pods('prefill', 8000);
  return {
    decode,
    prefill: options<PrefillServers>(on, 'PrefillServers', {
      workload: always(() => expr),
      sideChannelPort: sideChannel === undefined ? rarely(() => lit(on.odd([0, 8000, 70_000], () => 5600))) : fitting(() => lit(sideChannel)),
      kvTransferPorts: rarely(() => lit(on.odd([[], [5600], [1, 3]], () => TRANSFER))),
      routingSidecar: rarely(() => options<RoutingSidecarOptions>(on, 'RoutingSidecarOptions', {
        image: rarely(() => lit(on.odd(['', 'sidecar', 'sidecar:latest'], () => 'registry.example.com/sidecar:1.0.0'))),
        cpuMillis: rarely(() => number(on, 500)), memoryMebibytes: rarely(() => number(on, 256)),
      })),
    }),
    config: factory(EndpointPickerConfig, 'prefillDecode', options<PrefillDecodeOptions>(on, 'PrefillDecodeOptions', {
      ...queueDraws(on, hasObjectives === true),
      nonCachedTokens: rarely(() => number(on, 64, 1)), promptTokens: rarely(() => number(on, 100, 0)),
      prefixCacheWeight: rarely(() => number(on, 3, 1)), queueDepthWeight: rarely(() => number(on, 2)),
    })),
  };
}
