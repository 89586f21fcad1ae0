import { InputProblem } from '../../model/problem';
import { HeaderMatch } from '../../model/route';

const HEADER_NAME = /^[A-Za-z0-9!#$%&'*+\-.^_`|~]{1,256}$/;
const HEADER_VALUE = /^[\x21-\x7e]([\x20-\x7e]{0,4094}[\x21-\x7e])?$/;

/** Maximum number of headers in one match (Gateway API v1.6, HTTPRouteMatch). */
export const MOST_HEADERS = 16;

/** Returns the headers that a route matches, sorted by name. */
export function headerMatches(stated: Readonly<Record<string, string>> | undefined): HeaderMatch[] {
  return Object.entries(stated ?? {}).map(([name, value]) => ({ name, value })).sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Returns what is wrong with the headers that a route matches. `beside` is the name of its canary header. */
export function matchProblems(headers: readonly HeaderMatch[], beside?: string): InputProblem[] {
  const problems = headers.flatMap((header) => headerProblems(header, { title: 'a header of the route', name: 'headers', value: 'headers' }));
  const names = [...headers.map(({ name }) => name), ...beside === undefined ? [] : [beside]].map((name) => name.toLowerCase());
  if (new Set(names).size !== names.length) {
    problems.push({ message: 'the route matches a header twice', actual: names, expected: 'each header once (case does not matter), and not the header of the canary', fix: 'remove one of them from `headers`' });
  }
  if (names.length > MOST_HEADERS) {
    problems.push({ message: 'the route matches too many headers', actual: names.length, expected: `at most ${MOST_HEADERS}, the header of the canary included`, fix: 'remove some headers' });
  }
  return problems;
}

/** Place where the program sets a header, for messages: a title, and the props of its name and its value. */
interface HeaderPlace {
  readonly title: string;
  readonly name: string;
  readonly value: string;
}

/** Returns what is wrong with a header that no route can match. */
export function headerProblems({ name, value }: Partial<HeaderMatch>, place: HeaderPlace): InputProblem[] {
  const problems: InputProblem[] = [];
  if (name !== undefined && (!HEADER_NAME.test(name) || name.toLowerCase() === 'host')) {
    problems.push({ message: `${place.title} has a name that cannot be matched`, actual: name, expected: 'letters, digits and "-", at most 256 characters; not "host", which gateways do not treat as a header', fix: `correct \`${place.name}\`` });
  }
  if (value !== undefined && !HEADER_VALUE.test(value)) {
    problems.push({ message: `${place.title} has a value that HTTP does not allow`, actual: value, expected: 'printable ASCII, 1 to 4096 characters, without a space at the start or end', fix: `correct \`${place.value}\`` });
  }
  return problems;
}
