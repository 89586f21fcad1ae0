import { HOST_ROWS, HostRow, hostsProgram, titleOf } from './hosts-table';
import { toExternalHost } from './istio';
import { completed, programOf, World } from './program';

const { world } = completed(programOf('Istio ambient', hostsProgram), { objects: [], pods: [] });

function comes({ caller, host, port }: HostRow, there: World): boolean {
  const from = there.pods.find((pod) => `${pod.namespace}/${pod.name}` === caller);
  if (!from) throw new Error(`no pod ${caller}`);
  const path = port === 80 && host.startsWith('mcp') ? '/mcp' : '/';
  return toExternalHost(there, host, { from, to: from, port, path, method: 'POST', headers: { host } }).allowed;
}

test.each(HOST_ROWS.map((row) => [titleOf(row), row] as const))('%s', (_, row) => {
  expect(comes(row, world)).toBe(row.allowed);
});

test('a mesh that closes its hosts keeps pods of other namespaces from them, and nobody else', () => {
  const { world: closed } = completed(programOf('Istio ambient', hostsProgram, { closesExternalHosts: true }), { objects: [], pods: [] });
  const lost = HOST_ROWS.filter((row) => comes(row, closed) !== row.allowed).map(({ caller, host, port }) => `${caller} ${host}:${port}`);
  expect(lost).toEqual(HOST_ROWS.filter(({ caller, allowed }) => allowed && caller.startsWith('elsewhere/')).map(({ caller, host, port }) => `${caller} ${host}:${port}`));
});

test('a policy that allows only workloads that name the host is caught', () => {
  const objects = world.objects.map((object) => (object.metadata.name === 'voice-external-api-models-example' && object.kind === 'AuthorizationPolicy'
    ? { ...object, spec: { ...object.spec, rules: object.spec.rules.slice(0, 1) } } : object));
  const lost = HOST_ROWS.filter((row) => comes(row, { ...world, objects }) !== row.allowed).map(({ caller, port }) => `${caller}:${port}`);
  expect(lost).toEqual(['voice/crawler:443', 'team-a/far:443', 'elsewhere/intruder:443', 'voice/crawler:80', 'team-a/far:80', 'elsewhere/intruder:80']);
});
