import { Agent, AgentMesh, Identity, McpAccessPolicy, McpProvider, McpServer, McpToolBoundary } from '../../src';
import { deploy } from '../story';
import { problemsOf, synth } from '../synth';

const agentgateway = { mcp: McpProvider.agentgateway() };
const crmOf = (mesh: AgentMesh, tools = ['find', 'refund']) => new McpToolBoundary(mesh, 'crm', { server: McpServer.of(deploy([8080]), { tools, prompts: ['hello'] }) });
const exported = (boundary: McpToolBoundary, mesh: AgentMesh) => new McpAccessPolicy(mesh, 'crm-access', { boundary, backendName: 'crm' });
const who = (serviceAccount: string, trustDomain?: string) => Identity.of({ namespace: 'ops', serviceAccount, trustDomain });

test('the grants of a boundary are written as an XAccessPolicy, by caller and by name', () => {
  const objects = synth((mesh) => {
    const crm = crmOf(mesh);
    exported(crm, mesh); // before the grants: they are read when it is written
    crm.grantTools(['find'], new Agent(mesh, 'planner', { versions: { v1: deploy() } }));
    crm.grantPrompts(['hello'], who('auditor'));
    crm.grantAllTools(who('root'));
  }, agentgateway);
  const base = { mcpBaseProtocolMethodsOption: 'MATCH_BASE_PROTOCOL_METHODS' };
  const rule = (namespace: string, name: string, methods: object[]) => ({
    name: `crm.${namespace}.${name}`, source: { type: 'ServiceAccount', serviceAccount: { namespace, name } },
    authorization: { type: 'Inline', mcp: { ...base, methods } },
  });
  expect(objects.get('XAccessPolicy', 'crm-access').spec).toEqual({
    action: 'Allow', targetRefs: [{ group: 'agentic.networking.x-k8s.io', kind: 'XBackend', name: 'crm' }],
    rules: [
      rule('ops', 'auditor', [{ name: 'prompts/get', params: ['hello'] }, { name: 'prompts/list' }]),
      rule('ops', 'root', [{ name: 'tools' }, { name: 'prompts' }, { name: 'resources' }]),
      rule('voice', 'planner', [{ name: 'tools/call', params: ['find'] }, { name: 'tools/list' }]),
    ],
  });
});

test('a boundary without single tools allows all tools', () => {
  const objects = synth((mesh) => { const crm = crmOf(mesh); crm.grantAllTools(who('root')); exported(crm, mesh); });
  expect(objects.get('XAccessPolicy', 'crm-access').spec.rules[0].authorization.mcp.methods).toEqual([{ name: 'tools' }, { name: 'prompts' }, { name: 'resources' }]);
});

test.each<[string, (mesh: AgentMesh) => void, string]>([
  ['more than who calls', (mesh) => {
    const crm = new McpToolBoundary(mesh, 'crm', { server: McpServer.of(deploy([8080]), { tools: ['find'] }), allowedOrigins: [] });
    crm.grantTools(['find'], who('a'));
    exported(crm, mesh);
  }, 'an XAccessPolicy cannot express the grants of crm: it checks only the identity of the caller, and the boundary requires more; got ["allowedOrigins"]'],
  ['a long name', (mesh) => { const crm = crmOf(mesh, ['find_customer_by_phone']); crm.grantTools(['find_customer_by_phone'], who('a')); exported(crm, mesh); },
    'app/mesh/crm-access: an XAccessPolicy cannot express the grants of crm: the name of a tool, prompt or resource is too long; got "find_customer_by_phone"; allowed: at most 20 characters'],
  ['many names', (mesh) => {
    const tools = Array.from({ length: 11 }, (_, i) => `tool-${i}`);
    const crm = crmOf(mesh, tools);
    crm.grantTools(tools, who('a'));
    exported(crm, mesh);
  }, 'identity ops/a was granted too many items of one kind; got 11'],
  ['many callers', (mesh) => { const crm = crmOf(mesh); crm.grantAllTools(...Array.from({ length: 11 }, (_, i) => who(`a${i}`))); exported(crm, mesh); }, 'it supports fewer callers than the boundary has; got 11'],
  ['long callers', (mesh) => { const crm = crmOf(mesh); crm.grantAllTools(who('a'.repeat(60))); exported(crm, mesh); }, 'a rule name is too long'],
  ['nobody', (mesh) => { exported(crmOf(mesh), mesh); }, 'no caller has a grant; got []'],
  ['a backend that Kubernetes cannot name', (mesh) => { const crm = crmOf(mesh); crm.grantAllTools(who('a')); new McpAccessPolicy(mesh, 'x', { boundary: crm, backendName: 'A' }); }, 'the name of the XBackend is not a valid Kubernetes name'],
])('%s is refused, since the API cannot express it', (_, build, message) => {
  expect(problemsOf(build, agentgateway)).toEqual([expect.stringContaining(message)]);
});

test('a caller of another trust domain is refused, since the API has only ServiceAccounts', () => {
  const build = (mesh: AgentMesh) => { const crm = crmOf(mesh); crm.grantAllTools(who('a', 'friend.example')); exported(crm, mesh); };
  expect(problemsOf(build, { ...agentgateway, trustedDomains: ['friend.example'] })).toEqual([expect.stringContaining('belongs to another trust domain; got "friend.example"')]);
});
