import { testMigrations, testPrograms } from './run';

testPrograms('test/random/ambient.test.ts', ['ambient', 'migration'], 0.48);
testMigrations('test/random/ambient.test.ts', 0.02);
