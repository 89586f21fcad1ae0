import { execFileSync } from 'child_process';
import { readFileSync } from 'fs';
import { dirname, join } from 'path';
import * as library from '../src';

const ROOT = join(__dirname, '..');
const [{ files }] = JSON.parse(execFileSync('npm', ['pack', '--dry-run', '--json'], { cwd: ROOT, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })) as [{ files: { path: string }[] }];
const shipped = new Set(files.map(({ path }) => path));
const pages = [...shipped].filter((path) => /\.(md|txt)$/.test(path) && !path.startsWith('node_modules/'));

const isShipped = (target: string) => shipped.has(target) || [...shipped].some((path) => path.startsWith(`${target}/`));

test.each(pages)('every relative link of %s leads to a file of the package', (page) => {
  const links = [...readFileSync(join(ROOT, page), 'utf8').matchAll(/\]\(([^)#\s]+)[^)]*\)/g)].map(([, target]) => target).filter((target) => !/^https?:/.test(target));
  expect(links.filter((target) => !isShipped(join(dirname(page), target)))).toEqual([]);
});

test('the package has the documents, and neither sources, tests nor source maps', () => {
  const documents = [
    'README.md', 'LICENSE', 'CHANGELOG.md', 'CONTRIBUTING.md', 'SECURITY.md', 'API.md', 'llms.txt', 'docs/install.md', 'rosetta/default.ts-fixture',
    'examples/voice-agents/main.py', 'examples/voice-agents/main.ts', 'examples/acme/platform.ts',
  ];
  expect(documents.filter((path) => !shipped.has(path))).toEqual([]);
  const own = [...shipped].filter((path) => !path.startsWith('node_modules/ipaddr.js/'));
  const allowed = /^(package\.json|\.jsii|LICENSE|llms\.txt|[A-Z]+\.md|docs\/.+\.md|examples\/[^/]+\/(README\.md|main\.py|[a-z]+\.ts)|rosetta\/.+\.ts-fixture|lib\/index\.js|lib\/src\/.+\.d\.ts)$/;
  expect(own.filter((path) => !allowed.test(path))).toEqual([]);
});

test('examples of docstrings can name every class and enum', () => {
  const fixture = readFileSync(join(ROOT, 'rosetta/default.ts-fixture'), 'utf8');
  const [, imported] = /import \{([^}]*)\} from 'cdk8s-agent-mesh'/.exec(fixture)!;
  expect(imported.split(',').map((name) => name.trim()).filter(Boolean).sort()).toEqual(Object.keys(library).sort());
});
