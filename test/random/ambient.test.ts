import { testPrograms } from './run';

testPrograms('test/random/ambient.test.ts', ['ambient', 'migration'], 0.5);
