import { Testing } from 'cdk8s';
import { drive, Manifest, Result } from './judge';
import { Agent, InferenceGateway, McpServer, McpToolBoundary } from '../../src';
import { deploy } from '../story';
import { meshOf } from '../synth';

const MINUTES = 60_000;

const GATEWAY_API = 'gateway.networking.k8s.io/v1';

/** A Gateway of the team in the namespace that is adopted, and its route for a host that the program does not know. */
const THEIRS = [
  { apiVersion: GATEWAY_API, kind: 'Gateway', metadata: { name: 'corp', namespace: 'voice' }, spec: { gatewayClassName: 'istio', listeners: [{ name: 'http', port: 80, protocol: 'HTTP' }] } },
  {
    apiVersion: GATEWAY_API, kind: 'HTTPRoute', metadata: { name: 'theirs', namespace: 'voice' },
    spec: { hostnames: ['theirs.example.com'], parentRefs: [{ name: 'corp' }], rules: [{ backendRefs: [{ name: 'frontend', port: 80 }] }] },
  },
] as unknown as Manifest[];

/** Agents and tools in a namespace that is adopted, and an agent in one that enforces. */
function manifests(auditOnlyNamespaces: string[]): Manifest[] {
  const { chart } = meshOf((mesh) => {
    const [planner, frontend] = ['planner', 'frontend', 'idle'].map((name) => new Agent(mesh, name, { versions: { v1: deploy() } }));
    new McpToolBoundary(mesh, 'crm', { server: McpServer.of(deploy([8080]), { tools: ['find'] }) }).grantAllTools(planner);
    new Agent(mesh, 'vault', { namespace: 'vault', versions: { v1: deploy() } }).grantCall(planner);
    InferenceGateway.fromGatewayName(mesh, 'corp', { gatewayName: 'corp', namespace: 'voice', hostnames: ['desk.example.com'], listenerPort: 80 }).addRoute('frontend', { target: frontend });
  }, { auditOnlyNamespaces });
  return [...Testing.synth(chart), ...THEIRS];
}

const run = (stage: 'audit' | 'enforce'): Promise<Result[]> => {
  process.env.STAGE = stage;
  return drive(manifests(stage === 'audit' ? ['voice'] : []), { driver: 'audit-driver.ts', strict: stage === 'enforce' });
};

test.each(['audit', 'enforce'] as const)('callers of an adopted namespace are served and reported, or denied, in the stage %s', async (stage) => {
  const results = await run(stage);
  expect(results.filter(({ ok }) => !ok)).toEqual([]);
  expect(results).toHaveLength(15);
}, 5 * MINUTES);
