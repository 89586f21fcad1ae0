import { testPrograms } from './run';

testPrograms('test/random/linkerd.test.ts', ['linkerd'], 0.3);
