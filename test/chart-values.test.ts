import { readFileSync } from 'fs';
import { join } from 'path';
import { CHART_VALUES } from './chart-value-names';
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

/** Whether a row is about a value: of this name, of a group of values, or of the object in which the value is. */
const isAbout = (row: string, value: string) => value === row || value.startsWith(row.endsWith('*') ? row.slice(0, -1) : `${row}.`);

test('the table has one row for every value of the charts, and none for another', () => {
  const values = rows.map(({ value }) => value);
  expect(CHART_VALUES.map((value) => [value, values.filter((row) => isAbout(row, value)).length]).filter(([, count]) => count !== 1)).toEqual([]);
  expect(values.filter((row) => !CHART_VALUES.some((value) => isAbout(row, value)))).toEqual([]);
});

test('the page counts the values as its table does', () => {
  const props = single.filter((row) => row.props.length > 0).length;
  const covered = single.filter(isCovered).length;
  expect(/Of (\d+) values, (\d+) have\na prop \((\d+)\) or are fixed by design \((\d+)\), and (\d+) have neither/.exec(page)!.slice(1).map(Number))
    .toEqual([single.length, covered, props, covered - props, single.length - covered]);
  const groups = rows.filter((row) => !single.includes(row));
  expect(groups.map(({ value, notes }) => [value, Number(/(\d+) values/.exec(notes)?.[1])]))
    .toEqual(groups.map(({ value }) => [value, CHART_VALUES.filter((one) => isAbout(value, one)).length]));
  expect(groups).toHaveLength(2);
});

test('the page names every option of the pods of a picker that a chart has a value for', () => {
  const named = new Set(rows.flatMap(({ props, notes }) => [...props, ...[...notes.matchAll(/`(\w+)`/g)].map(([, prop]) => `DeployPickerOptions.${prop}`)]));
  const beyond = ['horizontalPodAutoscaler', 'podDisruptionBudget', 'priorityClassName', 'imagePullSecrets', 'maxReceiveMebibytes'];
  const options = publicSurface().filter((one) => one.startsWith('DeployPickerOptions.') && !beyond.some((prop) => one.endsWith(`.${prop}`)));
  expect(options.filter((option) => !named.has(option))).toEqual([]);
});
