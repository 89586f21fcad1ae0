import { Testing } from 'cdk8s';
import { argumentsOf, Case, Place } from './cases';
import { callOf, World } from './program';
import { LEFT_OUT } from './rubbish';

/** What became of one case. */
export interface Verdict {
  readonly outcome: 'accepted' | 'reported' | 'thrown' | 'crashed';
  /** Lines of the report, or the message of a crash. */
  readonly lines: readonly string[];
}

const HEAD = 'Validation failed with the following errors:';
const MOST_LINE = 1500;
const LINE = /^(\[[^\]]*\] )?[^:]+(: |:.*: ).+ \[AM\d{3}\]( \([^()]+:\d+\))?$/s;

/** Runs a case from the call to the YAML and to what the mesh says of itself. */
export function verdictOf({ place: { entry, keys, type }, kind }: Case): Verdict {
  const world = new World();
  const args = argumentsOf(entry, world);
  const last = keys[keys.length - 1];
  const holder = keys.slice(0, -1).reduce((at: Record<string | number, unknown>, key) => at[key] as Record<string | number, unknown>, args as unknown as Record<string | number, unknown>);
  const value = kind.make(holder[last], type);
  if (value === LEFT_OUT) delete holder[last];
  else holder[last] = value;
  return called(world, entry, args);
}

const plain = new Map<string, Verdict>();

/** What becomes of an entry with its own values. Values that exclude each other are refused for what they mean. */
function plainVerdict(entry: string): Verdict {
  const world = new World();
  const verdict = plain.get(entry) ?? called(world, entry, argumentsOf(entry, world));
  plain.set(entry, verdict);
  return verdict;
}

function called(world: World, entry: string, args: readonly unknown[]): Verdict {
  const call = callOf(entry, world);
  try {
    call(args);
  } catch (error) {
    return refusalOf('thrown', error);
  }
  try {
    Testing.synth(world.chart);
    world.mesh.describeAccess();
    world.mesh.findings();
    return { outcome: 'accepted', lines: [] };
  } catch (error) {
    return refusalOf('reported', error);
  }
}

function refusalOf(outcome: 'thrown' | 'reported', error: unknown): Verdict {
  const { message, stack } = error as Error;
  const [head, ...below] = message.split('\n  ');
  const lines = head === HEAD ? below : [message]; // an answer that cannot be given throws one line
  if ((error as Error).constructor.name !== 'Error' || lines.length === 0 || !lines.every((line) => LINE.test(line))) {
    return { outcome: 'crashed', lines: [stack ?? message] };
  }
  return { outcome, lines };
}

/** What is wrong with a verdict; nothing if it is as it must be. */
export function faultOf({ place, kind }: Case, { outcome, lines }: Verdict): string | undefined {
  if (outcome === 'crashed') return `crashed: ${lines[0]}`;
  const said = lines.filter((line) => line.includes('[AM003]'));
  if (kind.refused(place.type, place.optional, place.isProp)) {
    if (outcome !== 'thrown') return `${outcome}, and must be refused at its line: ${lines.join('\n')}`;
    // Each prop that such an object lacks or has too much is a problem of its own.
    if (said.length !== 1 && !['struct', 'array', 'map'].includes(place.type.kind)) return `refused by ${said.length} lines, and must be by one: ${lines.join('\n')}`;
    return said.length === 0 ? `refused by no line: ${lines.join('\n')}` : said.map((line) => faultOfLine(place, line)).find((fault) => fault !== undefined);
  }
  if (said.length > 0 && outcome !== 'thrown') return `a refusal was reported late: ${lines.join('\n')}`;
  return kind.same && outcome === 'thrown' && lines.join('\n') !== plainVerdict(place.entry).lines.join('\n') ? `the same value in another shape was refused: ${lines.join('\n')}` : undefined;
}

function faultOfLine({ text, keys, type }: Place, line: string): string | undefined {
  const named = keys.length === 1 && type.kind === 'struct' ? ': `' : `: \`${text}`;
  const isNamed = line.includes(named) || line.includes(' more values of this call are wrong');
  if (!isNamed) return `the refusal does not name \`${text}\`: ${line}`;
  if (!/ \[AM003\] \([^()]*test\/input\/program\.ts:\d+\)$/.test(line)) return `the refusal does not name the line of the call: ${line}`;
  return line.length > MOST_LINE ? `the refusal is longer than anybody reads: ${line.length} characters` : undefined;
}
