import { MeshModel } from '../../model/mesh';

import { recordOf } from '../../model/picker/config';
import { PickerDeployment, PoolNode } from '../../model/pool';
import { identified, InputProblem, listed } from '../../model/problem';
import { serviceNames, ServiceNode } from '../../model/service';
import { Membership } from '../membership/membership';

/** A server that renders prompts to tokens, and the model for which a picker asks it. */
interface Rendering {
  readonly url: string;
  readonly host: string;
  readonly model: unknown;
}

/** Reports servers that cannot render prompts for the picker of a pool. Servers that the library does not know are not judged. */
export function checkRendering(member: Membership, pool: PoolNode, deployment: PickerDeployment): void {
  const { model, path } = member;
  const asked = renderings(deployment);
  for (const { url } of asked.filter(({ host }) => isHostOf(pool.entry, host, pool.namespace))) {
    member.report({ message: `the endpoint picker of pool ${pool.name} would render prompts with the pool itself, which asks the picker for every request`, actual: url, expected: 'the URL of a server that renders prompts', fix: 'run a vLLM server that renders prompts beside the pool, and correct the URL' }, 'AM237');
  }
  // The workload of the server may follow.
  model.checksAtSynth.push(() => identified('AM237', asked.flatMap((one) => unknownModel(model, pool, one)).map((problem) => ({ path, ...problem }))));
}

/** The picker names this model in each request for tokens (llm-d-router v0.10, dataproducer/tokenizer/vllm_http.go). */
function unknownModel({ workloads }: MeshModel, { name, namespace }: PoolNode, { host, model }: Rendering): InputProblem[] {
  const servers = workloads.filter(({ service }) => service !== undefined && isHostOf(service, host, namespace));
  return servers.flatMap(({ title, deployment }) => {
    const server = deployment?.modelServer;
    return !server || [...server.servedModelNames, server.model].some((one) => one === model) ? [] : [{
      message: `the endpoint picker of pool ${name} asks ${title} for the tokens of a model that it does not serve, so it would get status 404`, actual: model, expected: listed(server.servedModelNames), fix: `correct \`modelName\` of the picker, or \`servedModelNames\` of ${title}`,
    }];
  });
}

function renderings({ config: { settings: { plugins } } }: PickerDeployment): Rendering[] {
  return plugins.filter(({ type }) => type === 'token-producer').flatMap(({ parameters }) => {
    const url = recordOf(parameters?.vllm)?.url;
    const host = typeof url === 'string' ? /^http:\/\/([^/:?#@\s]+)/.exec(url)?.[1] : undefined;
    return host === undefined ? [] : [{ url: String(url), host, model: parameters?.modelName }];
  });
}

/** Returns whether a host is a Service, as pods of a namespace name it. */
function isHostOf(service: ServiceNode, host: string, from: string): boolean {
  const [short, ...names] = serviceNames(service);
  return names.includes(host) || (host === short && service.namespace === from);
}
