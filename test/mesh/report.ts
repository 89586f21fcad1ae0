import { readFileSync, writeFileSync } from 'fs';
import { join } from 'path';
import { Cluster } from './cluster';

export interface Check {
  readonly name: string;
  /** Resolves to what was seen; throws where it does not hold. */
  readonly run: () => Promise<string>;
}

export interface Story {
  readonly cluster: Cluster;
  /** Certificate of the edge gateway. */
  readonly ca: string;
  /** Requests for the split, and for each other count that is not said. */
  readonly requests: { readonly split: number; readonly each: number };
  readonly streamSeconds: number;
}

/** The address that istiod gave the name of a host outside, of a ServiceEntry as "namespace/name". */
export function addressOf(entry: string): string {
  const all = JSON.parse(readFileSync(join(process.env.JUDGE_DIR!, 'status.json'), 'utf8')) as Record<string, { addresses?: { value: string }[] } | undefined>;
  const address = all[`ServiceEntry ${entry}`]?.addresses?.find(({ value }) => value.includes('.'))?.value;
  if (address === undefined) throw new Error(`ServiceEntry ${entry} has no address`);
  return address;
}

/** Runs checks one after the other, tells of each, and writes what held to the file that RESULTS names. */
export function report(checksOf: (story: Story) => readonly Check[]): void {
  // A driver may have servers, which would keep it from its end.
  run(checksOf).then(() => process.exit(0)).catch((error: Error) => {
    process.stderr.write(`${error.stack}\n`);
    process.exit(1);
  });
}

async function run(checksOf: (story: Story) => readonly Check[]): Promise<void> {
  const thorough = process.env.THOROUGH === 'true';
  const story: Story = {
    cluster: await Cluster.read(),
    ca: readFileSync(process.env.CERTIFICATE!, 'utf8'),
    requests: thorough ? { split: 3000, each: 200 } : { split: 400, each: 40 },
    streamSeconds: thorough ? 20 : 3,
  };
  const results: { name: string; ok: boolean; seen: string }[] = [];
  for (const check of checksOf(story)) {
    const result = await check.run().then((seen) => ({ ok: true, seen }), (error: Error) => ({ ok: false, seen: error.message }));
    results.push({ name: check.name, ...result });
    process.stderr.write(`${result.ok ? 'ok  ' : 'FAIL'} ${check.name}: ${result.seen}\n`);
  }
  writeFileSync(process.env.RESULTS!, JSON.stringify(results, undefined, 2));
}
