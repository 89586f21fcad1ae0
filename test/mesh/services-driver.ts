// Sends real requests at agents without pools: weighted Services, and a Service that a waypoint reads.
import { Check, report, Story } from './report';
import { inParallel, send } from './request';

report((story) => [...gatewayChecks(story), ...callerChecks(story)]);

const fromOutside = async (story: Story, path: string, headers: Record<string, string> = {}): Promise<string> => {
  const answer = await send({ url: `https://voice.example.com${path}`, headers, ca: story.ca });
  if (answer.status !== 200) throw new Error(`status ${answer.status ?? answer.error}`);
  return JSON.parse(answer.text).pod;
};

function gatewayChecks(story: Story): Check[] {
  return [
    {
      name: 'the split is 80 to 20',
      run: async () => {
        const pods = await inParallel(400, 8, () => fromOutside(story, '/'));
        const share = pods.filter((pod) => pod.startsWith('direct-v2')).length / pods.length;
        if (Math.abs(share - 0.2) > 4 * Math.sqrt(0.2 * 0.8 / pods.length)) throw new Error(`v2 served ${share * 100} %`);
        return `v2 served ${share * 100} % of ${pods.length}`;
      },
    },
    {
      name: 'the header forces the canary',
      run: async () => {
        const pods = await inParallel(40, 8, () => fromOutside(story, '/', { 'x-canary': 'true' }));
        if (!pods.every((pod) => pod.startsWith('direct-v2'))) throw new Error(pods.join());
        return '40 of 40 served by v2';
      },
    },
    { name: 'the gateway goes through the waypoint', run: () => fromOutside(story, '/read') },
  ];
}

function callerChecks({ cluster }: Story): Check[] {
  const urls = (): Record<string, string> => ({
    'the read agent by Service': 'http://read.voice/',
    'the read agent by pod': `http://${cluster.pod('voice/read-0').address}:8000/`,
    'a weighted version by Service': 'http://direct-v1.voice/',
  });
  const callers: Record<string, { as?: string; reaches: readonly string[] }> = {
    'the granted planner': { as: cluster.pod('voice/planner-0').address, reaches: ['the read agent by Service', 'a weighted version by Service'] },
    'an agent without a grant': { as: cluster.pod('voice/other-0').address, reaches: [] },
    'an intruder elsewhere in the mesh': { as: cluster.pod('elsewhere/intruder').address, reaches: [] },
    'somebody outside the mesh': { reaches: [] },
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
