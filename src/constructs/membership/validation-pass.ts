/** Number of stack frames from a validation up to its caller. */
const DEEPEST = 24;

/**
 * Whether this is a repeated validation within one synth. cdk8s validates the whole app once and then once more for each chart, and no
 * user code runs in between. An unknown stack counts as a new synth, to be safe.
 */
export function isRepeatedValidation(): boolean {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = DEEPEST;
  const stack = new Error().stack ?? '';
  Error.stackTraceLimit = stackTraceLimit;
  const app = /at validate \((.+?):\d+:\d+\)/.exec(stack);
  if (!app) return false;
  const above = stack.slice(app.index).split('\n').filter((frame) => frame.includes(`(${app[1]}:`));
  return above.some((frame) => frame.includes('_synthChart')) && above.some((frame) => /\.synth(Yaml)? \(/.test(frame));
}
