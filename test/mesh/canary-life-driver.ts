// Goes through the life of a canary in one running mesh, with calls all the time: none may fail, and the shares follow each step.
import { execFileSync } from 'child_process';
import { readFileSync } from 'fs';
import { Check, report, Story } from './report';
import { send } from './request';

/** One step: the objects to apply, those to delete then, as "kind/name", the version of each Service of the agent, and the share of v2. */
export interface LifeStep {
  readonly name: string;
  readonly file: string;
  readonly deleted: readonly string[];
  readonly selected: Readonly<Record<string, string>>;
  readonly share: number;
}

const WAYS = ['a pod', 'the gateway'] as const;
type Way = typeof WAYS[number];
interface Seen { readonly way: Way; readonly answer: string; readonly at: number }

const steps: readonly LifeStep[] = JSON.parse(readFileSync(process.env.LIFE!, 'utf8'));
const seen: Seen[] = [];
let isOver = false;

report((story) => {
  const callers = WAYS.flatMap((way) => [0, 1, 2].map(() => callOn(story, way)));
  return [
    ...steps.map((step): Check => ({ name: `${step.name}: v2 serves ${step.share * 100} % of both ways`, run: () => take(step) })),
    {
      name: 'no call fails in the whole life', run: async () => {
        isOver = true;
        await Promise.all(callers);
        const failed = seen.filter(({ answer }) => !/^writer-v\d-\d$/.test(answer));
        if (failed.length > 0) throw new Error(`${failed.length} of ${seen.length}: ${[...new Set(failed.map(({ way, answer }) => `${way} got ${answer}`))].join(', ')}`);
        return `${seen.length} calls`;
      },
    },
  ];
});

async function callOn({ cluster, ca }: Story, way: Way): Promise<void> {
  const as = cluster.pod('voice/planner-v1-0').address;
  while (!isOver) {
    const answer = await send(way === 'a pod' ? { url: 'http://writer.voice/', as, timeoutMs: 5000 } : { url: 'https://voice.example.com/', ca, timeoutMs: 5000 });
    seen.push({ way, answer: answer.status === 200 ? JSON.parse(answer.text).pod : String(answer.status ?? answer.error), at: Date.now() });
    await pause(5);
  }
}

const pause = (milliseconds: number) => new Promise((resolve) => { setTimeout(resolve, milliseconds); });

/** Deletes objects when what was written before has reached the proxies, as docs/how-to/canary.md says: a push of istiod with both would break requests. */
async function remove(keys: readonly string[]): Promise<void> {
  if (keys.length === 0) return;
  await pause(3000);
  kubectl(['delete', '-n', 'voice', '--ignore-not-found', ...keys]);
}

/** Applies a step and waits until both ways show its share. */
async function take({ file, share, selected, deleted }: LifeStep): Promise<string> {
  kubectl(['apply', '--server-side', '--force-conflicts', '-f', file]);
  for (const [service, version] of Object.entries(selected)) select(service, version);
  const isRoute = (key: string) => key.startsWith('httproute/');
  for (const keys of [deleted.filter(isRoute), deleted.filter((key) => !isRoute(key))]) await remove(keys);
  const until = Date.now() + 20_000;
  for (;;) {
    const from = Date.now();
    await pause(2500);
    const shares = WAYS.map((way) => {
      const answers = seen.filter((one) => one.way === way && one.at >= from).map(({ answer }) => answer);
      return { way, count: answers.length, of: answers.filter((answer) => answer.startsWith('writer-v2')).length / answers.length };
    });
    const told = shares.map(({ way, count, of }) => `${way} ${Math.round(of * 100)} % of ${count}`).join(', ');
    if (shares.every(({ count, of }) => count >= 50 && Math.abs(of - share) <= 4 * Math.sqrt(share * (1 - share) / count))) return told;
    if (Date.now() > until) throw new Error(told);
  }
}

interface PodObject {
  readonly metadata: { readonly name: string; readonly uid: string };
  readonly spec: { readonly nodeName: string };
  readonly status: { readonly podIP: string };
}

/** Writes what the controller of EndpointSlices would: no controllers run here. */
function select(service: string, version: string): void {
  const { items } = JSON.parse(kubectl(['get', 'pods', '-n', 'voice', '-o', 'json', '-l', `app.kubernetes.io/name=writer,app.kubernetes.io/version=${version}`])) as { items: PodObject[] };
  const slice = {
    apiVersion: 'discovery.k8s.io/v1', kind: 'EndpointSlice', addressType: 'IPv4',
    metadata: { name: `${service}-judge`, namespace: 'voice', labels: { 'kubernetes.io/service-name': service } },
    endpoints: items.map(({ metadata: { name, uid }, spec: { nodeName }, status: { podIP } }) => ({
      addresses: [podIP], nodeName, conditions: { ready: true, serving: true }, targetRef: { kind: 'Pod', namespace: 'voice', name, uid },
    })),
    ports: [{ name: 'http', port: 8000, protocol: 'TCP', appProtocol: 'http' }],
  };
  kubectl(['apply', '--server-side', '--force-conflicts', '-f', '-'], JSON.stringify(slice));
}

function kubectl(args: readonly string[], input?: string): string {
  return execFileSync('kubectl', args, { encoding: 'utf8', input, stdio: ['pipe', 'pipe', 'pipe'] });
}
