// Sends real requests of clients at a gateway that asks for tokens and answers browsers.
import { readFileSync } from 'fs';
import { Check, Story } from './report';
import { Answer, inParallel, send } from './request';
import { Decision } from '../../src';
import { DESK, REQUESTS } from '../access/clients-table';

const HOST = 'agents.example.com';
const TOKENS = JSON.parse(process.env.TOKENS!) as Record<string, string>;
const EXPECTED = JSON.parse(readFileSync(process.env.EXPECTED!, 'utf8')) as Decision[];
const bearer = (name: string) => ({ authorization: `Bearer ${TOKENS[name]}` });
const preflightOf = (origin: string) => ({ 'origin': origin, 'access-control-request-method': 'POST', 'access-control-request-headers': 'authorization' });

interface Seen {
  readonly status: number | string;
  readonly pod?: string;
  readonly headers: Record<string, string>;
  readonly cors?: string;
}

/** What the agent's pod saw, or what the gateway answered itself. */
function seen({ status, text, headers, error }: Answer): Seen {
  const cors = headers['access-control-allow-origin'] as string | undefined;
  if (status !== 200 || text === '') return { status: status ?? error ?? '', headers: {}, cors };
  const answer = JSON.parse(text) as { pod: string; headers: Record<string, string | string[]> };
  return { status, cors, pod: answer.pod.replace(/-v1-\d+$/, ''), headers: Object.fromEntries(Object.entries(answer.headers).map(([name, value]) => [name.toLowerCase(), String(value)])) };
}

export function tokenChecks(story: Story): Check[] {
  const { ca, cluster } = story;
  const ask = async (path: string, headers: Record<string, string> = {}, method = 'GET') => seen(await send({ url: `https://${HOST}${path}`, rawPath: path, method, headers, ca }));
  const friend = cluster.pod('voice/friend-v1-0').address;
  const inside = async (url: string, headers: Record<string, string> = {}) => seen(await send({ url, headers, as: friend }));
  const check = (name: string, run: () => Promise<unknown>, expected: unknown): Check => ({
    name, run: async () => {
      const got = JSON.stringify(await run());
      if (got !== JSON.stringify(expected)) throw new Error(got);
      return got;
    },
  });
  const claims = async (path: string, headers: Record<string, string>, method?: string) => {
    const { status, headers: got } = await ask(path, headers, method);
    return [status, got['x-tier'] ?? null, got['x-user'] ?? null];
  };
  return [
    check('each request of a client is answered as `decide` says', () => wrong(ask), []),
    check('claims of a token become headers, whatever the client sends', () => claims('/', { ...bearer('alice'), 'x-tier': 'evil' }), [200, 'gold', 'alice']),
    check('a claim that the token lacks becomes no header', () => claims('/', { ...bearer('bare'), 'X-Tier': 'gold', 'x-user': 'root' }), [200, null, null]),
    check('headers of claims are removed where no token is needed', () => claims('/healthz', { 'x-tier': 'gold', 'x-user': '' }), [200, null, null]),
    check('they are removed from preflights too, whose token is not read', () => claims('/deep/card', { ...preflightOf(DESK), ...bearer('alice'), 'x-tier': 'gold' }, 'OPTIONS'), [200, null, null]),
    check('a name that servers take for one is denied', async () => [await claims('/', { ...bearer('bare'), x_tier: 'gold' }), await claims('/healthz', { X_User: 'root' })], [[403, null, null], [403, null, null]]),
    check('tokens with other keys or for others are denied, at exempt paths too', async () => [
      (await ask('/', bearer('forged'))).status, (await ask('/healthz', bearer('forged'))).status, (await ask('/', bearer('elsewhere'))).status, (await ask('/', { authorization: 'Basic YTpi' })).status,
    ], [401, 401, 403, 403]),
    check('dot segments lead to no exempt path', async () => [(await ask('/docs/../x')).status, (await ask('/docs/%2e%2e/x')).status, (await ask('//healthz')).status], [403, 403, 403]),
    check('an agent inside the mesh needs no token', async () => (await inside('http://chat.voice/')).status, 200),
    check('an agent that asks for a token itself exempts its own paths at its waypoint', async () => [
      (await inside('http://own.voice/own')).status, (await inside('http://own.voice/own/healthz')).status, (await inside('http://own.voice/own/docs/x')).status,
      (await inside('http://own.voice/own/docs/../x')).status, (await inside('http://own.voice/own', bearer('alice'))).status, (await inside('http://own.voice/own/healthz', bearer('forged'))).status,
    ], [403, 200, 200, 403, 200, 401]),
  ];
}

type Ask = (path: string, headers: Record<string, string>, method: string) => Promise<Seen>;

/** Requests of the table that end otherwise than the model decides: served by another agent, not answered, or let through. */
async function wrong(ask: Ask): Promise<string[]> {
  const all = await inParallel(REQUESTS.length, 8, async (i) => {
    const { path, method, token, headers, origin } = REQUESTS[i];
    const { allowed, reason } = EXPECTED[i];
    const isPreflight = method === 'OPTIONS' && origin !== undefined;
    const got = await ask(path, {
      ...headers, ...(token && bearer(token.issuer.includes('other') ? 'other' : token.subject ?? 'clerk')), ...(origin !== undefined && (isPreflight ? preflightOf(origin) : { origin })),
    }, method);
    const [, target] = /requests to agent ([\w-]+)/.exec(reason) ?? [];
    const isRight = !allowed ? [401, 403, 404].includes(Number(got.status)) || (isPreflight && got.pod === undefined && got.cors === undefined)
      : target === undefined ? got.status === 200 && got.pod === undefined && got.cors === origin : got.pod === target;
    return isRight ? [] : [`${JSON.stringify(REQUESTS[i])}: ${reason}; ${JSON.stringify({ ...got, headers: undefined })}`];
  });
  return all.flat().slice(0, 5);
}
