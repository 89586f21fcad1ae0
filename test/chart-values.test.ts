import { readFileSync } from 'fs';
import { join } from 'path';
import { publicSurface } from './random/surface';

const page = readFileSync(join(__dirname, '../docs/how-to/chart-values.md'), 'utf8');
const rows = [...page.matchAll(/^\| `([^`]+)` \| (.*?) ?\| (.*?) ?\|$/gm)].map(([, value, props, notes]) => ({ value, props: [...props.matchAll(/`([^`]+)`/g)].map(([, prop]) => prop), notes }));
const isCovered = ({ props, notes }: typeof rows[number]) => props.length > 0 || notes.startsWith('by design: ');
const single = rows.filter(({ value }) => !value.endsWith('*'));

test('every prop that the table of chart values names exists', () => {
  const surface = new Set(publicSurface());
  const named = new Set(rows.flatMap(({ props }) => props));
  expect(named.size).toBeGreaterThan(25);
  expect([...named].filter((prop) => !surface.has(prop))).toEqual([]);
});

test('every value of the charts stands in one row, with a prop or with a reason', () => {
  const values = rows.map(({ value }) => value);
  expect(values.filter((value, at) => values.indexOf(value) !== at)).toEqual([]);
  expect(rows.filter((row) => !isCovered(row) && !row.notes.startsWith('no prop: ')).map(({ value }) => value)).toEqual([]);
});

test('the page counts the values as its table does', () => {
  expect(/Of (\d+) values, (\d+) have/.exec(page)!.slice(1).map(Number)).toEqual([single.length, single.filter(isCovered).length]);
  expect(single.length).toBeGreaterThanOrEqual(97);
  expect(single.filter(isCovered).length).toBeGreaterThanOrEqual(85);
});

test('the page names every option of the pods of a picker that a chart has a value for', () => {
  const named = new Set(rows.flatMap(({ props, notes }) => [...props, ...[...notes.matchAll(/`(\w+)`/g)].map(([, prop]) => `DeployPickerOptions.${prop}`)]));
  const beyond = ['horizontalPodAutoscaler', 'podDisruptionBudget', 'priorityClassName', 'imagePullSecrets', 'maxReceiveMebibytes'];
  const options = publicSurface().filter((one) => one.startsWith('DeployPickerOptions.') && !beyond.some((prop) => one.endsWith(`.${prop}`)));
  expect(options.filter((option) => !named.has(option))).toEqual([]);
});
