import { InputProblem } from '../../model/problem';

/** Options and methods that set flags of `vllm serve`, by flag. Both `--x y` and `--x=y` set a flag, and "_" is read as "-" (vLLM 0.29, argparse_utils.py). */
const SET_BY_OPTIONS: Readonly<Record<string, string>> = {
  '--model': 'model', '--served-model-name': 'servedModelNames', '--port': 'port', '--max-model-len': 'maxModelLen', '--block-size': 'blockSizeTokens',
  '--enable-lora': 'loraAdapters', '--lora-modules': 'loraAdapters', '--max-loras': 'maxLoras', '--max-lora-rank': 'maxLoraRank',
  '--tensor-parallel-size': 'tensorParallelSize', '-tp': 'tensorParallelSize', '--data-parallel-size': 'dataParallelSize', '-dp': 'dataParallelSize',
  '--kv-events-config': 'kvEvents', '--kv-transfer-config': 'kvTransfer', '--kv-offloading-size': 'kvOffloadGibibytes',
};

/** Flags with which the servers would not do what the library says of them, and why. */
const UNUSABLE: readonly (readonly [flag: RegExp, reason: string, fix: string])[] = [
  [/^(--data-parallel-.*|-dp[a-z])$/, 'it starts ranks in a way that the ports of the workload do not have', 'set `dataParallelSize`'],
  [/^--config$/, 'the file could set any flag, also those that the library must know', 'state its flags as options and in `args`'],
  [/^--ssl-.*$/, 'the port speaks plain HTTP, which the mesh encrypts', 'remove the flag'],
  [/^--(uds|grpc|headless)$/, 'nothing would serve HTTP at the port', 'remove the flag'],
];

/** Flags that only some options set. */
const WITH_EVENTS = ['--enable-prefix-caching', '--no-enable-prefix-caching'];
const WITH_RANKS = ['--api-server-count', '-asc'];

/** Parts of a server that only some programs have. */
interface Parts {
  readonly hasEvents: boolean;
  readonly hasRanks: boolean;
}

/** Returns the problems of further arguments that set what options or the library set. */
export function vllmArgProblems(args: readonly string[], parts: Parts): InputProblem[] {
  return args.flatMap((arg, index) => {
    const flag = flagOf(arg);
    if (flag === undefined) return [];
    const option = SET_BY_OPTIONS[flag] ?? optionOf(flag, parts);
    const actual = `args[${index}]: ${flag}`;
    if (option !== undefined) return [{ message: `an argument sets what the option \`${option}\` sets`, actual, expected: 'arguments that no option sets', fix: `remove the argument, and set \`${option}\` if its value is not the right one` }];
    const unusable = UNUSABLE.find(([pattern]) => pattern.test(flag));
    return unusable ? [{ message: `an argument of vLLM cannot be used: ${unusable[1]}`, actual, expected: 'other arguments', fix: unusable[2] }] : [];
  });
}

/** Returns the option that sets a flag which only some servers have. */
function optionOf(flag: string, { hasEvents, hasRanks }: Parts): string | undefined {
  if (hasEvents && WITH_EVENTS.includes(flag)) return 'kvEvents';
  return hasRanks && WITH_RANKS.includes(flag) ? 'dataParallelSize' : undefined;
}

/** Returns the flag of an argument as vLLM reads it, without its value and without keys of a JSON value, as in "--kv-events-config.topic". */
function flagOf(arg: string): string | undefined {
  const [, dashes, name] = /^(--?)([A-Za-z][\w-]*)/.exec(arg) ?? [];
  if (name === undefined) return undefined;
  const flag = `${dashes}${name.replace(/_/g, '-')}`;
  const positive = flag.replace(/^--no-/, '--');
  if (Object.hasOwn(SET_BY_OPTIONS, positive)) return positive;
  // Python accepts the beginning of a flag for the flag.
  return flag.startsWith('--') ? Object.keys(SET_BY_OPTIONS).find((one) => one.startsWith(flag)) ?? flag : flag;
}
