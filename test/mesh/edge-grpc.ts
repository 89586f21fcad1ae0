// Sends calls of a gRPC client to gRPC agents: through a gateway, through the waypoint of the agent behind it, and as another agent of the mesh.
import { callGrpc, GrpcAnswer, GrpcCall, METHOD, serveGrpc, STATUS } from './grpc';
import { Check, Story } from './report';

const GATEWAY = 'https://voice.example.com';
const PORT = 50051;
const STEPS = 200;
const ORDERED = Array.from({ length: STEPS }, (_, i) => String(i + 1));

/** How a call gets to an agent. */
interface Way { readonly name: string; readonly agent: 'spoken' | 'read'; readonly call: Omit<GrpcCall, 'method'> }

/** What the mesh answers by itself. */
interface Refusal { readonly name: string; readonly status: number; readonly call: Partial<GrpcCall> & Pick<GrpcCall, 'url'> }

export function grpcChecks(story: Story): Check[] {
  const { cluster, ca } = story;
  const [planner, stranger] = ['planner', 'frontend'].map((agent) => cluster.pod(`voice/${agent}-v1-0`).address);
  const ways: Way[] = [
    { name: 'a gateway', agent: 'spoken', call: { url: GATEWAY, ca } },
    { name: 'a gateway and a waypoint', agent: 'read', call: { url: GATEWAY, ca, metadata: { 'x-agent': 'read' } } },
    { name: 'a waypoint, of a granted agent', agent: 'read', call: { url: 'http://read.voice', as: planner } },
  ];
  const refusals: Refusal[] = [
    { name: 'an agent without a grant gets PERMISSION_DENIED of the waypoint', status: STATUS.PERMISSION_DENIED, call: { url: 'http://read.voice', as: stranger } },
    { name: 'a method that no route of the gateway has is UNIMPLEMENTED', status: STATUS.UNIMPLEMENTED, call: { url: GATEWAY, ca, method: '/planner.v1.Planners/Plan' } },
    { name: 'a client without its token gets PERMISSION_DENIED', status: STATUS.PERMISSION_DENIED, call: { url: 'https://agents.example.com', ca } },
    { name: 'a client with a wrong token is UNAUTHENTICATED', status: STATUS.UNAUTHENTICATED, call: { url: 'https://agents.example.com', ca, metadata: { authorization: 'Bearer a.b.c' } } },
  ];
  return [
    { name: 'gRPC servers take the places of the rig\'s', run: () => serve(story) },
    ...ways.flatMap(wayChecks),
    ...refusals.map(({ name, status, call }): Check => ({
      name,
      run: async () => expectAnswer(await callGrpc({ method: METHOD.plan, ...call }), { http: 200, status, messages: [], isTrailersOnly: true }),
    })),
    {
      name: 'an agent without a grant does not come to a gRPC agent that has no waypoint',
      run: async () => expectAnswer(await callGrpc({ url: 'http://spoken.voice', method: METHOD.plan, as: stranger }), { http: undefined, status: undefined, messages: [] }),
    },
    ...retryChecks(ways[0], { ...ways[0].call, metadata: { 'x-agent': 'retried' } }),
  ];
}

/** Tries of each call that has a name, at all pods. */
const tries = new Map<string, number>();

async function serve({ cluster }: Story): Promise<string> {
  const pods = ['spoken', 'read'].flatMap((agent) => cluster.podsOf('voice', { 'app.kubernetes.io/name': agent }));
  // Behind the rig's ztunnel, which stands at the address of the pod itself.
  for (const { labels, address } of pods) await serveGrpc(labels['app.kubernetes.io/name'], address.replace(/^10\./, '127.'), PORT, tries);
  return `${pods.length} servers`;
}

function expectAnswer(answer: GrpcAnswer, expected: Partial<GrpcAnswer>): string {
  for (const [name, wanted] of Object.entries(expected)) {
    const got = answer[name as keyof GrpcAnswer];
    if (JSON.stringify(got) !== JSON.stringify(wanted)) throw new Error(`${name} is ${JSON.stringify(got)}, not ${JSON.stringify(wanted)}: ${JSON.stringify(answer)}`);
  }
  return `grpc-status ${answer.status ?? answer.error}, ${answer.messages.length} messages`;
}

/** Of answers with messages or trailers. */
const WHOLE: Partial<GrpcAnswer> = { http: 200, isTrailersOnly: false, error: undefined };

function wayChecks({ name, agent, call }: Way): Check[] {
  const check = (what: string, method: string, messages: readonly string[], expected: Partial<GrpcAnswer>, isTalk = false): Check => ({
    name: `${what} through ${name}`,
    run: async () => expectAnswer(await callGrpc({ ...call, method, messages, isTalk }), { ...WHOLE, ...expected }),
  });
  const parts = ['a', 'b', 'c'];
  return [
    check('a gRPC call is answered', METHOD.plan, ['x'], { status: STATUS.OK, messages: [`${agent}: x`] }),
    check('a gRPC stream of the server keeps its order', METHOD.steps, [String(STEPS)], { status: STATUS.OK, messages: ORDERED }),
    check('a gRPC stream of the client arrives whole', METHOD.plan, parts, { status: STATUS.OK, messages: [`${agent}: ${parts}`] }),
    check('messages of both sides take turns', METHOD.talk, parts, { status: STATUS.OK, messages: parts.map((part) => `${agent}: ${part}`) }, true),
    check('an error without an answer is unchanged', METHOD.refuse, ['x'], { status: STATUS.NOT_FOUND, message: 'no%20plan', messages: [], isTrailersOnly: true }),
    check('an error after answers is unchanged', METHOD.half, ['x'], { status: STATUS.INTERNAL, message: 'broken', messages: ['1', '2'] }),
  ];
}

/** Envoy tries twice more by itself where the status says that the server did nothing, and as often as `retries` says. */
function retryChecks(byDefault: Way, retried: Omit<GrpcCall, 'method'>): Check[] {
  let count = 0;
  type Outcome = readonly [status: number, tries: number];
  const check = (name: string, call: Omit<GrpcCall, 'method'>, fails: number, status: number, expected: Outcome): Check => ({
    name,
    run: async () => {
      const id = `call-${count++}`;
      const metadata = { ...call.metadata, 'x-call': id, 'x-fails': String(fails), 'x-status': String(status) };
      const answer = await callGrpc({ ...call, method: METHOD.flaky, metadata });
      const got = [answer.status, tries.get(id)];
      if (got.join() !== expected.join()) throw new Error(`status ${got[0]} after ${got[1]} tries: ${JSON.stringify(answer)}`);
      return `status ${got[0]} after ${got[1]} tries`;
    },
  });
  return [
    check('UNAVAILABLE is retried twice by default', byDefault.call, 2, STATUS.UNAVAILABLE, [STATUS.OK, 3]),
    check('UNAVAILABLE is passed on after that', byDefault.call, 9, STATUS.UNAVAILABLE, [STATUS.UNAVAILABLE, 3]),
    check('UNAVAILABLE is retried as often as a route says', retried, 4, STATUS.UNAVAILABLE, [STATUS.OK, 5]),
    check('UNAVAILABLE is passed on after the retries of a route', retried, 9, STATUS.UNAVAILABLE, [STATUS.UNAVAILABLE, 5]),
    check('other statuses are not retried', retried, 1, STATUS.NOT_FOUND, [STATUS.NOT_FOUND, 1]),
  ];
}
