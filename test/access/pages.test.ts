import { onIstioAmbient, onIstioSidecars } from './istio';
import { DESK, pageRows, pagesProgram } from './pages-table';
import { Attempt, callOf, completed, programOf, Verdict, workloadOf, World } from './program';

const JUDGES = { 'Istio ambient': onIstioAmbient, 'Istio sidecars': onIstioSidecars } satisfies Record<string, (world: World, attempt: Attempt) => Verdict>;

const podNamed = (world: World, name: string) => world.pods.find((pod) => `${pod.namespace}/${pod.name}` === name)!;

describe.each(Object.keys(JUDGES) as (keyof typeof JUDGES)[])('on %s', (provider) => {
  const all = completed(programOf(provider, (mesh) => pagesProgram(mesh)), { objects: [], pods: [] });
  test.each(pageRows().map((row) => [row.title, row] as const))('%s', (_, { sender, server, headers, method, path, allowed }) => {
    const { decision, attempt } = callOf(all, podNamed(all.world, sender), workloadOf(all, `tool server ${server}`), { headers, method, path });
    const verdict = JUDGES[provider](all.world, attempt);
    expect({ model: decision.allowed, objects: verdict.allowed, status: verdict.status })
      .toEqual({ model: allowed, objects: allowed, status: expect.any(String) });
  });
  test('a page may not send OPTIONS that is no preflight', () => {
    const call = { headers: { origin: DESK }, method: 'OPTIONS', path: '/mcp' };
    const { attempt } = callOf(all, podNamed(all.world, 'voice/planner'), workloadOf(all, 'tool server desk'), call);
    expect(JUDGES[provider](all.world, attempt)).toMatchObject({ allowed: false });
  });
});
