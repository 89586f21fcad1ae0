// Compares the public API with the newest published version. Until one is published there is nothing to compare with.
import { spawnSync } from 'node:child_process';

const name = 'cdk8s-agent-mesh';
const { status, stderr } = spawnSync('npm', ['view', name, 'version', '--loglevel=error'], { encoding: 'utf8' });
if (status !== 0 && stderr.includes('E404')) {
  console.log(`${name} is not published yet: there is no API to compare with`);
} else if (status !== 0) {
  console.error(stderr);
  process.exitCode = 1;
} else {
  process.exitCode = spawnSync('jsii-diff', [`npm:${name}`, '--keys', '--ignore-file', '.compatignore'], { stdio: 'inherit' }).status ?? 1;
}
