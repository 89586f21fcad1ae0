import { Check, Story } from './report';
import { Answer, inParallel, send } from './request';

const URL = 'https://voice.example.com/v1/chat/completions';
const BODY = JSON.stringify({ model: 'm', messages: [{ role: 'user', content: 'hello' }] });
const WIDTH = 8;

/** The pod that served a request, and the pod that the picker had named. */
export interface Served {
  readonly version: string;
  readonly address: string;
  readonly pickerPool: string;
  readonly picked: string;
}

export function ask(story: Story, headers: Record<string, string> = {}, method = 'POST'): Promise<Answer> {
  return send({ url: URL, method, headers: { 'content-type': 'application/json', ...headers }, body: method === 'POST' ? BODY : undefined, ca: story.ca });
}

function served(story: Story, answer: Answer): Served {
  if (answer.status !== 200) throw new Error(`status ${answer.status ?? answer.error}: ${answer.text.slice(0, 120)}`);
  const { pod, namespace, labels } = JSON.parse(answer.text);
  const [pickerPool, picked] = String(answer.headers['x-judge-picker'] ?? 'nobody nowhere').split(' ');
  return { version: labels['app.kubernetes.io/version'], address: story.cluster.pod(`${namespace}/${pod}`).address, pickerPool, picked: picked.split(':')[0] };
}

async function askMany(story: Story, count: number, headers: Record<string, string>): Promise<Served[]> {
  const answers = await inParallel(count, WIDTH, () => ask(story, headers));
  const failed = answers.filter(({ status }) => status !== 200);
  if (failed.length > 0) throw new Error(`${failed.length} of ${count} failed, first with ${failed[0].status ?? failed[0].error} ${failed[0].text.slice(0, 80)}`);
  return answers.map((answer) => served(story, answer));
}

function mustHold(all: readonly Served[], what: string, holds: (one: Served) => boolean): string {
  const wrong = all.filter((one) => !holds(one));
  if (wrong.length > 0) throw new Error(`${wrong.length} of ${all.length} not ${what}, first: ${JSON.stringify(wrong[0])}`);
  return `${all.length} of ${all.length} ${what}`;
}

const ownPick = (one: Served) => one.address === one.picked && one.pickerPool === `voice/assistant-${one.version}`;

export function servedChecks(story: Story): Check[] {
  const { split, each } = story.requests;
  return [
    {
      name: 'the header forces the canary',
      run: async () => mustHold(await askMany(story, each, { 'x-canary': 'true' }), 'served by v2', ({ version }) => version === 'v2'),
    },
    {
      name: 'another value of the header forces nothing',
      run: async () => {
        const all = await askMany(story, each, { 'x-canary': 'false' });
        const v1 = all.filter(({ version }) => version === 'v1').length;
        if (v1 === 0) throw new Error(`all ${all.length} were served by v2`);
        return `${v1} of ${all.length} served by v1`;
      },
    },
    {
      name: 'the split is 95 to 5',
      run: async () => {
        const all = await askMany(story, split, {});
        const share = all.filter(({ version }) => version === 'v2').length / all.length;
        const error = Math.sqrt(0.05 * 0.95 / all.length);
        if (Math.abs(share - 0.05) > 4 * error) throw new Error(`v2 served ${(share * 100).toFixed(2)} % of ${all.length}, over four standard errors (${(error * 100).toFixed(2)}) from 5`);
        return `v2 served ${(share * 100).toFixed(2)} % of ${all.length}; ${mustHold(all, 'served by the pod that their version\'s own picker named', ownPick)}`;
      },
    },
    {
      name: 'the picked pod serves',
      run: async () => mustHold([...await askMany(story, each, {}), ...await askMany(story, each, { 'x-canary': 'true' })], 'served by the pod that their version\'s own picker named', ownPick),
    },
    ...['v1', 'v2'].map((version): Check => ({
      name: `a pinned pod of ${version} serves`,
      run: async () => {
        const seen: string[] = [];
        for (const pod of story.cluster.podsOf('voice', { 'app.kubernetes.io/name': 'assistant', 'app.kubernetes.io/version': version })) {
          let tries = 0;
          for (let hits = 0; hits < 12 && tries < 200; tries++) {
            const answer = await ask(story, { 'test-epp-endpoint-selection': pod.address, ...(version === 'v2' && { 'x-canary': 'true' }) });
            // Without the header one request in twenty is the canary's, whose picker has no such pod.
            if (version === 'v1' && answer.status !== 200 && !String(answer.headers['x-judge-picker'] ?? '').includes('assistant-v1')) continue;
            const one = served(story, answer);
            if (one.version === version && one.address !== pod.address) throw new Error(`picked ${pod.address}, served by ${one.address}`);
            if (one.version === version) hits++;
            if (hits === 12) seen.push(`${pod.address} 12 of 12`);
          }
          if (tries >= 200) throw new Error(`${pod.address} did not serve 12 of 200 requests`);
        }
        return seen.join(', ');
      },
    })),
    {
      name: 'a host that is not the gateway\'s gets nothing',
      run: async () => {
        const answer = await send({ url: 'https://voice.example.com/', headers: { host: 'other.example.com' }, ca: story.ca });
        if (answer.status === 200) throw new Error('it was served');
        return `status ${answer.status ?? answer.error}`;
      },
    },
    {
      name: 'a stream through the gateway is not cut',
      run: async () => streamed(await stream(story), story.streamSeconds),
    },
  ];
}

function stream(story: Story): Promise<Answer> {
  return send({ url: URL, headers: { 'x-judge-stream': `${story.streamSeconds}s` }, ca: story.ca, timeoutMs: 60_000 });
}

/** A stream came whole when every line of every second and the end are there. */
export function streamed(answer: Answer, seconds: number): string {
  const lines = answer.text.split('\n').filter((line) => line === ': judge').length;
  if (answer.status !== 200 || !answer.whole || lines < seconds - 1 || !answer.text.includes('"pod"')) {
    throw new Error(`status ${answer.status ?? answer.error}, ${lines} lines, ${answer.whole ? 'whole' : 'cut'}`);
  }
  return `${lines} lines in ${seconds} s and the end`;
}
