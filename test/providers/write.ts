// Writes what every mesh makes of every case that it does not refuse: `tsx test/providers/write.ts DIR`, for a real API server to judge.
import { mkdirSync, writeFileSync } from 'fs';
import { join } from 'path';
import { Testing, Yaml } from 'cdk8s';
import { cases } from './cases';
import { declaredRefusal, meshOn, MESHES, NEWEST } from './suite';
import { Agent, Identity, McpAccessPolicy, McpServer, McpToolBoundary } from '../../src';
import { FEATURES } from '../../src/model/feature';
import { deploy } from '../story';
import { meshOf } from '../synth';

const [, , dir] = process.argv;
const metrics = { scraper: Identity.of({ namespace: 'monitoring', serviceAccount: 'prometheus' }) };
mkdirSync(dir, { recursive: true });
for (const name of MESHES) {
  const objects = cases.filter(({ feature }) => !declaredRefusal(name, feature, NEWEST)).flatMap(({ feature, asks }) => {
    // Each in a namespace of its own, so that one API server takes them all.
    const { chart } = meshOf(asks, { ...meshOn(name, NEWEST), namespace: feature, metrics, trustedDomains: feature === 'foreign-trust-domain' ? ['friend.example'] : [], closesExternalHosts: feature === 'closed-hosts', auditOnlyNamespaces: feature === 'audit' ? [feature] : [] });
    return Testing.synth(chart);
  });
  writeFileSync(join(dir, `${name}.yaml`), Yaml.stringify(...objects));
  process.stderr.write(`${name}: ${objects.length} objects\n`);
}

// The same features of edge gateways, as another gateway implementation emits them.
for (const name of MESHES) {
  const asked = cases.filter(({ feature }) => FEATURES[feature].decidedBy.some((role) => role === 'gateway') && !declaredRefusal(name, feature, NEWEST, 'istioAgentgateway'));
  const objects = asked.flatMap(({ feature, asks }) => Testing.synth(meshOf(asks, { ...meshOn(name, NEWEST, 'istioAgentgateway'), namespace: feature }).chart));
  writeFileSync(join(dir, `istio-agentgateway-on-${name}.yaml`), Yaml.stringify(...objects));
}

// What reads MCP, feature by feature, and the same grants for others to enforce.
for (const name of ['istioAmbient', 'linkerd'] as const) {
  const proxied = cases.filter((one) => one.proxied !== undefined)
    .flatMap(({ feature, asks }) => Testing.synth(meshOf(asks, { ...meshOn(name, NEWEST, 'agentgateway'), namespace: feature }).chart));
  writeFileSync(join(dir, `agentgateway-features-on-${name}.yaml`), Yaml.stringify(...proxied));
  const { chart } = meshOf((mesh) => {
    const boundary = new McpToolBoundary(mesh, 'crm', { server: McpServer.of(deploy([8080]), { tools: ['find', 'Close.It'], prompts: ['hello'], resources: ['crm://all'] }) });
    boundary.grantTools(['find', 'Close.It'], new Agent(mesh, 'planner', { versions: { v1: deploy() } }));
    boundary.grantPrompts(['hello'], Identity.of({ namespace: 'ops', serviceAccount: 'auditor' }));
    boundary.grantResources(['crm://all'], Identity.of({ namespace: 'ops', serviceAccount: 'auditor' }));
    new McpToolBoundary(mesh, 'closed', { server: McpServer.of(deploy([8080]), { tools: ['none'] }) });
    new McpAccessPolicy(mesh, 'crm-access', { boundary, backendName: 'crm' });
  }, meshOn(name, NEWEST, 'agentgateway'));
  writeFileSync(join(dir, `agentgateway-on-${name}.yaml`), Yaml.stringify(...Testing.synth(chart)));
}
