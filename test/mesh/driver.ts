// Sends real requests at the voice-agents story, inside a mesh made of its manifests, and writes what held to RESULTS.
import { readFileSync, writeFileSync } from 'fs';
import { closedChecks } from './closed';
import { Cluster } from './cluster';
import { outageChecks } from './outage';
import { servedChecks } from './served';
import { toolChecks } from './tools';

export interface Check {
  readonly name: string;
  /** Resolves to what was seen; throws where it does not hold. */
  readonly run: () => Promise<string>;
}

export interface Story {
  readonly cluster: Cluster;
  /** Certificate of the door. */
  readonly ca: string;
  /** Requests for the split, and for each other count that is not said. */
  readonly requests: { readonly split: number; readonly each: number };
  readonly streamSeconds: number;
}

async function main(): Promise<void> {
  const full = process.env.THOROUGH === 'true';
  const story: Story = {
    cluster: await Cluster.read(),
    ca: readFileSync(process.env.CERTIFICATE!, 'utf8'),
    requests: full ? { split: 3000, each: 200 } : { split: 400, each: 40 },
    streamSeconds: full ? 20 : 3,
  };
  const results: { name: string; ok: boolean; seen: string }[] = [];
  // The outage comes last: its pickers do not come back.
  for (const { name, run } of [...servedChecks(story), ...toolChecks(story), ...closedChecks(story), ...outageChecks(story)]) {
    const result = await run().then((seen) => ({ name, ok: true, seen }), (error: Error) => ({ name, ok: false, seen: error.message }));
    results.push(result);
    process.stderr.write(`${result.ok ? 'ok  ' : 'FAIL'} ${name}: ${result.seen}\n`);
  }
  writeFileSync(process.env.RESULTS!, JSON.stringify(results, undefined, 2));
}

void main().catch((error) => {
  process.stderr.write(`${error.stack}\n`);
  process.exit(1);
});
