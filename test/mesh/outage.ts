import { readFileSync } from 'fs';
import { join } from 'path';
import { Check, Story } from './report';
import { inParallel } from './request';
import { ask } from './served';

/** What requests get while both pickers are away. */
export function outageChecks(story: Story): Check[] {
  const { each } = story.requests;
  let killed = false;
  const kill = () => {
    if (killed) return;
    killed = true;
    for (const pool of ['assistant-v1', 'assistant-v2']) {
      process.kill(Number(readFileSync(join(process.env.JUDGE_DIR!, `epp.voice.${pool}.pid`), 'utf8')), 'SIGKILL');
    }
  };
  const served = async (method: string) => {
    kill();
    const answers = await inParallel(each, 4, () => ask(story, { 'x-canary': 'true' }, method));
    return answers.filter(({ status }) => status === 200).length;
  };
  if (process.env.FAILURE_MODE === 'FailOpen') {
    return [
      {
        name: 'a dead picker under FailOpen gives full service without a body',
        run: async () => {
          const count = await served('GET');
          if (count !== each) throw new Error(`${count} of ${each} served`);
          return `${count} of ${each} served`;
        },
      },
      { name: 'how much a dead picker under FailOpen serves of what has a body (a measure, without a bound)', run: async () => `${await served('POST')} of ${each} served` },
    ];
  }
  return ['GET', 'POST'].map((method): Check => ({
    name: `a dead picker under FailClose gives no service to ${method}`,
    run: async () => {
      const count = await served(method);
      if (count > 0) throw new Error(`${count} of ${each} served`);
      return `0 of ${each} served`;
    },
  }));
}
