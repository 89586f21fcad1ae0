import { posix, win32 } from 'path';

/** Number of stack frames that are searched. The frames of the library come first. */
const DEEPEST = 50;

/** Returns the line of the program that called the library, such as "main.ts:31". Absent if no JavaScript frame belongs to the program. */
export function callSite(): string | undefined {
  if (process.env.JSII_AGENT !== undefined) return undefined; // the program is written in Python, Java, .NET or Go
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = DEEPEST;
  const { stack = '' } = new Error();
  Error.stackTraceLimit = stackTraceLimit;
  return siteIn(stack, process.cwd());
}

/** Returns the first place in a stack trace of this file that belongs neither to the library nor to a dependency. */
export function siteIn(stack: string, cwd: string): string | undefined {
  const [own, ...frames] = stack.split('\n').filter((line) => /^\s*at /.test(line));
  const library = own === undefined ? undefined : libraryOf(placeIn(own)?.file);
  if (library === undefined || frames.some(isOfKernel)) return undefined;
  for (const frame of frames) {
    const place = placeIn(frame);
    if (!place || place.file.startsWith(library) || /[\\/]node_modules[\\/]/.test(place.file)) continue;
    const path = isWindows(place.file) ? win32 : posix;
    return `${path.relative(cwd, place.file).replaceAll('\\', '/')}:${place.line}`;
  }
  return undefined;
}

/**
 * Returns the prefix of the paths of the library's modules: their folder, or the published bundle. Returns nothing in another bundle,
 * because its lines are not lines of the program.
 */
function libraryOf(own = ''): string | undefined {
  return /^.*[\\/]src[\\/](?=.*call-site\.[jt]s$)/.exec(own)?.[0] ?? /^.*[\\/]lib[\\/]index\.js$/.exec(own)?.[0];
}

/** Returns whether a frame belongs to the jsii kernel, which runs the library for programs in other languages. */
function isOfKernel(frame: string): boolean {
  return /\bKernelHost\.|[\\/]jsii-runtime\.js\b|[\\/]@jsii[\\/]/.test(frame);
}

interface Place {
  readonly file: string;
  readonly line: string;
}

/** Returns the file and line of a frame. Frames of Node.js, of `eval` and of virtual modules have none. */
function placeIn(frame: string): Place | undefined {
  const text = frame.endsWith(')') ? frame.slice(frame.indexOf(' (') + 2, -1) : frame.replace(/^\s*at (async )?/, '');
  const [, where, line] = /^(.*):(\d+):\d+$/.exec(text) ?? [];
  const file = where?.startsWith('file:') ? pathOf(where) : where;
  return file !== undefined && (file.startsWith('/') || isWindows(file)) ? { file, line } : undefined;
}

/** Decodes a file URL, also one of another operating system. */
function pathOf(url: string): string | undefined {
  try {
    const { host, pathname } = new URL(url);
    const path = decodeURIComponent(pathname);
    return host !== '' ? `\\\\${host}${path.replaceAll('/', '\\')}` : path.replace(/^\/(?=[a-z]:)/i, '');
  } catch {
    return undefined;
  }
}

function isWindows(file: string): boolean {
  return /^([a-z]:[\\/]|\\\\)/i.test(file);
}
