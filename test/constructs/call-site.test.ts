import { callSite, siteIn } from '../../src/input/call-site';

const OWN = '    at callSite (/app/node_modules/cdk8s-agent-mesh/lib/src/constructs/call-site.js:12:21)';
const MEMBER = '    at Member.report (/app/node_modules/cdk8s-agent-mesh/lib/src/constructs/membership.js:50:90)';
const CDK8S = '    at new Chart (/app/node_modules/cdk8s/lib/chart.js:40:9)';
const NODE = '    at Module._compile (node:internal/modules/cjs/loader:1554:14)';

interface Case {
  readonly frames: readonly string[];
  readonly own?: string;
  readonly cwd?: string;
  readonly site: string | undefined;
}

const CASES: Record<string, Case> = {
  'a program in CommonJS': { frames: [MEMBER, CDK8S, '    at Object.<anonymous> (/app/main.ts:31:5)', NODE], site: 'main.ts:31' },
  'a frame without a function': { frames: [MEMBER, '    at /app/src/mesh.ts:7:3'], site: 'src/mesh.ts:7' },
  'an asynchronous frame': { frames: [MEMBER, '    at async /app/main.mjs:7:3'], site: 'main.mjs:7' },
  'a method called by another name': { frames: [MEMBER, '    at Team.build [as define] (/app/team.ts:9:1)'], site: 'team.ts:9' },
  'a program in ES modules': { frames: [MEMBER, '    at file:///app/main.ts:14:1', '    at ModuleJob.run (node:internal/modules/esm/module_job:271:25)'], site: 'main.ts:14' },
  'a file URL with escapes': { frames: [MEMBER, '    at file:///app/my%20mesh/m%C3%BCsli.ts:14:1'], site: 'my mesh/müsli.ts:14' },
  'a file URL with a query': { frames: [MEMBER, '    at file:///app/main.ts?t=1:14:1'], site: 'main.ts:14' },
  'a file URL that is broken': { frames: [MEMBER, '    at file:///app/%E0%A4%A.ts:14:1'], site: undefined },
  'parentheses in a path': { frames: [MEMBER, '    at Object.<anonymous> (/app/copy (1)/main.ts:3:1)'], site: 'copy (1)/main.ts:3' },
  'a folder whose name begins as the library\'s': {
    own: '    at callSite (/repo/src/constructs/call-site.ts:12:21)', cwd: '/repo',
    frames: ['    at Member.report (/repo/src/constructs/membership.ts:50:90)', '    at build (/repo/src-app/main.ts:3:1)'], site: 'src-app/main.ts:3',
  },
  'a module of the library in a deeper folder': { own: '    at callSite (/repo/src/constructs/shared/call-site.ts:12:21)', cwd: '/repo', frames: ['    at x (/repo/src/values/call.ts:1:1)', '    at /repo/main.ts:3:1'], site: 'main.ts:3' },
  'a program on Windows': {
    own: '    at callSite (C:\\app\\node_modules\\cdk8s-agent-mesh\\lib\\src\\constructs\\call-site.js:12:21)', cwd: 'C:\\app',
    frames: ['    at Member.report (C:\\app\\node_modules\\cdk8s-agent-mesh\\lib\\src\\constructs\\membership.js:50:90)', '    at Object.<anonymous> (C:\\app\\mesh\\main.ts:31:5)'], site: 'mesh/main.ts:31',
  },
  'ES modules on Windows': {
    own: '    at callSite (C:\\app\\node_modules\\cdk8s-agent-mesh\\lib\\src\\constructs\\call-site.js:12:21)', cwd: 'C:\\app',
    frames: ['    at file:///C:/app/my%20mesh/main.ts:31:5'], site: 'my mesh/main.ts:31',
  },
  'a network share': {
    own: '    at callSite (\\\\host\\share\\node_modules\\cdk8s-agent-mesh\\lib\\src\\constructs\\call-site.js:12:21)', cwd: '\\\\host\\share',
    frames: ['    at file://host/share/main.ts:31:5'], site: 'main.ts:31',
  },
  'frames of Node.js only': { frames: [MEMBER, NODE, '    at node:internal/main/run_main_module:36:49'], site: undefined },
  'a program given to eval': { frames: [MEMBER, '    at eval (eval at run (/app/runner.js:3:1), <anonymous>:1:1)', '    at [eval]:1:5', '    at <anonymous>', '    at new Promise (<anonymous>)'], site: undefined },
  'a virtual module': { frames: [MEMBER, '    at main (webpack-internal:///./src/main.ts:3:1)'], site: undefined },
  'a bundle of the program and the library': { own: '    at Os (/app/dist/main.js:4012:21)', frames: ['    at build (/app/dist/main.js:9001:1)'], site: undefined },
  'a bundle of the program and the library with the name of the published one': { own: '    at callSite (/app/lib/index.js:4012:21)', frames: ['    at build (/app/lib/index.js:9001:1)', NODE], site: undefined },
  'the bundle that is published': {
    own: '    at callSite (/app/node_modules/cdk8s-agent-mesh/lib/index.js:4012:21)',
    frames: ['    at Member.report (/app/node_modules/cdk8s-agent-mesh/lib/index.js:9001:9)', CDK8S, '    at Object.<anonymous> (/app/main.ts:31:5)'], site: 'main.ts:31',
  },
  'the published bundle beside the program': {
    own: '    at callSite (C:\\clone\\lib\\index.js:4012:21)', cwd: 'C:\\clone', frames: ['    at new Agent (C:\\clone\\lib\\index.js:9:9)', '    at C:\\clone\\lib\\main.js:3:1'], site: 'lib/main.js:3',
  },
  'a bundle with a source map': { frames: [MEMBER, '    at build (/app/src/main.ts:9:1)'], site: 'src/main.ts:9' },
  'the kernel of Python': {
    own: '    at callSite (/kernel/node_modules/cdk8s-agent-mesh/lib/src/input/call-site.js:12:21)', cwd: '/app',
    frames: [
      '    at Member.report (/kernel/node_modules/cdk8s-agent-mesh/lib/src/constructs/membership.js:50:90)',
      '    at Kernel._Kernel_create (/runtime/lib/program.js:1:72922)', '    at KernelHost.run (/runtime/lib/program.js:1:232607)',
    ], site: undefined,
  },
  'the kernel of Java': {
    own: '    at callSite (/kernel/node_modules/cdk8s-agent-mesh/lib/src/input/call-site.js:12:21)', cwd: '/app',
    frames: ['    at Object.<anonymous> (/runtime/bin/jsii-runtime.js:2:1)'], site: undefined,
  },
  'the kernel by its packages': { frames: [MEMBER, '    at create (/opt/@jsii/kernel/lib/kernel.js:2:1)', '    at run (/opt/host.js:1:1)'], site: undefined },
  'a class of the program with the kernel\'s name': { frames: [MEMBER, '    at Kernel.build (/app/main.ts:3:1)'], site: 'main.ts:3' },
  'no stack': { own: '', frames: [], site: undefined },
};

test.each(Object.entries(CASES))('%s', (_, { own = OWN, frames, cwd = '/app', site }) => {
  expect(siteIn(['Error', own, ...frames].join('\n'), cwd)).toBe(site);
});

test('a report names a line of this file, and none in a process of jsii', () => {
  expect(callSite()).toMatch(/^test\/constructs\/call-site\.test\.ts:\d+$/);
  process.env.JSII_AGENT = 'Python/3.11.7';
  try {
    expect(callSite()).toBeUndefined();
  } finally {
    delete process.env.JSII_AGENT;
  }
});
