// Counts the copies of requests that a gateway or a waypoint sends to a mirror.
import { send } from './request';

/** What the Envoy at this address counts: its copies, all of which the mirror answers well. */
export async function expectCopies(address: string, agent: string, call: () => Promise<unknown>): Promise<string> {
  const before = await countedOf(address, agent);
  for (let i = 0; i < 20; i++) await call();
  await new Promise((resolve) => setTimeout(resolve, 2_000));
  const grown = [...await countedOf(address, agent)].map(([name, count]) => `${name} ${count - (before.get(name) ?? 0)}`).sort().join(', ');
  if (grown !== '200 20, completed 20') throw new Error(`the mirror answered ${grown || 'nothing'}`);
  return grown;
}

/** The answers of the mirror by status, at all of its ports. */
async function countedOf(address: string, agent: string): Promise<Map<string, number>> {
  const { text } = await send({ url: `http://${address}:15000/stats?filter=${agent}.voice.*upstream_rq_(200|completed)$` });
  const counts = new Map<string, number>();
  for (const [, name, count] of text.matchAll(/^(?!.*(?:external|internal)\.).*upstream_rq_(200|completed): (\d+)$/gm)) {
    counts.set(name, (counts.get(name) ?? 0) + Number(count));
  }
  return counts;
}
