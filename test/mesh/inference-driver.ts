// Calls the models of pools from inside the mesh: as agents with a grant, as agents without one, and around the gateway.
import { Connection, isForbidden } from './closed';
import { Check, report, Story } from './report';
import { Answer, inParallel, send } from './request';

/** Addresses of pools inside the mesh: of the pool itself, or of a tenant. */
const ENTRIES = {
  'pool llama': { pool: 'llama', asks: 'planner', gateway: 'gw-inner', host: 'llama-inference.voice' },
  'pool mistral': { pool: 'mistral', asks: 'writer', gateway: 'models', host: 'mistral-inference.voice' },
  'tenant research': { pool: 'qwen', asks: 'planner', gateway: 'shared-tenants', host: 'qwen-research-tenant.voice' },
  'tenant desk': { pool: 'qwen', asks: 'writer', gateway: 'shared-tenants', host: 'qwen-desk-tenant.voice' },
} as const;
type Entry = keyof typeof ENTRIES;
const NAMES = Object.keys(ENTRIES) as Entry[];
/** The gateway before which the tenants have one of their own. */
const SHARED = 'shared';
const PATH = '/v1/chat/completions';
const BODY = JSON.stringify({ model: 'm', messages: [{ role: 'user', content: 'hello' }] });

report((story) => [
  ...NAMES.flatMap((entry) => [...servedChecks(story, entry), ...closedChecks(story, entry)]),
  ...edgeChecks(story), unreadCheck(story), ...tenantChecks(story), ...tokenChecks(story), deniedCheck(story),
]);

function addressOf({ cluster }: Story, caller: string): string {
  return cluster.pod(caller.includes('/') ? caller : `voice/${caller}-v1-0`).address;
}

function ask(story: Story, caller: string, url: string, headers: Record<string, string> = {}): Promise<Answer> {
  return send({ url, as: addressOf(story, caller), method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body: BODY, timeoutMs: 5000 });
}

const urlOf = (entry: Entry): string => `http://${ENTRIES[entry].host}${PATH}`;

/** The pod that served a request and the pod that its picker named, each with the name of the pool. */
function seen(story: Story, answer: Answer): { readonly served: string; readonly picked: string } {
  if (answer.status !== 200) throw new Error(`status ${answer.status ?? answer.error}: ${answer.text.slice(0, 120)}`);
  const { pod, namespace, labels } = JSON.parse(answer.text);
  const [pickerPool, picked] = String(answer.headers['x-judge-picker'] ?? 'nobody nowhere').split(' ');
  return { served: `${namespace}/${labels['app.kubernetes.io/name']} ${story.cluster.pod(`${namespace}/${pod}`).address}`, picked: `${pickerPool} ${picked.split(':')[0]}` };
}

function servedChecks(story: Story, entry: Entry): Check[] {
  const { asks, pool } = ENTRIES[entry];
  return [
    {
      name: `${asks} is served by ${entry}, each request by the pod that the picker named`,
      run: async () => {
        const all = (await inParallel(story.requests.split, 8, () => ask(story, asks, urlOf(entry)))).map((answer) => seen(story, answer));
        const wrong = all.filter(({ served, picked }) => served !== picked);
        if (wrong.length > 0) throw new Error(`${wrong.length} of ${all.length} by another pod, first ${JSON.stringify(wrong[0])}`);
        return `${all.length} of ${all.length}, by ${new Set(all.map(({ served }) => served)).size} pods`;
      },
    },
    {
      name: `${asks} is served by the pod of ${entry} that it pins`,
      run: async () => {
        const pods = story.cluster.podsOf('voice', { 'app.kubernetes.io/name': pool });
        if (pods.length < 2) throw new Error(`${pods.length} pods`);
        for (const { address } of pods) {
          const all = await inParallel(12, 4, () => ask(story, asks, urlOf(entry), { 'test-epp-endpoint-selection': address }));
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
function closedChecks(story: Story, entry: Entry): Check[] {
  const { cluster } = story;
  const { asks, gateway, pool, host } = ENTRIES[entry];
  const [proxy] = cluster.podsOf('voice', { 'gateway.networking.k8s.io/gateway-name': gateway });
  const [pod] = cluster.podsOf('voice', { 'app.kubernetes.io/name': pool });
  const ports = JSON.parse(process.env.INFERENCE_PORTS!) as Record<string, number>;
  const port = ports[entry];
  const atGateway = (url: string, byService: boolean): Way => ({ url, headers: { host }, enters: { to: proxy, byService, port } });
  const ways: Record<string, Way> = {
    'its address': atGateway(urlOf(entry), true), 'the Service of the gateway': atGateway(`http://${gateway}-istio.voice:${port}${PATH}`, true),
    'a pod of the gateway': atGateway(`http://${proxy.address}:${port}${PATH}`, false), 'a pod of the models': { url: `http://${pod.address}:8000${PATH}` }, 'the picker': { url: `http://${pool}-epp.voice:9090/metrics` },
  };
  const inner: Record<string, Way> = gateway === `${SHARED}-tenants` ? innerWays(story, host, ports[SHARED]) : {};
  const others = [...new Set(NAMES.map((name) => ENTRIES[name].asks))].filter((who) => who !== asks);
  const intruders = [...others, 'idle', 'voice/intruder', 'elsewhere/intruder', 'outside/intruder'].map((who) => ({ who, closed: Object.keys({ ...ways, ...inner }) }));
  return [...intruders, { who: asks, closed: ['a pod of the models', 'the picker', ...Object.keys(inner)] }].map(({ who, closed }): Check => ({
    name: `${who} gets no model of ${entry} by ${closed.join(', ')}`,
    run: async () => {
      const got: string[] = [];
      for (const way of closed) {
        const { url, headers, enters } = { ...ways, ...inner }[way];
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

/** Ways around the gateway of the tenants, where a caller would write its headers itself. */
function innerWays({ cluster }: Story, host: string, port: number): Record<string, Way> {
  const [inner] = cluster.podsOf('voice', { 'gateway.networking.k8s.io/gateway-name': SHARED });
  const way = (url: string, byService: boolean): Way => ({ url, headers: { host }, enters: { to: inner, byService, port } });
  return { 'the Service of the inner gateway': way(`http://${SHARED}-istio.voice:${port}${PATH}`, true), 'a pod of the inner gateway': way(`http://${inner.address}:${port}${PATH}`, false) };
}

const FAIRNESS = 'x-llm-d-inference-fairness-id';
const OBJECTIVE = 'x-llm-d-inference-objective';
const CHOSEN = { [FAIRNESS]: 'chosen', [OBJECTIVE]: 'chosen', 'x-gateway-inference-fairness-id': 'chosen', 'X-Gateway-Inference-Objective': 'chosen', 'x-llm-d-model-name-rewrite': 'chosen' };

/** Returns what the pod was told of `CHOSEN`, as lines "name: value". */
function told({ status, text }: Answer): string[] {
  if (status !== 200) throw new Error(`status ${status}`);
  const { headers } = JSON.parse(text) as { headers: Record<string, string> };
  return Object.entries(headers).filter(([name]) => name.toLowerCase() in lowered(CHOSEN)).map(([name, value]) => `${name.toLowerCase()}: ${value}`).sort();
}

function toldCheck(name: string, asked: () => Promise<Answer>, headers: Readonly<Record<string, string>>): Check {
  const expected = Object.entries(headers).map(([key, value]) => `${key}: ${value}`).sort().join(', ');
  return {
    name, run: async () => {
      const got = told(await asked()).join(', ');
      if (got !== expected) throw new Error(`told ${got}`);
      return got || 'no header';
    },
  };
}

/** The port that admits an identity decides the tenant, whatever the caller sends. */
function tenantChecks(story: Story): Check[] {
  const entries: readonly (readonly [Entry, Readonly<Record<string, string>>])[] = [
    ['tenant research', { [FAIRNESS]: 'research', [OBJECTIVE]: 'later' }], ['tenant desk', { [FAIRNESS]: 'desk' }], ['pool mistral', {}],
  ];
  return entries.map(([entry, headers]) => toldCheck(
    `no header that ${ENTRIES[entry].asks} sends chooses a tenant at ${entry}`, () => ask(story, ENTRIES[entry].asks, urlOf(entry), CHOSEN), headers,
  ));
}

/** The token of a client decides its tenant and priority, whatever the client sends. */
function tokenChecks({ ca }: Story): Check[] {
  const tokens = JSON.parse(process.env.TOKENS!) as Record<string, string>;
  const asked = (token: string) => () => send({
    url: `https://tiers.example.com${PATH}`, method: 'POST', headers: { 'content-type': 'application/json', ...CHOSEN, 'authorization': `Bearer ${tokens[token]}` }, body: BODY, ca,
  });
  return [
    toldCheck('claims of a token choose the tenant and the priority, whatever the client sends', asked('gold'), { [FAIRNESS]: 'acme', [OBJECTIVE]: 'gold' }),
    toldCheck('a token without claims chooses none, whatever the client sends', asked('bare'), {}),
  ];
}

/** An edge gateway with `deniedCidrs` is closed to the pods of the cluster. */
function deniedCheck(story: Story): Check {
  const { cluster } = story;
  return {
    name: 'no agent reaches the models of an edge gateway that denies the pods',
    run: async () => {
      const [to] = cluster.podsOf('voice-edge', { 'gateway.networking.k8s.io/gateway-name': 'tiers' });
      const open = ['planner', 'idle', 'voice/intruder', 'elsewhere/intruder'].filter((who) =>
        [true, false].some((byService) => !isForbidden(cluster, { from: addressOf(story, who), to, byService, port: 443 })));
      if (open.length > 0) throw new Error(`open to ${open.join(', ')}`);
      return 'network';
    },
  };
}

const lowered = (headers: object): object => Object.fromEntries(Object.keys(headers).map((name) => [name.toLowerCase(), true]));

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
  const as = addressOf(story, ENTRIES['pool mistral'].asks);
  const url = urlOf('pool mistral');
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
