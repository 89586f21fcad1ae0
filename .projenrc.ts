import { cdk8s, github, javascript, release } from 'projen';

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
  buildWorkflow: false, // the workflow "ci" below runs what `.ci/run` runs here
  depsUpgrade: false,
  pullRequestTemplate: false,
  githubOptions: { mergify: false, pullRequestLint: false },

  // A release is made by hand, of the version that CHANGELOG.md names. The registries trust the workflow itself: no token is stored.
  release: true,
  releaseTrigger: release.ReleaseTrigger.workflowDispatch(),
  workflowNodeVersion: '24', // its npm can ask the registry for trust
  bumpPackage: 'commit-and-tag-version@^12',
  nextVersionCommand: 'node .ci/next-version.mjs',
  npmTrustedPublishing: true,
  npmProvenance: true,
  publishToPypi: { distName: 'cdk8s-agent-mesh', module: 'cdk8s_agent_mesh', trustedPublishing: true },
  packageManager: javascript.NodePackageManager.NPM,
  projenrcTs: true,
  projenrcTsOptions: { projenCodeDir: '.projen' },
  sampleCode: false,
  npmignoreEnabled: false, // `files` lists what is shipped
  minNodeVersion: '20.19.0',

  cdk8sVersion: peers.cdk8s,
  constructsVersion: peers.constructs,
  peerDeps: [`cdk8s-plus-30@^${peers.cdk8sPlus}`],
  bundledDeps: ['ipaddr.js@^2.5.0'], // a jsii package brings along what is no jsii module
  devDeps: [
    '@arethetypeswrong/cli@^0.18.0', '@marcbachmann/cel-js@^8.0.0', '@types/node@^20.19.0', 'cdk8s-cli@2.207.60', 'esbuild@^0.28.0', 'fast-check@^4.10.0', 'jsii-docgen@^10.12.0', 'publint@^0.3.0', 'tsx@^4.23.0', 'yaml@^2.9.0',
  ],
  jsiiVersion: '~5.9.0',
  typescriptVersion: '~5.9.0',

  // src and imports are compiled together, into lib/src and lib/imports, and then bundled.
  entrypoint: 'lib/index.js',
  tsconfig: {
    include: ['src/**/*.ts', 'imports/**/*.ts'],
    compilerOptions: { rootDir: '.', outDir: 'lib', lib: ['es2022'], target: 'ES2022', inlineSourceMap: false, inlineSources: false },
  },
  tsconfigDev: {
    include: ['../imports/**/*.ts', '../examples/**/*.ts', '../bench/**/*.ts'],
    compilerOptions: { rootDir: '..', types: ['node', 'jest'], paths: { 'cdk8s-agent-mesh': ['../src/index.ts'] } },
  },
  excludeTypescript: ['test', 'examples', 'bench'],

  eslintOptions: { dirs: ['src'], devdirs: ['test'], ignorePatterns: ['imports/**', 'lib/**', 'node_modules/**', '*.js', '*.d.ts'], commandOptions: { fix: false } },
  jestOptions: {
    jestVersion: '^30',
    updateSnapshot: javascript.UpdateSnapshot.NEVER,
    passWithNoTests: false,
    junitReporting: false,
    jestConfig: {
      roots: ['<rootDir>/test'],
      testMatch: ['<rootDir>/test/**/*.test.ts', '<rootDir>/test/**/*.suite.ts'],
      setupFilesAfterEnv: ['<rootDir>/test/stack-traces.cjs'],
      testPathIgnorePatterns: ['/node_modules/', '<rootDir>/test/mesh/'],
      moduleNameMapper: { '^cdk8s-agent-mesh$': '<rootDir>/src/index.ts' },
      transform: { '@marcbachmann/cel-js/.+\\.js$': new javascript.Transform('<rootDir>/test/cjs-transform.cjs') },
      transformIgnorePatterns: ['/node_modules/(?!@marcbachmann/cel-js/)'],
      collectCoverageFrom: ['src/**/*.ts'],
      coverageReporters: ['text-summary', 'lcov'],
      coverageThreshold: { lines: 95 },
    },
  },
  gitignore: ['examples/*/dist/', '/coverage/', '/test-reports/', '/bench/out/', '/.jsii.tabl.json'],
});

project.addFields({
  type: 'commonjs',
  types: 'lib/src/index.d.ts',
  // The generated classes are nobody's types but our own.
  files: [
    '.jsii', 'lib/index.js', 'lib/src/**/*.d.ts', 'rosetta', 'API.md', 'CHANGELOG.md', 'CONTRIBUTING.md', 'SECURITY.md', 'llms.txt',
    'docs/**/*.md', 'examples/**/*.md', 'examples/*/*.ts', 'examples/*/*.py',
  ],
});
// The newest is not published for every platform, and a lock file must name them all.
project.addFields({ overrides: { 'unrs-resolver': '1.12.2' } });
project.npmrc.addConfig('omit-lockfile-registry-resolved', 'true');

project.eslint?.addRules({
  '@stylistic/object-property-newline': 'off', // related short fields may share a line
  '@stylistic/max-len': ['error', { code: 150, ignoreUrls: true, ignoreStrings: true, ignoreTemplateLiterals: true, ignoreComments: true, ignoreRegExpLiterals: true }],
  'no-bitwise': 'off', // a hash and a network mask are made of bits
  '@typescript-eslint/no-explicit-any': 'off', // architecture.test.ts says where it may stand
});

// The draws of random programs and the values of the input test are tables: a row for each prop.
project.eslint?.addOverride({ files: ['test/random/**', 'test/input/**'], rules: { '@stylistic/max-len': 'off' } });

// jsii says on every run that Node 20 is at its end; the package runs there all the same.
project.tasks.addEnvironment('JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION', '1');
project.tasks.addEnvironment('JSII_SILENCE_WARNING_UNTESTED_NODE_VERSION', '1');

project.compileTask.exec('node .ci/bundle.mjs');
project.tasks.tryFind('compat')!.reset('node .ci/compat.mjs');
project.jest!.config.filter = '<rootDir>/test/filter.cjs'; // projen's types lack it
project.testTask.reset('jest', { receiveArgs: true }); // lint is a task of its own
project.addTask('test:fast', {
  description: 'Run the tests that find most mistakes, without coverage',
  exec: 'jest --coverage=false test/analysis test/constructs test/model test/rejected test/architecture test/golden test/laws test/public-reports',
});
project.addTask('lint', { description: 'Lint and type-check everything, tests and examples too', steps: [{ spawn: 'eslint' }, { exec: 'tsc --noEmit -p test/tsconfig.json' }] });
project.addTask('import', { description: 'Regenerate the typed L1 classes from the pinned CRDs', exec: 'node imports/regenerate.mjs', receiveArgs: true });
project.addTask('example', { description: 'Synthesize the examples and tell who may call whom', exec: 'node examples/run.mjs', receiveArgs: true });
project.addTask('golden', { description: 'Write the golden files anew, for review', exec: 'jest --coverage=false test/golden.test.ts', env: { UPDATE_GOLDEN: 'true' } });
project.addTask('schema', { description: 'Rewrite src/input/schema.ts, the table of what a program can pass', steps: [{ spawn: 'compile' }, { exec: 'node .ci/schema.mjs' }] });
project.addTask('test:input', { description: 'Try all cases of rubbish in the place of every value; npm test tries a sample', exec: 'jest --coverage=false test/input/rubbish.test.ts', receiveArgs: true, env: { CASES: 'all' } });
project.addTask('test:random', { description: 'Try 10,000 random programs that npm test does not', exec: 'jest --coverage=false test/random', receiveArgs: true, env: { PROGRAMS: '10000', SEED: 'random' } });
project.addTask('test:mesh', { description: 'Send real requests at the example on a real istiod and Envoy', exec: 'jest --config test/mesh/jest.config.json', receiveArgs: true });
project.addTask('test:mesh:1.30', { description: 'The same on istiod of Istio 1.30', exec: 'jest --config test/mesh/jest.config.json', receiveArgs: true, env: { JUDGE_ISTIO: '1.30' } });
project.addTask('bench', { description: 'Measure against the L1 classes', steps: [{ spawn: 'compile' }, { exec: 'node bench/run.mjs' }] });
for (const name of ['test', 'example', 'lint', 'golden', 'import', 'schema', 'bench', 'test:fast', 'test:input', 'test:random', 'test:mesh', 'test:mesh:1.30', 'compile', 'docgen']) {
  project.package.setScript(name, `node .ci/setup.mjs && projen ${name}`);
}

// Names of bindings that are not published yet: docs/decisions/0008-package.md says why.
Object.assign(project.package.manifest.jsii.targets, {
  java: { package: 'io.github.cdk8sagentmesh', maven: { groupId: 'io.github.cdk8s-agent-mesh', artifactId: 'cdk8s-agent-mesh' } },
  dotnet: { namespace: 'Cdk8sAgentMesh', packageId: 'Cdk8sAgentMesh' },
  go: { moduleName: 'github.com/cdk8s-agent-mesh/cdk8s-agent-mesh-go', packageName: 'cdk8sagentmesh' },
});

// publib publishes to the public registry unless it is told of another.
project.tryFindObjectFile('.github/workflows/release.yml')?.addDeletionOverride('jobs.release_npm.steps.9.env.NPM_REGISTRY');

// What a release depends on, attached to it.
project.packageTask.exec('mkdir -p dist && npm sbom --omit dev --omit peer --sbom-format cyclonedx --sbom-type library > dist/sbom.cdx.json');
project.release?.publisher.addGitHubPostPublishingSteps({
  name: 'Attach the bill of materials',
  if: '${{ !inputs.dry_run }}',
  run: 'gh release upload "$(cat dist/releasetag.txt)" dist/sbom.cdx.json --clobber -R "$GITHUB_REPOSITORY"',
  env: { GITHUB_TOKEN: '${{ secrets.GITHUB_TOKEN }}' },
});

const ci = project.github!.addWorkflow('ci');
ci.on({ pullRequest: {}, push: { branches: ['main'] }, workflowDispatch: {} });
ci.addJob('check', {
  name: 'Node ${{ matrix.node }}',
  runsOn: ['ubuntu-latest'],
  permissions: { contents: github.workflows.JobPermission.READ },
  strategy: { failFast: false, matrix: { domain: { node: ['20', '22', '24'] } } },
  tools: { node: { version: '${{ matrix.node }}' }, python: { version: '3.x' } },
  steps: [github.WorkflowSteps.checkout(), { run: '.ci/run' }],
});
ci.addJob('bindings', {
  name: 'Bindings that are not published',
  runsOn: ['ubuntu-latest'],
  permissions: { contents: github.workflows.JobPermission.READ },
  tools: { node: { version: '24' }, go: { version: '^1.23' } },
  steps: [github.WorkflowSteps.checkout(), { run: 'npm ci' }, { run: 'npm run compile' }, { run: 'npm run compat' }, { run: 'npx jsii-pacmak --target go' }, { run: 'npx jsii-pacmak --target java --target dotnet --code-only' }],
});

project.synth();
