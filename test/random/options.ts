import { Drawing } from './drawing';
import { Expr, struct } from './expr';

/** A prop that is always stated. */
export interface Always<V> {
  readonly how: 'always';
  readonly draw: () => Expr<V>;
}

/** An optional prop: stated wherever `draw` gives something ("fitting"), or only in few programs ("rarely"). */
export interface Perhaps<V> {
  readonly how: 'fitting' | 'rarely';
  readonly draw: () => Expr<V> | undefined;
}

/** How each prop of an interface is drawn. A prop that is added to the interface does not compile until it is drawn here. */
export type Draws<T> = {
  readonly [K in keyof Required<T>]: undefined extends T[K] ? Always<Exclude<T[K], undefined>> | Perhaps<Exclude<T[K], undefined>> : Always<T[K]>;
};

export const always = <V>(draw: Always<V>['draw']): Always<V> => ({ how: 'always', draw });
export const fitting = <V>(draw: Perhaps<V>['draw']): Perhaps<V> => ({ how: 'fitting', draw });
export const rarely = <V>(draw: Perhaps<V>['draw']): Perhaps<V> => ({ how: 'rarely', draw });

/** Options, by the name of their interface: the props that are always drawn, and a few of the others. */
export function options<T>(on: Drawing, name: string, draws: Draws<T>): Expr<T> {
  const all = Object.entries<Always<unknown> | Perhaps<unknown>>(draws);
  const optional = all.filter(([, one]) => one.how === 'rarely').map(([key]) => key);
  const chosen = new Set([...on.tape.some(optional, on.tape.pick(FEW)), ...optional.filter((key) => on.isSought(`${name}.${key}`))]);
  return struct(name, all.flatMap(([key, one]) => {
    const drawn = one.how !== 'rarely' || chosen.has(key) ? one.draw() : undefined;
    return drawn ? [[key, drawn] as const] : [];
  }));
}

/** How many optional props are stated: rarely many. */
const FEW = [0, 0, 0, 1, 1, 1, 2, 3, 6];
