/** Frames from a validation up to what asked for it. */
const DEEPEST = 24;

/**
 * Whether cdk8s validates again within a synth that has begun: it validates the whole app once, and then once more for each chart, and
 * between the two no code of the user runs. Only what is certain counts: a stack that is not known is taken for a new synth.
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
