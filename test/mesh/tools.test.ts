import { Testing } from 'cdk8s';
import { drive, Manifest } from './judge';
import { Agent, McpServer, McpToolBoundary } from '../../src';
import { toolRows, toolsProgram } from '../access/tools-table';
import { deploy } from '../story';
import { meshOf } from '../synth';

const MINUTES = 60_000;

const object = (apiVersion: string, kind: string, metadata: object, spec?: object) => ({ apiVersion, kind, metadata, spec }) as unknown as Manifest;

function manifests(): Manifest[] {
  const { chart } = meshOf((mesh) => {
    toolsProgram(mesh);
    const desk = new McpToolBoundary(mesh, 'desk', { server: McpServer.of(deploy([8080]), { tools: ['send'] }), allowedOrigins: ['https://desk.example'] });
    desk.grantAllTools(mesh.node.findChild('planner') as Agent);
  });
  return [
    ...Testing.synth(chart),
    object('v1', 'Namespace', { name: 'ops', labels: { 'istio.io/dataplane-mode': 'ambient' } }),
    object('v1', 'ServiceAccount', { name: 'auditor', namespace: 'ops' }),
    object('v1', 'Pod', { name: 'auditor', namespace: 'ops', labels: { app: 'auditor' } }, {
      nodeName: 'judge', serviceAccountName: 'auditor', containers: [{ name: 'main', image: 'existing:1', ports: [{ containerPort: 8000 }] }],
    }),
  ];
}

test('every row of the table of tools holds on a real istiod and a real waypoint', async () => {
  const results = await drive(manifests(), { driver: 'tools-driver.ts', strict: true });
  expect(results.filter(({ ok }) => !ok)).toEqual([]);
  expect(results).toHaveLength(toolRows().length + 5);
}, 5 * MINUTES);

test('a policy that does not ask for the revision is caught', async () => {
  const objects = manifests();
  for (const rule of objects.find(({ kind, metadata }) => kind === 'AuthorizationPolicy' && metadata.name === 'crm')!.spec.rules) {
    rule.when = rule.when?.filter(({ key }: { key: string }) => !key.includes('version'));
    if (rule.when?.length === 0) delete rule.when;
  }
  const failed = (await drive(objects, { driver: 'tools-driver.ts' })).filter(({ ok }) => !ok).map(({ name }) => name);
  expect(failed).toEqual(expect.arrayContaining(['voice/planner may not: a tool without the revision that checks it']));
}, 5 * MINUTES);
