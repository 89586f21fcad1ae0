import { cdk8s, javascript } from 'projen';

/** What a user's app must bring; the lower bounds are what the tests run on, the newest are tried by `.ci/run`. */
const peers = { cdk8s: '2.70.0', cdk8sPlus: '2.4.10', constructs: '10.5.0' };

const project = new cdk8s.ConstructLibraryCdk8s({
  name: 'cdk8s-agent-mesh',
  description: 'The service mesh of AI agents as code: who may call whom, which models and which tools, as exact Istio and Gateway API YAML.',
  author: 'cdk8s-agent-mesh authors',
  authorAddress: 'https://github.com/cdk8s-agent-mesh',
  authorOrganization: true,
  repositoryUrl: 'https://github.com/cdk8s-agent-mesh/cdk8s-agent-mesh.git',
  license: 'Apache-2.0',
  copyrightOwner: 'cdk8s-agent-mesh authors',
  keywords: ['cdk8s', 'kubernetes', 'istio', 'ambient', 'gateway-api', 'inference-extension', 'mcp', 'agents', 'service-mesh'],
  stability: 'experimental',
  majorVersion: 0,

  defaultReleaseBranch: 'main',
  github: false,
  release: false,
  buildWorkflow: false,
  depsUpgrade: false,
  packageManager: javascript.NodePackageManager.NPM,
  projenrcTs: true,
  sampleCode: false,
  minNodeVersion: '20.19.0',

  cdk8sVersion: peers.cdk8s,
  constructsVersion: peers.constructs,
  peerDeps: [`cdk8s-plus-30@^${peers.cdk8sPlus}`],
  devDeps: [
    '@types/node@^20.19.0', 'cdk8s-cli@2.207.60', 'fast-check@^4.10.0', 'jsii-docgen@^10.12.0', 'tsx@^4.23.0', 'yaml@^2.9.0',
  ],
  jsiiVersion: '~5.9.0',
  typescriptVersion: '~5.9.0',

  // src and imports are compiled together, into lib/src and lib/imports.
  entrypoint: 'lib/src/index.js',
  tsconfig: {
    include: ['src/**/*.ts', 'imports/**/*.ts'],
    compilerOptions: { rootDir: '.', outDir: 'lib', lib: ['es2022'], target: 'ES2022' },
  },
  tsconfigDev: {
    include: ['../imports/**/*.ts', '../examples/**/*.ts', '../bench/**/*.ts'],
    compilerOptions: { rootDir: '..', types: ['node', 'jest'], paths: { 'cdk8s-agent-mesh': ['../src/index.ts'] } },
  },
  excludeTypescript: ['test', 'examples', 'bench'],

  eslintOptions: { dirs: ['src'], devdirs: ['test', 'examples', 'bench'], ignorePatterns: ['imports/**', 'lib/**', 'node_modules/**', '*.js', '*.d.ts'] },
  jestOptions: {
    jestVersion: '^30',
    updateSnapshot: javascript.UpdateSnapshot.NEVER,
    passWithNoTests: false,
    junitReporting: false,
    jestConfig: {
      roots: ['<rootDir>/test'],
      testMatch: ['<rootDir>/test/**/*.test.ts'],
      testPathIgnorePatterns: ['/node_modules/', '<rootDir>/test/mesh/'],
      moduleNameMapper: { '^cdk8s-agent-mesh$': '<rootDir>/src/index.ts' },
      collectCoverageFrom: ['src/**/*.ts'],
      coverageReporters: ['text-summary', 'lcov'],
      coverageThreshold: { lines: 95 },
    },
  },
  gitignore: ['examples/*/dist/', '/coverage/', '/test-reports/', '/bench/out/'],
});

project.addFields({ types: 'lib/src/index.d.ts' });
project.npmrc.addConfig('omit-lockfile-registry-resolved', 'true');
project.npmignore?.exclude('/imports/', '/src/', '/bench/', '/docs/', '/examples/', '/.ci/', '/coverage/');

project.synth();
