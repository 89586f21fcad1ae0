import { DEFAULT_BLOCK_SIZE, ModelServerFacts, servedNames } from '../../model/model-server';
import { ModelRewriteNode } from '../../model/objective';
import { CPU_INDEX, DEFAULT_ENGINE, eventPortsOf, instanceName, PickerSettings, recordOf, scrapesMetrics } from '../../model/picker/config';
import { eventPorts, PickerDeployment, PoolNode } from '../../model/pool';
import { identified, InputProblem, listed } from '../../model/problem';
import { Membership } from '../membership/membership';

/** Model servers of a pool of which the library knows what they serve. */
interface Servers extends ModelServerFacts {
  readonly title: string;
  /** Whether a routing sidecar receives the requests of the pool, at another port than the servers have. */
  readonly isBehindSidecar: boolean;
}

/** Returns the model servers of a pool that the library knows: those of `workload`, and those that process prompts. */
function serversOf({ servers, prefill }: PoolNode): Servers[] {
  return [servers, ...prefill ? [prefill.servers] : []].flatMap(({ title, deployment, disaggregated }) =>
    (deployment?.modelServer ? [{ ...deployment.modelServer, title, isBehindSidecar: disaggregated?.sidecar !== undefined }] : []));
}

/** Reports that a pool cannot work with its model servers. Servers of which the library does not know what they serve are not judged. */
export function checkModelServers(member: Membership, pool: PoolNode, metricsPort?: number): void {
  const { deployment } = pool.picker;
  for (const server of serversOf(pool)) {
    const problems = [
      ...portProblems(pool, server, metricsPort), ...loadedProblems(pool, server), ...transferProblems(pool, server),
      ...deployment ? pickerProblems(server, deployment) : [],
    ];
    for (const problem of problems) member.report(problem, 'AM237');
  }
  // Servers of both roles serve the same names. Rewrites, which may serve a name of `allowedModels`, are defined after the pool.
  const [first] = serversOf(pool);
  if (first) member.model.checksAtSynth.push(() => identified('AM237', unservedNames(member, pool, first)));
}

/** Reports targets of a rewrite that no model server of the pool serves. */
export function checkRewriteTargets(member: Membership, { name, pool, targets }: ModelRewriteNode): void {
  const [server] = serversOf(pool);
  if (!server || server.lora?.loadsOthers) return;
  const served = servedNames(server);
  for (const model of new Set(targets.map((target) => target.model).filter((one) => one !== '' && !served.includes(one)))) {
    member.report({
      message: `rewrite ${name} sends requests to model ${model}, which ${server.title} do not serve`, actual: model, expected: listed(served), fix: 'correct the target, or add the model to `servedModelNames` or `loraAdapters` of the servers',
    }, 'AM237');
  }
}

/** Requests for a name of `allowedModels` need a server or a rewrite. */
function unservedNames({ model: mesh, path }: Membership, pool: PoolNode, server: Servers) {
  if (server.lora?.loadsOthers) return [];
  const served = [...servedNames(server), ...mesh.modelRewrites.flatMap((one) => (one.pool === pool ? [one.model] : []))];
  return (pool.allowedModels ?? []).filter((name) => name !== '' && !served.includes(name)).map((name) => ({
    path, message: `\`allowedModels\` of pool ${pool.name} has a model that ${server.title} do not serve, so its requests would get status 404`, actual: name, expected: listed(servedNames(server)),
    fix: 'correct the name, add it to `servedModelNames` or `loraAdapters` of the servers, or add an InferenceModelRewrite for it',
  }));
}

/** Decode pods read the KV cache of a prompt from prefill pods, so the servers of both roles must be told to. */
function transferProblems({ prefill }: PoolNode, { title, kvTransfer }: Servers): InputProblem[] {
  return prefill && !kvTransfer ? [{ message: `${title} transfer no KV cache, which decode pods read from prefill pods`, actual: 'no `kvTransfer`', expected: '`kvTransfer` of the servers', fix: 'set `kvTransfer` in Workload.vllm, for the servers of both roles' }] : [];
}

function portProblems(pool: PoolNode, { title, servingPorts, isBehindSidecar }: Servers, metricsPort?: number): InputProblem[] {
  if (isBehindSidecar) return [];
  const others = pool.targetPorts.filter((port) => !servingPorts.includes(port));
  const isInOrder = pool.targetPorts.every((port, rank) => port === servingPorts[rank]);
  return [
    ...others.length === 0 ? [] : [{ message: `\`targetPorts\` has a port at which ${title} serve no requests`, actual: others, expected: listed(servingPorts.map(String)), fix: 'correct `targetPorts`, or omit it' }],
    ...metricsPort === undefined || servingPorts.includes(metricsPort) ? [] : [{ message: `\`metricsPort\` is a port at which ${title} have no metrics`, actual: metricsPort, expected: listed(servingPorts.map(String)), fix: 'omit `metricsPort`: vLLM has its metrics at the ports that serve requests' }],
    ...others.length > 0 || eventPorts(pool).length === 0 || isInOrder ? [] : [{
      message: 'the endpoint picker would read the KV cache events of one rank as those of another, because the ports of the ranks are not in order', actual: [...pool.targetPorts], expected: listed(servingPorts.map(String)), fix: 'omit `targetPorts`',
    }],
  ];
}

/** With `allowedModels` the gateway forwards only paths whose model the picker reads, and so none that loads adapters. */
function loadedProblems({ allowedModels }: PoolNode, { title, lora }: Servers): InputProblem[] {
  return lora?.loadsOthers && !allowedModels ? [{
    message: `${title} load adapters by request, so everybody who may send requests to the pool could load and unload adapters`, actual: 'VLLM_ALLOW_RUNTIME_LORA_UPDATING', expected: '`allowedModels`, with which such requests get status 404', fix: 'set `allowedModels` of the pool, or state the adapters in `loraAdapters` and remove the variable',
  }] : [];
}

function pickerProblems(server: Servers, deployment: PickerDeployment): InputProblem[] {
  const { title } = server;
  const { engine, config: { settings } } = deployment;
  const readsPods = scrapesMetrics(settings) || eventPortsOf(settings).length > 0;
  const needsAdapters = settings.plugins.some(({ type }) => type === 'lora-affinity-scorer');
  return [
    ...readsPods && engine !== DEFAULT_ENGINE ? [{ message: `the endpoint picker expects another model server than vLLM, which ${title} are`, actual: engine, expected: 'ModelServer.VLLM', fix: 'omit `modelServer` of the picker' }] : [],
    ...needsAdapters && !server.lora ? [{ message: `plugin lora-affinity-scorer of the endpoint picker has no effect, because ${title} have no LoRA adapters`, actual: {}, expected: '`loraAdapters` of the servers', fix: 'state the adapters in `loraAdapters`, or use another `config`' }] : [],
    ...settings.plugins.some((plugin) => instanceName(plugin) === CPU_INDEX) && server.kvOffloadGibibytes === undefined ? [{
      message: `the endpoint picker prefers pods by the KV cache in their CPU memory, where ${title} keep none`, actual: 'no `kvOffloadGibibytes`', expected: '`kvOffloadGibibytes` of the servers', fix: 'set `kvOffloadGibibytes` in Workload.vllm, or use another `config`',
    }] : [],
    ...eventProblems(server, deployment),
  ];
}

/** Returns the block sizes with which a picker looks up prompts. */
function blockSizesOf({ plugins }: PickerSettings): number[] {
  const producers = plugins.filter(({ type }) => type === 'precise-prefix-cache-producer');
  const stated = producers.map(({ parameters }) => recordOf(parameters?.tokenProcessorConfig)?.blockSizeTokens ?? DEFAULT_BLOCK_SIZE);
  return stated.filter((size): size is number => typeof size === 'number' && size > 0);
}

/** A picker that reads KV cache events must find them: at its ports, in blocks that fill its own blocks. */
function eventProblems({ title, kvEvents, blockSizeTokens }: Servers, { config: { settings } }: PickerDeployment): InputProblem[] {
  const read = eventPortsOf(settings);
  if (read.length === 0) return [];
  const reading = `the endpoint picker reads KV cache events at port ${read[0].first}`;
  if (!kvEvents) return [{ message: `${reading}, but ${title} publish none`, actual: 'no events', expected: '`kvEvents` of the servers', fix: 'set `kvEvents` in Workload.vllm, or use another `config`' }];
  const blocks = blockSizesOf(settings);
  return [
    ...read.filter(({ first }) => first !== kvEvents.port).map(({ first }) => ({
      message: `the endpoint picker reads KV cache events at port ${first}, but ${title} publish them at port ${kvEvents.port}`, actual: first, expected: `${kvEvents.port}`, fix: 'state the same port as `eventPort` of the picker and in `kvEvents` of the servers',
    })),
    ...read.filter(({ replay }) => replay !== undefined && replay !== kvEvents.replayPort).map(({ replay }) => ({
      message: `the endpoint picker asks for missed KV cache events at port ${replay}, where ${title} do not repeat them`, actual: replay, expected: `${kvEvents.replayPort ?? 'no replay port'}`, fix: 'state the same `replayPort` for the picker and in `kvEvents` of the servers',
    })),
    ...blocks.filter((size) => blockSizeTokens !== undefined && blockSizeTokens % size !== 0).map((size) => ({
      message: `the endpoint picker looks up blocks of ${size} tokens, which the KV cache events of ${title} do not fill`, actual: { picker: size, servers: blockSizeTokens }, expected: 'the same `blockSizeTokens` for the picker and the servers', fix: 'correct `blockSizeTokens` of one of them',
    })),
  ];
}
