/** How often a property is tried: `most` times in `.ci/run`, which sets `RUNS=all`, and a third as often in `npm test`, each time on other values. */
export function runs(most: number): number {
  return isAll() ? most : Math.ceil(most / 3);
}

/** Whether one of many similar cases is tried: each in `.ci/run`, and every third in `npm test`. */
export function isTried(index: number): boolean {
  return isAll() || index % 3 === 0;
}

function isAll(): boolean {
  return process.env.RUNS === 'all';
}
