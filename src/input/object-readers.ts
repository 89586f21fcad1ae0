import { classNameOf, Faults } from './faults';
import { implementersOf, isConstruct, isInstance } from './instances';
import { readField, readKey, Reader } from './reader';
import { CLASSES, INTERFACES } from './schema';

/** Reads an instance of a class. */
export function instanceReader(name: string): Reader {
  const says = withArticle(name);
  return { says, read: (value, faults) => whole(value, () => isInstance(value, name), says, [name], faults) };
}

/** Reads a construct of any library. */
export function constructReader(): Reader {
  const says = 'a construct';
  return { says, read: (value, faults) => whole(value, () => isConstruct(value), says, [], faults) };
}

/**
 * Reads an object that implements an interface: an instance of a class of the library that implements it, or an object of the program with
 * its members. If the interface has only data members such as a title, only instances of the classes are accepted.
 */
export function interfaceReader(name: string, readerOf: (type: string) => Reader): Reader {
  const classes = implementersOf(name);
  const members = INTERFACES[name as keyof typeof INTERFACES].split(' ').map((one) => memberOf(one, readerOf));
  const isOpen = members.some(({ proves }) => proves);
  const says = classes.length > 0 ? classes.map(withArticle).join(' or ') : `an object with ${members.map((member) => `\`${member.name}\``).join(', ')}`;
  return {
    says,
    read: (value, faults) => {
      const isIt = () => classes.some((one) => isInstance(value, one)) || (isOpen && hasMembers(value, members));
      return whole(value, isIt, says, classes, faults);
    },
  };
}

interface Member {
  readonly name: string;
  /** Whether the member is more than data: a method, or an instance of a class of the library. */
  readonly proves: boolean;
  readonly reader?: Reader;
  /** Returns whether the member has the required type. */
  readonly of?: (value: unknown) => boolean;
}

function memberOf(text: string, readerOf: (type: string) => Reader): Member {
  if (text === 'IConstruct') return { name: 'node', proves: true, of: isConstruct };
  if (text.endsWith('()')) return { name: text.slice(0, -2), proves: true };
  const [declared, type] = text.split(':');
  return { name: declared.replace('?', ''), proves: type in CLASSES, reader: readerOf(type) };
}

function hasMembers(value: unknown, members: readonly Member[]): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const faults = new Faults();
  for (const { name, reader, of } of members) {
    if (of && !of(value)) return false;
    if (of) continue;
    const member = readKey(value, name, faults);
    if (reader) readField({ optional: false, reader }, member, faults);
    else if (typeof member !== 'function') return false;
  }
  return faults.found.length === 0;
}

/** Returns the value itself, or adds a fault with the type that it has instead. */
function whole(value: unknown, isIt: () => boolean, says: string, names: readonly string[], faults: Faults): unknown {
  try {
    if (isIt()) return value;
    const isForeign = typeof value === 'object' && value !== null && names.includes(classNameOf(value) ?? '');
    return faults.wrong(value, says, isForeign
      ? `create it with \`${classNameOf(value as object)}\` of this copy of cdk8s-agent-mesh; check that the package is installed only once (npm ls cdk8s-agent-mesh)` : undefined);
  } catch (error) {
    return faults.unreadable(error);
  }
}

function withArticle(name: string): string {
  return `${/^[AEIOU]|^Mcp/.test(name) ? 'an' : 'a'} ${name}`;
}
