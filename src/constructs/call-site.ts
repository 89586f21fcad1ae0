import { dirname, relative } from 'path';

const LIBRARY = dirname(__dirname);

/** Frames of a stack that are looked through: those of the library come first. */
const DEEPEST = 50;

/** The line of the user's program that is asking for something now, as in "main.ts:31". */
export function callSite(): string | undefined {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = DEEPEST;
  const frames = (new Error().stack ?? '').split('\n').slice(1);
  Error.stackTraceLimit = stackTraceLimit;
  for (const frame of frames) {
    const place = /\(?((?:file:\/\/)?\/[^()]+?):(\d+):\d+\)?$/.exec(frame);
    if (!place) continue;
    const file = place[1].replace('file://', '');
    if (file.startsWith(LIBRARY) || file.includes('/node_modules/')) continue;
    return `${relative(process.cwd(), file)}:${place[2]}`;
  }
  return undefined;
}
