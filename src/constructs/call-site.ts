import { dirname, relative } from 'path';

const LIBRARY = dirname(__dirname);

/** The line of the user's program that is asking for something now, as in "main.ts:31". */
export function callSite(): string | undefined {
  const frames = (new Error().stack ?? '').split('\n').slice(1);
  for (const frame of frames) {
    const place = /\(?((?:file:\/\/)?\/[^()]+?):(\d+):\d+\)?$/.exec(frame);
    if (!place) continue;
    const file = place[1].replace('file://', '');
    if (file.startsWith(LIBRARY) || file.includes('/node_modules/')) continue;
    return `${relative(process.cwd(), file)}:${place[2]}`;
  }
  return undefined;
}
