// Calls the models of pools from inside the mesh: as agents with a grant, as agents without one, and around the gateway.
import { Connection, isForbidden } from './closed';
import { Check, report, Story } from './report';
import { Answer, inParallel, send } from './request';

const POOLS = { llama: { asks: 'planner', gateway: 'gw-inner' }, mistral: { asks: 'writer', gateway: 'models' } } as const;
type Pool = keyof typeof POOLS;
const NAMES = Object.keys(POOLS) as Pool[];
const PATH = '/v1/chat/completions';
const BODY = JSON.stringify({ model: 'm', messages: [{ role: 'user', content: 'hello' }] });

report((story) => [
  ...NAMES.flatMap((pool) => [...servedChecks(story, pool), ...closedChecks(story, pool)]), ...edgeChecks(story), unreadCheck(story),
]);

function addressOf({ cluster }: Story, caller: string): string {
  return cluster.pod(caller.includes('/') ? caller : `voice/${caller}-v1-0`).address;
}

function ask(story: Story, caller: string, url: string, headers: Record<string, string> = {}): Promise<Answer> {
  return send({ url, as: addressOf(story, caller), method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body: BODY, timeoutMs: 5000 });
}

const addressOfPool = (pool: Pool): string => `http://${pool}-inference.voice${PATH}`;

/** The pod that served a request and the pod that its picker named, each with the name of the pool. */
function seen(story: Story, answer: Answer): { readonly served: string; readonly picked: string } {
  if (answer.status !== 200) throw new Error(`status ${answer.status ?? answer.error}: ${answer.text.slice(0, 120)}`);
  const { pod, namespace, labels } = JSON.parse(answer.text);
  const [pickerPool, picked] = String(answer.headers['x-judge-picker'] ?? 'nobody nowhere').split(' ');
  return { served: `${namespace}/${labels['app.kubernetes.io/name']} ${story.cluster.pod(`${namespace}/${pod}`).address}`, picked: `${pickerPool} ${picked.split(':')[0]}` };
}

function servedChecks(story: Story, pool: Pool): Check[] {
  const { asks } = POOLS[pool];
  return [
    {
      name: `${asks} is served by pool ${pool}, each request by the pod that the picker named`,
      run: async () => {
        const all = (await inParallel(story.requests.split, 8, () => ask(story, asks, addressOfPool(pool)))).map((answer) => seen(story, answer));
        const wrong = all.filter(({ served, picked }) => served !== picked);
        if (wrong.length > 0) throw new Error(`${wrong.length} of ${all.length} by another pod, first ${JSON.stringify(wrong[0])}`);
        return `${all.length} of ${all.length}, by ${new Set(all.map(({ served }) => served)).size} pods`;
      },
    },
    {
      name: `${asks} is served by the pod of pool ${pool} that it pins`,
      run: async () => {
        const pods = story.cluster.podsOf('voice', { 'app.kubernetes.io/name': pool });
        if (pods.length < 2) throw new Error(`${pods.length} pods`);
        for (const { address } of pods) {
          const all = await inParallel(12, 4, () => ask(story, asks, addressOfPool(pool), { 'test-epp-endpoint-selection': address }));
          const others = all.map((answer) => seen(story, answer).served).filter((served) => !served.endsWith(` ${address}`));
          if (others.length > 0) throw new Error(`${others.length} of 12 not by ${address}`);
        }
        return `${pods.length} pods, 12 of 12 each`;
      },
    },
  ];
}

/** A way to a pool: by which URL, and at which pod of a gateway it enters. */
interface Way {
  readonly url: string;
  readonly headers?: Record<string, string>;
  readonly enters?: Omit<Connection, 'from'>;
}

/** Ways to a pool that are closed to a caller: by its address, at the inner gateway itself, and at the pods. */
function closedChecks(story: Story, pool: Pool): Check[] {
  const { cluster } = story;
  const { asks, gateway } = POOLS[pool];
  const [proxy] = cluster.podsOf('voice', { 'gateway.networking.k8s.io/gateway-name': gateway });
  const [pod] = cluster.podsOf('voice', { 'app.kubernetes.io/name': pool });
  const port = JSON.parse(process.env.INFERENCE_PORTS!)[pool] as number;
  const atGateway = (url: string, byService: boolean): Way => ({ url, headers: { host: `${pool}-inference.voice` }, enters: { to: proxy, byService, port } });
  const ways: Record<string, Way> = {
    'its address': atGateway(addressOfPool(pool), true), 'the Service of the gateway': atGateway(`http://${gateway}-istio.voice:${port}${PATH}`, true),
    'a pod of the gateway': atGateway(`http://${proxy.address}:${port}${PATH}`, false), 'a pod of the models': { url: `http://${pod.address}:8000${PATH}` }, 'the picker': { url: `http://${pool}-epp.voice:9090/metrics` },
  };
  const others = NAMES.filter((name) => name !== pool).map((name) => POOLS[name].asks);
  const intruders = [...others, 'idle', 'voice/intruder', 'elsewhere/intruder', 'outside/intruder'].map((who) => ({ who, closed: Object.keys(ways) }));
  return [...intruders, { who: asks, closed: ['a pod of the models', 'the picker'] }].map(({ who, closed }): Check => ({
    name: `${who} gets no model of pool ${pool} by ${closed.join(', ')}`,
    run: async () => {
      const got: string[] = [];
      for (const way of closed) {
        const { url, headers, enters } = ways[way];
        if (enters && isForbidden(cluster, { ...enters, from: addressOf(story, who) })) {
          got.push('network');
          continue;
        }
        const { status } = await ask(story, who, url, headers);
        if (status !== undefined && status !== 403 && status !== 503) throw new Error(`${way}: status ${status}`);
        got.push(String(status ?? 'reset'));
      }
      return got.join(', ');
    },
  }));
}

/** The edge gateway serves pods of the cluster too, as the access report says; and with the host names of a pool it serves nobody. */
function edgeChecks(story: Story): Check[] {
  const byEdge = (host: string) => send({ url: `https://voice.example.com${PATH}`, method: 'POST', headers: { host, 'content-type': 'application/json' }, body: BODY, ca: story.ca });
  return [
    {
      name: 'clients outside are served by the edge gateway',
      run: async () => {
        const { served, picked } = seen(story, await byEdge('voice.example.com'));
        if (served !== picked) throw new Error(`${picked} was picked, ${served} served`);
        return served;
      },
    },
    {
      name: 'the edge gateway serves nobody by the address of a pool',
      run: async () => {
        const { status } = await byEdge('llama-inference.voice');
        if (status === 200) throw new Error('status 200');
        return `status ${status}`;
      },
    },
  ];
}

/** A pool with `allowedModels` serves only requests whose model its picker reads, and the list of models. */
function unreadCheck(story: Story): Check {
  const as = addressOf(story, POOLS.mistral.asks);
  const url = addressOfPool('mistral');
  const requests = [
    ['POST', '/invocations'], ['POST', '/tokenize?/chat/completions'], ['POST', '/v1/load_lora_adapter?x=/v1/chat/completions'], ['POST', '/v1/unload_lora_adapter/chat/completions'],
    ['POST', '/v1/messages/count_tokens'], ['POST', '/v1/chat%2Fcompletions'], ['POST', `${PATH}/`], ['GET', PATH], ['GET', '/metrics'],
  ] as const;
  return {
    name: 'writer is served no request of pool mistral whose model the picker does not read',
    run: async () => {
      const asked = (method: string, rawPath: string) => send({ url, as, method, rawPath, headers: { 'content-type': 'application/json' }, ...(method === 'POST' && { body: BODY }) });
      for (const [method, path] of requests) {
        const { status } = await asked(method, path);
        if (status !== 404) throw new Error(`${method} ${path}: status ${status}`);
      }
      const { status } = await asked('GET', '/v1/models');
      if (status !== 200) throw new Error(`the list of models: status ${status}`);
      return `${requests.length} requests`;
    },
  };
}
