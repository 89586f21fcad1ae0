/** Number of stack frames that are searched for the caller of a validation. */
const DEEPEST = 24;

/**
 * Returns whether this is a repeated validation within one synth. cdk8s validates the whole app once, and again for each chart. No code of
 * the program runs in between. If the stack is not recognized, it returns false, and everything is checked again.
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
