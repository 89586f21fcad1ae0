// Sends real requests at agents inside a mesh whose waypoint shares out calls and reads tokens.
import { Check, report, Story } from './report';
import { Answer, inParallel, send } from './request';

report((story) => [...canaryChecks(story), ...tokenChecks(story)]);

const SPLIT = 'http://split.voice/';
const GUARDED = 'http://guarded.voice/';

function asPlanner({ cluster }: Story, url: string, headers: Record<string, string> = {}): Promise<Answer> {
  return send({ url, headers, as: cluster.pod('voice/planner-v1-0').address });
}

async function podOf(story: Story, headers: Record<string, string> = {}): Promise<string> {
  const answer = await asPlanner(story, SPLIT, headers);
  if (answer.status !== 200) throw new Error(`status ${answer.status ?? answer.error}`);
  return JSON.parse(answer.text).pod;
}

function canaryChecks(story: Story): Check[] {
  return [
    {
      name: 'calls inside the mesh are split 80 to 20',
      run: async () => {
        const pods = await inParallel(400, 8, () => podOf(story));
        const share = pods.filter((pod) => pod.startsWith('split-v2')).length / pods.length;
        if (Math.abs(share - 0.2) > 4 * Math.sqrt(0.2 * 0.8 / pods.length)) throw new Error(`v2 served ${share * 100} %`);
        return `v2 served ${share * 100} % of ${pods.length}`;
      },
    },
    {
      name: 'the header forces the canary',
      run: async () => {
        const pods = await inParallel(40, 8, () => podOf(story, { 'x-canary': 'true' }));
        if (!pods.every((pod) => pod.startsWith('split-v2'))) throw new Error(pods.join());
        return '40 of 40 served by v2';
      },
    },
    {
      name: 'who was granted nothing reaches neither the canary nor its versions',
      run: async () => {
        const seen: string[] = [];
        const { address } = story.cluster.pod('voice/other-v1-0');
        const pods = ['split-v1-0', 'split-v2-0'].map((pod) => `http://${story.cluster.pod(`voice/${pod}`).address}:8000/`);
        for (const url of [SPLIT, 'http://split-v2.voice/', ...pods]) {
          const { status } = await send({ url, as: address });
          if (status !== undefined && status !== 403) throw new Error(`${url}: status ${status}`);
          seen.push(String(status ?? 'reset'));
        }
        return seen.join(', ');
      },
    },
    {
      name: 'who was granted the agent does not reach its pods around the waypoint',
      run: async () => {
        const { status } = await asPlanner(story, `http://${story.cluster.pod('voice/split-v2-0').address}:8000/`);
        if (status !== undefined) throw new Error(`status ${status}`);
        return 'reset';
      },
    },
  ];
}

function tokenChecks(story: Story): Check[] {
  const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
  const expected = { 'no token': [{}, 403], 'a good token': [bearer(process.env.GOOD_TOKEN!), 200], 'a token of another key': [bearer(process.env.BAD_TOKEN!), 401] } as const;
  return Object.entries(expected).map(([name, [headers, status]]): Check => ({
    name: `a granted caller with ${name} gets ${status}`,
    run: async () => {
      const answer = await asPlanner(story, GUARDED, headers);
      if (answer.status !== status) throw new Error(`status ${answer.status ?? answer.error}`);
      return `status ${status}`;
    },
  })).concat({
    name: 'a good token without a grant opens nothing',
    run: async () => {
      const { status } = await send({ url: GUARDED, headers: bearer(process.env.GOOD_TOKEN!), as: story.cluster.pod('voice/other-v1-0').address });
      if (status !== 403) throw new Error(`status ${status}`);
      return 'status 403';
    },
  });
}
