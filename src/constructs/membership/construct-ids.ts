import { IConstruct } from 'constructs';
import { InputProblem } from '../../model/problem';

/**
 * Whether an id cannot be used with the constructs library (constructs 10, Node). The library keeps children in a plain object and
 * mistakes inherited properties for children.
 */
export function isReservedId(id: string): boolean {
  return id in {};
}

/** Returns why the constructs library would throw on an id. */
export function idProblem(scope: IConstruct, id: string): Omit<InputProblem, 'actual'> | undefined {
  if (id === '') return { message: 'the constructs library does not accept an empty id', expected: 'any other id', fix: 'choose another id' };
  if (isReservedId(id)) {
    return {
      message: 'the constructs library cannot use this id, because it is a property of every JavaScript object', expected: 'any other id',
      fix: 'choose another id; to keep the name of the object, set `name`',
    };
  }
  return scope.node.tryFindChild(id) ? { message: 'the id is used twice in this scope', expected: 'one construct for each id in a scope', fix: 'choose another id' } : undefined;
}

/** Returns an id that is free in a scope: the id itself, or with a number. */
export function freeId(scope: IConstruct, id: string): string {
  if (!idProblem(scope, id)) return id;
  let count = 2;
  while (scope.node.tryFindChild(`${id}-${count}`)) count++;
  return `${id}-${count}`;
}

/** Returns an id for a user's name, with a suffix if the name cannot be used. */
export function idOf(name: string, suffix: string): string {
  return isReservedId(name) ? `${name}-${suffix}` : name;
}
