import { testPrograms } from './run';

testPrograms('test/random/sidecars.test.ts', ['sidecars'], 0.2);
