import { dirname, relative, sep } from 'path';

const LIBRARY = dirname(__dirname) + sep;

/** Depth of the stack that is searched. The frames of the library come first. */
const DEEPEST = 50;

/** Returns the line of the user's program that called the library, such as "main.ts:31". */
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
