import { Refused, saidMoreThanOnce, testRefused } from './corpus';
import { linkerd, running, sidecar } from './tool-programs';
import { Agent } from '../../src';
import { Build, problemsOf, synth } from '../synth';

const TOKEN = '/var/run/secrets/kubernetes.io/serviceaccount';
const writing = (writablePaths: string[], options: object = {}): Build => (mesh) => void new Agent(mesh, 'agent', { versions: { v1: running({ writablePaths, ...options }) } });
const unmountable = (paths: string[]) => `app/mesh/agent: \`writablePaths\` has a path that cannot be mounted, or the same path twice; got ${JSON.stringify(paths)}; allowed: different absolute paths without ":"; not "/" and no path in "/proc"; correct \`writablePaths\``;

const refused: Record<string, Refused[]> = {
  'paths that are one, or cannot be mounted': [
    ...[['/tmp', '/tmp'], ['/tmp', '/tmp/'], ['/tmp', '//tmp'], ['/tmp', '/tmp//'], ['/tmp', '/./tmp'], ['/tmp', '/a/../tmp'], ['/a', '/a/b/..'], ['/'], ['//'], ['/a/..'], ['/proc'], ['/proc/1'], ['/a:b'], ['/a/../b:c']]
      .map((paths): Refused => [paths.join(' '), writing(paths), unmountable(paths)]),
  ],
  'the place of the token': [
    ...[{}, sidecar, linkerd].flatMap((on, i) => [TOKEN, `${TOKEN}/`, `${TOKEN}/cache`, `${TOKEN}//cache/`, '/var/run/secrets//kubernetes.io/serviceaccount', '/var/run/secrets/kubernetes.io/x/../serviceaccount', '/run/secrets/kubernetes.io/serviceaccount']
      .map((path): Refused => [`${path} (${i})`, writing(['/tmp', path]),
        `app/mesh/agent: a writable path would hide the ServiceAccount token that Kubernetes mounts there; got ["${path}"]; allowed: paths that are not in ${TOKEN}; let the workload write to another path`, on])),
  ],
};

testRefused(refused);

test('each problem is reported once', () => {
  expect(saidMoreThanOnce(refused)).toEqual({});
});

test('nested mounts, and mounts around the token, are accepted', () => {
  const paths = ['/var/run', '/var/run/secrets', '/data', '/data/cache', '/dev/shm', `${TOKEN}s`];
  for (const on of [{}, sidecar, linkerd]) expect(problemsOf(writing(paths), on)).toEqual([]);
});

test('paths are normalized', () => {
  const [{ volumeMounts }] = synth(writing(['/tmp/', '//data', '/a/./b/../c'])).get('Deployment', 'agent-v1').spec.template.spec.containers;
  expect(volumeMounts.map(({ mountPath }: { mountPath: string }) => mountPath)).toEqual(['/tmp', '/data', '/a/c']);
});
