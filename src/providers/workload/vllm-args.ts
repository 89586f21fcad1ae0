import { ModelServerFacts, SUPERVISOR_PORT } from '../../model/model-server';

/** Returns the arguments of `vllm serve` (vLLM 0.29, cli_args.py). Flags that take several values are followed by another flag. */
export function vllmArgs(server: ModelServerFacts): string[] {
  const { model, servedModelNames, servingPorts: [port], tensorParallelSize, maxModelLen, blockSizeTokens, kvOffloadGibibytes } = server;
  return [
    model,
    '--served-model-name', ...servedModelNames,
    ...loraArgs(server),
    `--port=${port}`,
    ...tensorParallelSize === 1 ? [] : [`--tensor-parallel-size=${tensorParallelSize}`],
    ...rankArgs(server),
    ...maxModelLen === undefined ? [] : [`--max-model-len=${maxModelLen}`],
    ...blockSizeTokens === undefined ? [] : [`--block-size=${blockSizeTokens}`],
    ...kvOffloadGibibytes === undefined ? [] : [`--kv-offloading-size=${kvOffloadGibibytes}`],
    ...eventArgs(server),
    ...transferArgs(server),
  ];
}

/** One flag has all adapters: vLLM forgets those of an earlier `--lora-modules`. */
function loraArgs({ lora }: ModelServerFacts): string[] {
  if (!lora) return [];
  const names = Object.keys(lora.adapters).sort();
  return [
    '--enable-lora',
    ...names.length === 0 ? [] : ['--lora-modules', ...names.map((name) => `${name}=${lora.adapters[name]}`)],
    `--max-loras=${lora.maxLoras}`,
    ...lora.maxLoraRank === undefined ? [] : [`--max-lora-rank=${lora.maxLoraRank}`],
  ];
}

/** All ranks are in one pod. Each serves requests itself, so that the endpoint picker chooses among them. */
function rankArgs({ servingPorts: { length } }: ModelServerFacts): string[] {
  if (length === 1) return [];
  return [`--data-parallel-size=${length}`, `--data-parallel-size-local=${length}`, '--data-parallel-multi-port-external-lb', `--data-parallel-supervisor-port=${SUPERVISOR_PORT}`];
}

/** Pickers read the model from the topic: the text between the second "@" and the end (llm-d-router v0.10, engineadapter/common.go). */
function eventArgs({ kvEvents, servedModelNames: [name], servingPorts: [port] }: ModelServerFacts): string[] {
  if (!kvEvents) return [];
  const config = {
    enable_kv_cache_events: true, publisher: 'zmq', endpoint: `tcp://*:${kvEvents.port}`,
    ...kvEvents.replayPort !== undefined && { replay_endpoint: `tcp://*:${kvEvents.replayPort}` },
    topic: `kv@$(POD_IP):${port}@${name}`,
  };
  return ['--enable-prefix-caching', '--kv-events-config', JSON.stringify(config)];
}

function transferArgs({ kvTransfer }: ModelServerFacts): string[] {
  return kvTransfer ? ['--kv-transfer-config', JSON.stringify({ kv_connector: 'NixlConnector', kv_role: 'kv_both' })] : [];
}
