import { IConstruct } from 'constructs';
import { InputProblem } from '../../model/problem';

/**
 * Returns whether an id cannot be used with the constructs library (constructs 10, Node), which stores children in a plain object and
 * mistakes inherited properties such as "toString" for children.
 */
export function isReservedId(id: string): boolean {
  return id in {};
}

/** Returns why the constructs library would throw for an id, or nothing. */
export function idProblem(scope: IConstruct, id: string): Omit<InputProblem, 'actual'> | undefined {
  if (id === '') return { message: 'the construct id is empty', expected: 'any other id', fix: 'choose another id' };
  if (isReservedId(id)) {
    return {
      message: 'the construct id is the name of a property of every JavaScript object, which the constructs library cannot use as an id', expected: 'any other id',
      fix: 'choose another id; to keep the name of the object, set `name`',
    };
  }
  return scope.node.tryFindChild(id) ? { message: 'another construct in this scope has the same id', expected: 'different ids for the constructs of one scope', fix: 'choose another id' } : undefined;
}

/** Returns an unused id in a scope: the id itself, or the id with a number. */
export function freeId(scope: IConstruct, id: string): string {
  if (!idProblem(scope, id)) return id;
  let count = 2;
  while (scope.node.tryFindChild(`${id}-${count}`)) count++;
  return `${id}-${count}`;
}

/** Returns a construct id for a name of the program, with a suffix if the name is not a valid id. */
export function idOf(name: string, suffix: string): string {
  return isReservedId(name) ? `${name}-${suffix}` : name;
}
