import { drive, Manifest } from './judge';
import { EXISTING, HOME, voiceProgram } from '../access/program';
import { rowsOf, titleOf } from '../access/table';

const MINUTES = 60_000;
const PROVIDER = 'Istio ambient';

/** The existing pods that `intruders.yaml` has, and whose namespaces it has. */
const THERE = ['voice/intruder', 'elsewhere/intruder', 'outside/intruder'];

/** Callers of rows that cannot be sent have no pod: each of those rows says why. */
function manifests(): Manifest[] {
  const unsent = new Set(rowsOf(PROVIDER).filter(({ notSent }) => notSent !== undefined).map(({ caller }) => caller));
  const existing = EXISTING.filter(({ namespace, name, trustDomain }) => trustDomain === HOME && !THERE.includes(`${namespace}/${name}`) && !unsent.has(`${namespace}/${name}`));
  return [
    ...voiceProgram(PROVIDER).world.objects,
    object('v1', 'Namespace', { name: 'ops', labels: { 'istio.io/dataplane-mode': 'ambient' } }),
    ...existing.flatMap(({ namespace, name, serviceAccount, labels }) => [
      object('v1', 'ServiceAccount', { name: serviceAccount, namespace }),
      object('v1', 'Pod', { name, namespace, labels }, {
        nodeName: 'judge', serviceAccountName: serviceAccount, containers: [{ name: 'main', image: 'existing:1', ports: [{ containerPort: 8000 }] }],
      }),
    ]),
  ];
}

const object = (apiVersion: string, kind: string, metadata: object, spec?: object) => ({ apiVersion, kind, metadata, spec }) as unknown as Manifest;

const sent = () => rowsOf(PROVIDER).filter(({ notSent }) => notSent === undefined);

test('every row of the access table holds on a real istiod and real Envoys', async () => {
  const results = await drive(manifests(), { driver: 'access-driver.ts', strict: true });
  expect(results.filter(({ ok }) => !ok)).toEqual([]);
  expect(results.map(({ name }) => name)).toEqual(expect.arrayContaining(sent().map(titleOf)));
}, 5 * MINUTES);

test('what is open by a mistake of the manifests is served, and so seen', async () => {
  const objects = manifests();
  objects.find(({ kind, metadata }) => kind === 'AuthorizationPolicy' && metadata.name === 'summarizer-v1-workload')!.spec.rules = [{}];
  const failed = (await drive(objects, { driver: 'access-driver.ts' })).filter(({ ok }) => !ok).map(({ name }) => name);
  const open = sent().filter(({ callee, caller, allowed, port }) => callee === 'agent summarizer' && !allowed && port === undefined && caller !== 'outside/intruder');
  expect(failed.sort()).toEqual(open.map(titleOf).sort());
}, 5 * MINUTES);
