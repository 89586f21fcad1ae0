import { number, text } from './texts';
import { deployedDraws, FixedPorts, Pods, Purpose } from './workloads';
import { VllmKvEvents, VllmKvTransfer, VllmOptions, Volume, Workload } from '../../../src';
import { IMAGE } from '../../story';
import { Drawing } from '../drawing';
import { Expr, factory, list, lit, record, struct } from '../expr';
import { always, fitting, options, rarely } from '../options';
import { WorkloadVar } from '../plan';

/** Whether a workload that the library deploys is one of model servers. */
export function servesModels(on: Drawing): boolean {
  return on.tape.oneIn(6) || on.isSought('Workload.vllm');
}

/** vLLM servers, whose ports follow from the options that are drawn first. */
export function vllm(on: Drawing, purpose: Purpose): WorkloadVar {
  const { tape } = on;
  const ranks = tape.oneIn(3) || on.isSought('VllmOptions.dataParallelSize') ? 2 : 1;
  // Some of the other options are for a second port, which the pods have with events.
  const hasEvents = tape.oneIn(2) || on.isSought('VllmOptions.kvEvents') || ['metricsPort', 'unauthenticatedPorts'].some((prop) => on.isSought(`VllmOptions.${prop}`));
  const hasReplay = hasEvents && (tape.oneIn(3) || on.isSought('VllmKvEvents.replayPort'));
  const first = tape.oneIn(4) || on.isSought('VllmOptions.port') ? 8200 : 8000;
  const event = tape.oneIn(4) || on.isSought('VllmKvEvents.port') ? 5600 : 5557;
  const replay = event + 20;
  const hasOffload = tape.oneIn(4) || on.isSought('VllmOptions.kvOffloadGibibytes');
  const hasTransfer = on.isBold && tape.oneIn(6); // only servers of pools with `prefill` may
  const sideChannel = event === 5600 ? 5701 : 5600;
  const transfer = hasTransfer && tape.oneIn(2) ? [17_000, 17_001] : [];
  const serving = Array.from({ length: ranks }, (_, rank) => first + rank);
  const ports: FixedPorts = [
    ...serving.map((port) => [port, 'http'] as const), ...ranks > 1 ? [[9256, 'http'] as const] : [],
    ...(hasEvents ? hasReplay ? [event, replay] : [event] : []).flatMap((port) => serving.map((_, rank) => [port + rank, 'tcp'] as const)),
    ...(hasTransfer ? [sideChannel, ...transfer] : []).map((port) => [port, 'tcp'] as const),
  ];
  const pods = new Pods(on, purpose, ports);
  const model = on.plan.fresh('llm');
  const adapters = tape.oneIn(3) || on.isSought('VllmOptions.loraAdapters') || on.isSought('VllmOptions.maxLoraRank') ? [`${model}-a`, `${model}-b`] : [];
  const named = tape.oneIn(3) || on.isSought('VllmOptions.servedModelNames') ? [model, `${model}-latest`] : undefined;
  const expr = factory(Workload, 'vllm', options<VllmOptions>(on, 'VllmOptions', {
    ...deployedDraws(on, pods, purpose),
    model: always(() => lit(on.odd(['', '-x', 'a b', 'a\nb', '0o7'], () => (named ? `/models/${model}` : model)))),
    servedModelNames: fitting(() => named && lit(on.odd([[], [''], ['a', 'a'], ['--port=1'], ['a@b']], () => named))),
    loraAdapters: fitting(() => (adapters.length === 0 ? undefined : record(adapters.map((one) => [on.odd(['', '__proto__', 'a=b', '-a'], () => one), text(on, `/adapters/${one}`)])))),
    maxLoras: rarely(() => number(on, 1, 4)),
    maxLoraRank: rarely(() => (on.dares(adapters.length > 0) ? number(on, 8, 64) : undefined)),
    acceleratorCount: fitting(() => (ranks > 1 ? number(on, 4) : undefined)),
    acceleratorResource: rarely(() => lit(on.odd(['gpu', 'nvidia.com/gpu'], () => 'amd.com/gpu'))),
    tensorParallelSize: rarely(() => number(on, 1)),
    dataParallelSize: fitting(() => (ranks > 1 ? lit(ranks) : undefined)),
    port: fitting(() => (first === 8000 ? undefined : lit(first))),
    maxModelLen: rarely(() => number(on, 8192)),
    blockSizeTokens: rarely(() => number(on, 64)),
    kvEvents: fitting(() => (hasEvents ? events(on, event === 5557 ? undefined : event, hasReplay ? replay : undefined) : undefined)),
    kvTransfer: fitting(() => (hasTransfer ? options<VllmKvTransfer>(on, 'VllmKvTransfer', {
      sideChannelPort: fitting(() => (sideChannel === 5600 ? undefined : lit(on.odd([0, 8000], () => sideChannel)))),
      ports: fitting(() => (transfer.length > 0 ? lit(transfer) : undefined)),
    }) : undefined)),
    modelVolume: rarely(() => volume('models')),
    cacheVolume: rarely(() => volume('cache')),
    kvOffloadGibibytes: fitting(() => (hasOffload ? number(on, 2) : undefined)),
    sharedMemoryMebibytes: rarely(() => number(on, hasOffload ? 8192 : 512)),
    command: rarely(() => list([text(on, '/opt/serve')])),
    args: rarely(() => list([text(on, on.odd(['--port=1', '-tp', '--kv_events_config={}', '--config=a'], () => '--max-num-seqs=64'))])),
    startupSeconds: rarely(() => number(on, 900, 3600)),
    cpuMillis: rarely(() => number(on, 8000)),
    memoryMebibytes: rarely(() => number(on, 65_536)),
  }));
  return {
    expr, setsReplicas: pods.setsReplicas, ports: pods.grantable, httpPorts: serving, tcpPorts: pods.tcpPorts.filter((port) => [event, replay].includes(port)), hasService: true, isDeployed: true, isPlain: pods.isPlain,
    serves: { names: [...named ?? [model], ...adapters], hasAdapters: adapters.length > 0, hasOffload },
  };

  function volume(claim: string): Expr<Volume> {
    on.plan.stated.add(`PersistentVolumeClaim ${claim}`);
    return factory(Volume, 'persistentVolumeClaim', lit(claim));
  }
}

function events(on: Drawing, port?: number, replay?: number): Expr<VllmKvEvents> {
  return options<VllmKvEvents>(on, 'VllmKvEvents', {
    port: fitting(() => (port === undefined ? undefined : number(on, port))),
    replayPort: fitting(() => (replay === undefined ? undefined : number(on, replay))),
  });
}

/** vLLM servers that are decode or prefill servers of a pool. */
export function transferring(on: Drawing, more: readonly (readonly [string, Expr<unknown>])[], ports: { readonly sideChannel?: number; readonly transfer: readonly number[] }): Expr<Workload> {
  const kvTransfer = options<VllmKvTransfer>(on, 'VllmKvTransfer', {
    sideChannelPort: fitting(() => (ports.sideChannel === undefined ? undefined : lit(ports.sideChannel))),
    ports: fitting(() => (ports.transfer.length > 0 ? lit([...ports.transfer]) : undefined)),
  });
  return factory(Workload, 'vllm', struct<VllmOptions>('VllmOptions', [['image', lit(IMAGE)], ['model', lit('org/model')], ['kvTransfer', kvTransfer], ...more]));
}
