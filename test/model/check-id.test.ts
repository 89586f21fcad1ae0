import { readdirSync, readFileSync } from 'fs';
import { join } from 'path';
import { CHECKS } from '../../src/model/check-id';

const TESTS = join(__dirname, '..');

/** Text of every test that runs without a cluster. */
const tests = readdirSync(TESTS, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.test.ts') && !file.startsWith('mesh'))
  .map((file) => readFileSync(join(TESTS, file), 'utf8')).join('\n');

test('every check has a test that names its id', () => {
  expect(Object.keys(CHECKS).filter((id) => !tests.includes(id))).toEqual([]);
});
