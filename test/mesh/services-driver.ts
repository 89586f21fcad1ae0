// Sends real requests to agents without pools: weighted Services, a Service behind a waypoint, and both at once.
import { expectCopies } from './copies';
import { Check, report, Story } from './report';
import { Answer, inParallel, send } from './request';

report((story) => [...gatewayChecks(story), ...callerChecks(story), ...faultChecks(story), ...limitChecks(story), ...mirrorChecks(story)]);

const fromOutside = async (story: Story, path: string, headers: Record<string, string> = {}): Promise<string> => {
  const answer = await send({ url: `https://voice.example.com${path}`, headers, ca: story.ca });
  if (answer.status !== 200) throw new Error(`status ${answer.status ?? answer.error}`);
  return JSON.parse(answer.text).pod;
};

const fromPlanner = async ({ cluster }: Story, agent: string): Promise<string> => {
  const answer = await send({ url: `http://${agent}.voice/`, as: cluster.pod('voice/planner-v1-0').address });
  if (answer.status !== 200) throw new Error(`status ${answer.status ?? answer.error}`);
  return JSON.parse(answer.text).pod;
};

/** A split that happens twice on one path would give v2 36 percent. */
function splitOnce(name: string, agent: string, call: () => Promise<string>): Check {
  return {
    name: `${name} 80 to 20`,
    run: async () => {
      const pods = await inParallel(400, 8, call);
      const share = pods.filter((pod) => pod.startsWith(`${agent}-v2`)).length / pods.length;
      if (Math.abs(share - 0.2) > 4 * Math.sqrt(0.2 * 0.8 / pods.length)) throw new Error(`v2 served ${share * 100} %`);
      return `v2 served ${share * 100} % of ${pods.length}`;
    },
  };
}

function forced(name: string, agent: string, call: (headers: Record<string, string>) => Promise<string>): Check {
  return {
    name,
    run: async () => {
      const pods = await inParallel(40, 8, () => call({ 'x-canary': 'true' }));
      if (!pods.every((pod) => pod.startsWith(`${agent}-v2`))) throw new Error(pods.join());
      return '40 of 40 served by v2';
    },
  };
}

/** What comes of calls with a header that asks for a fault, and of those that must not get one. */
function faultChecks(story: Story): Check[] {
  const { cluster } = story;
  const call = async (url: string, test: string | undefined, by = 'planner-v1-0', more: Record<string, string> = {}) => {
    const start = Date.now();
    const { status } = await send({ url, as: cluster.pod(`voice/${by}`).address, headers: { ...test !== undefined && { 'x-test': test }, ...more } });
    return { status, took: Date.now() - start };
  };
  const expected = (name: string, run: () => Promise<Readonly<Record<string, boolean>>>): Check => ({
    name,
    run: async () => {
      const wrong = Object.entries(await run()).filter(([, holds]) => !holds).map(([what]) => what);
      if (wrong.length > 0) throw new Error(wrong.join(', '));
      return 'as stated';
    },
  });
  const flaky = 'http://flaky.voice/';
  return [
    expected('a delay reaches the caller, whatever the timeout', async () => {
      const [slow, other] = [await call(flaky, 'slow'), await call(flaky, 'other')];
      return { [`with the header ${JSON.stringify(slow)}`]: slow.status === 200 && slow.took >= 1500, [`without it ${JSON.stringify(other)}`]: other.status === 200 };
    }),
    expected('an error is answered with its share, and to the canary too', async () => {
      const half = await inParallel(100, 8, () => call(flaky, 'half'));
      const hit = half.filter(({ status }) => status === 418).length;
      const busy = [await call(flaky, 'busy'), await call(flaky, 'busy', undefined, { 'x-canary': 'true' })];
      return { [`${hit} of 100`]: hit >= 30 && hit <= 70 && half.every(({ status }) => status === 418 || status === 200), [JSON.stringify(busy)]: busy.every(({ status }) => status === 429) };
    }),
    splitOnce('faults keep the split', 'flaky', () => fromPlanner(story, 'flaky')),
    expected('faults are for calls inside the mesh to the port of the agent, of callers with a grant', async () => {
      const [further, intruder] = [await call('http://flaky.voice:9090/', 'busy'), await call(flaky, 'busy', 'other-v1-0')];
      const gateway = await send({ url: 'https://voice.example.com/flaky', headers: { 'x-test': 'busy' }, ca: story.ca });
      return { [`a further port ${further.status}`]: further.status === 200, [`without a grant ${intruder.status}`]: intruder.status === 403, [`from a gateway ${gateway.status}`]: gateway.status === 200 };
    }),
    expected('the waypoint of a tool server injects its faults', async () => {
      const [outage, none, intruder] = [await call('http://crm.voice/mcp', 'outage'), await call('http://crm.voice/mcp', undefined), await call('http://crm.voice/mcp', 'outage', 'other-v1-0')];
      return { [`with the header ${outage.status}`]: outage.status === 503, [`without it ${none.status}`]: none.status === 200, [`without a grant ${intruder.status}`]: intruder.status === 403 };
    }),
  ];
}

/** Slow calls at the same time, more than the limits allow. */
function limitChecks({ cluster }: Story): Check[] {
  const slow = { 'x-judge-delay': '2s', 'connection': 'keep-alive' }; // where only bytes are forwarded, the end of the connection may overtake the answer
  const calls = (url: string, by: string, headers: Record<string, string> = slow) =>
    Promise.all(Array.from({ length: 5 }, () => send({ url, as: cluster.pod(`voice/${by}`).address, headers })));
  const counted = (answers: readonly Answer[]) => answers.map(({ status }) => String(status ?? 'reset')).sort().join();
  const check = (name: string, url: string, over: string, refused: string, pod: string): Check => ({
    name,
    run: async () => {
      const seen = [counted(await calls(url, 'planner-v1-0')), counted(await calls(url, 'other-v1-0')), counted(await calls(pod, 'planner-v1-0', {}))];
      // A call that comes while the first connection opens counts as waiting, so one or two of five are served.
      const served = [1, 2].map((count) => [...Array(count).fill('200'), ...Array(5 - count).fill(over)].join());
      const nobody = [Array(5).fill(refused).join(), Array(5).fill('reset').join()];
      if (!served.includes(seen[0]) || seen.slice(1).join(' ') !== nobody.join(' ')) throw new Error(`${seen.join(' ')} instead of ${served.join(' or ')} ${nobody.join(' ')}`);
      return seen.join(' ');
    },
  });
  return [
    check('a waypoint answers requests above the limit with 503, and nobody passes by it', 'http://limited.voice/', '503', '403', `http://${cluster.pod('voice/limited-v1-0').address}:8000/`),
    check('a waypoint closes connections above the limit of a database, and nobody passes by it', 'http://orders.voice:5432/', 'reset', 'reset', `http://${cluster.pod('voice/orders-0').address}:5432/`),
  ];
}

/** Calls with a grant are copied, those without are not, and a grant is needed to call the mirror itself. */
function mirrorChecks(story: Story): Check[] {
  const { cluster } = story;
  const intruder = cluster.pod('voice/other-v1-0').address;
  return ['direct', 'both', 'flaky'].map((agent) => ({
    name: `copies of the calls of ${agent} reach its mirror`,
    run: async () => {
      const pods: string[] = [];
      const counted = await expectCopies(process.env.GATEWAY_VOICE_WP!, `${agent}-v3`, async () => {
        pods.push(await fromPlanner(story, agent));
        await send({ url: `http://${agent}.voice/`, as: intruder });
      });
      const { status } = await send({ url: `http://${agent}-v3.voice/`, as: intruder });
      if (status === 200 || pods.some((pod) => pod.startsWith(`${agent}-v3`))) throw new Error(`${status} for a stranger; served by ${pods.join()}`);
      return counted;
    },
  }));
}

function gatewayChecks(story: Story): Check[] {
  return [
    splitOnce('a gateway splits calls of an agent', 'direct', () => fromOutside(story, '/')),
    splitOnce('the waypoint that only routes splits calls of a pod', 'direct', () => fromPlanner(story, 'direct')),
    splitOnce('the waypoint that authorizes requests splits those of a gateway', 'both', () => fromOutside(story, '/both')),
    splitOnce('the waypoint that authorizes requests splits calls of a pod', 'both', () => fromPlanner(story, 'both')),
    forced('the header forces the canary at a gateway', 'direct', (headers) => fromOutside(story, '/', headers)),
    forced('the header forces the canary at a waypoint behind a gateway', 'both', (headers) => fromOutside(story, '/both', headers)),
    { name: 'the gateway goes through the waypoint', run: () => fromOutside(story, '/read') },
  ];
}

function callerChecks({ cluster }: Story): Check[] {
  const urls = (): Record<string, string> => ({
    'the read agent by Service': 'http://read.voice/',
    'a further port by Service': 'http://read.voice:9090/',
    'a further port by pod': `http://${cluster.pod('voice/read-v1-0').address}:9090/`,
    'the read agent by pod': `http://${cluster.pod('voice/read-v1-0').address}:8000/`,
    'a port without identity by pod': `http://${cluster.pod('voice/read-v1-0').address}:9443/`,
    'a port without identity for others by pod': `http://${cluster.pod('voice/read-v1-0').address}:9444/`,
    'a version by Service': 'http://direct-v2.voice/',
    'a version by pod': `http://${cluster.pod('voice/direct-v1-0').address}:8000/`,
  });
  const open = 'a port without identity by pod';
  const callers: Record<string, { as?: string; reaches: readonly string[] }> = {
    'the granted planner': { as: cluster.pod('voice/planner-v1-0').address, reaches: ['the read agent by Service', open, 'a version by Service', 'a version by pod'] },
    'an agent with a grant of one port': { as: cluster.pod('voice/other-v1-0').address, reaches: ['a further port by Service', 'a further port by pod', open] },
    'an intruder elsewhere in the mesh': { as: cluster.pod('elsewhere/intruder').address, reaches: [open] },
    'somebody outside the mesh': { reaches: [open] },
  };
  return Object.entries(callers).map(([who, { as, reaches }]): Check => ({
    name: `${who} reaches what was granted and nothing else`,
    run: async () => {
      const seen: string[] = [];
      for (const [what, url] of Object.entries(urls())) {
        const { status } = await send({ url, as });
        if ((status === 200) !== reaches.includes(what)) throw new Error(`${what}: status ${status ?? 'reset'}`);
        seen.push(`${what} ${status ?? 'reset'}`);
      }
      return seen.join(', ');
    },
  }));
}
