import { statedParsers } from '../../model/objective';
import { scrapesMetrics } from '../../model/picker/config';
import { PickerDeployment, PoolNode } from '../../model/pool';
import { InputProblem, listed } from '../../model/problem';

/** Parsers of gRPC requests (llm-d-router v0.10.0, parsers: the protocols that each of them claims). */
const GRPC_PARSERS: readonly string[] = ['vllmgrpc-parser', 'vertexai-parser'];

/** The parser that reads no requests, whatever they are. */
const ANY_PARSER = 'passthrough-parser';

/** Returns what keeps a picker from reading the requests and the metrics of the pods in the protocol of their ports. */
export function protocolProblems(pool: PoolNode, { config: { settings } }: PickerDeployment): InputProblem[] {
  const { servers, metricsPort } = pool;
  const unread = pool.speaksGrpc ? unreadRequests(pool) : deafParsers(pool);
  if (unread.length > 0 || !scrapesMetrics(settings) || !servers.grpcPorts.includes(metricsPort)) return unread;
  return [{
    message: `the endpoint picker would read metrics over HTTP/1.1 at port ${metricsPort}, at which ${servers.title} speak gRPC`, actual: metricsPort, expected: '`metricsPort` that speaks HTTP/1.1',
    fix: 'serve metrics at another port and set it as `metricsPort`, or use a `config` that reads no metrics, whose `injectDefaults` is false',
  }];
}

function unreadRequests(pool: PoolNode): InputProblem[] {
  const stated = statedParsers(pool);
  if (stated && stated.length > 0 && stated.every((type) => [...GRPC_PARSERS, ANY_PARSER].includes(type))) return [];
  const [port] = pool.targetPorts;
  return [{
    message: `a port in \`targetPorts\` speaks gRPC (${pool.servers.title} declares it as \`Port.grpc(${port})\`), but the endpoint picker parses other requests`, actual: stated ?? 'the parsers that the picker has by default, which parse requests over HTTP/1.1',
    expected: `only ${listed([...GRPC_PARSERS, ANY_PARSER])}`, fix: 'state such parsers in `parsers` of EndpointPickerConfig.custom, or serve HTTP/1.1 at this port (`Port.http`)',
  }];
}

function deafParsers(pool: PoolNode): InputProblem[] {
  const deaf = statedParsers(pool)?.filter((type) => GRPC_PARSERS.includes(type)) ?? [];
  return deaf.length === 0 ? [] : [{
    message: `the endpoint picker would never use ${listed(deaf)}, because the target ports speak HTTP/1.1 and it parses gRPC`, actual: deaf, expected: 'parsers of HTTP requests', fix: 'remove the parser, or declare the target ports as `Port.grpc` if they speak gRPC',
  }];
}
