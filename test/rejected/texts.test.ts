import { Refused, saidMoreThanOnce, testRefused } from './corpus';
import { agentgateway, crm, crmOf, jwt, linkerd, external, running, sidecar } from './tool-programs';
import { Agent, AgentMesh, ClusterLink, EndpointPicker, InferenceGateway, McpProvider, McpServer, MeshProvider, TokenCaller } from '../../src';
import { deploy, existing } from '../story';
import { Build, problemsOf } from '../synth';

const agent = (options: object): Build => (mesh) => void new Agent(mesh, 'agent', { versions: { v1: running(options) } });
const gateway = (options: object): Build => (mesh) => void new InferenceGateway(mesh, 'gw', { hostnames: ['a.example.com'], tls: { secretName: 'tls' }, ...options });
const canary = (options: object): Build => (mesh) => {
  new Agent(mesh, 'agent', { versions: { v1: deploy(), v2: deploy() }, canary: { version: 'v2', percent: 5, ...options } });
};
const granted = (options: Parameters<typeof TokenCaller.of>[0]): Build => (mesh) => crmOf(mesh, { jwt }).grantAllTools(TokenCaller.of(options));
const number = (prop: string, text: string, path = 'app/mesh/agent') => `[app/mesh] ${path}: \`${prop} is written to YAML without quotes, so Kubernetes reads it as a number; got "${text}"; allowed: a text that YAML readers do not take for a number, unlike "0o7", "0B1" and "1e_3"; choose another text [AM001] (`;
const key = (prop: string, text: string) => number(prop, text).replace('agent: ', 'agent: a key of ');
const control = (prop: string, path = 'app/mesh/agent') => `${path}: \`${prop} contains a control character, half of a surrogate pair, or a line break that some YAML readers do not accept; got "`;

const refused: Record<string, Refused[]> = {
  'what Kubernetes would read as a number': [
    ['a variable', agent({ env: { A: '0o7' } }), number('env.A` of agent agent', '0o7')],
    ['an argument', agent({ args: ['serve', '1e_3'] }), number('args[1]` of agent agent', '1e_3')],
    ['a command', agent({ command: ['0X1f'] }), number('command[0]` of agent agent', '0X1f')],
    ['the name of a Secret', agent({ secretEnv: { A: { secretName: '0o7', key: 'k' } } }), number('secretEnv.A.secretName` of agent agent', '0o7')],
    ['the key of a Secret', agent({ secretEnv: { A: { secretName: 's', key: '0B1' } } }), number('secretEnv.A.key` of agent agent', '0B1')],
    ['the value of a label', agent({ podLabels: { a: '0B1' } }), number('podLabels.a` of agent agent', '0B1')],
    ['the key of a label', agent({ podLabels: { '0o7': 'a' } }), key('podLabels` of agent agent', '0o7')],
    ['a ServiceAccount', agent({ existingServiceAccount: '0o7' }), number('existingServiceAccount` of agent agent', '0o7')],
    ['an audience', agent({ jwt: { ...jwt, audiences: ['a', '1e_3'] } }), number('jwt.audiences[1]` of agent agent', '1e_3')],
    ['an issuer', agent({ jwt: { ...jwt, issuer: '1e_3' } }), number('jwt.issuer` of agent agent', '1e_3')],
    ['a selector', (mesh) => { new Agent(mesh, 'agent', { versions: { v1: existing('a', { labels: { app: '0o7' } }) } }); }, number('labels.app` of agent agent', '0o7')],
    ['a version', (mesh) => { new Agent(mesh, 'agent', { versions: { '0o7': deploy() } }); }, key('versions`', '0o7')],
    ['a tool', crm(() => ({ tools: ['find', '0o7'] })), number('server.tools[1]`', '0o7', 'app/mesh/crm')],
    ['a prompt', crm(() => ({ prompts: ['1e_3'] })), number('server.prompts[0]`', '1e_3', 'app/mesh/crm')],
    ['a tool of one of several', crm(() => ({ servers: { one: McpServer.of(deploy([8080]), { tools: ['0o7'] }), two: external('mcp.example.com') } })), number('servers.one.tools[0]`', '0o7', 'app/mesh/crm'), agentgateway],
    ['credentials', crm(() => ({ credentials: { secretName: '0o7', key: 'k' } })), number('server.credentials.secretName`', '0o7', 'app/mesh/crm'), agentgateway],
    ['an audience of a boundary', crm(() => ({ jwt: { ...jwt, audiences: ['0o7'] } })), number('jwt.audiences[0]`', '0o7', 'app/mesh/crm')],
    ['a client', crm(() => ({ jwt, oauth: { resource: 'https://crm.example.com/mcp', clientId: '0o7', scopes: ['1e_3x'] } })), number('oauth.clientId`', '0o7', 'app/mesh/crm'), agentgateway],
    ['a scope', crm(() => ({ jwt, oauth: { resource: 'https://crm.example.com/mcp', scopes: ['1e_3'] } })), number('oauth.scopes[0]`', '1e_3', 'app/mesh/crm'), agentgateway],
    ['the subject of a token', granted({ subject: '1e_3' }), number('subject` of a TokenCaller', '1e_3', 'app/mesh/crm')],
    ['a claim of a token', granted({ claims: { tier: '0o7' } }), number('claims.tier` of a TokenCaller', '0o7', 'app/mesh/crm')],
    ['the Secret of a gateway', gateway({ tls: { secretName: '0o7' } }), number('tls.secretName`', '0o7', 'app/mesh/gw')],
    ['a label of a gateway', gateway({ infrastructureLabels: { a: '0o7' } }), number('infrastructureLabels.a`', '0o7', 'app/mesh/gw')],
    ['a host of a gateway', gateway({ hostnames: ['0o7'] }), number('hostnames[0]`', '0o7', 'app/mesh/gw')],
    ['the value of a header', canary({ headerValue: '0B1' }), number('canary.headerValue`', '0B1')],
    ['a header', canary({ header: '0o7' }), number('canary.header`', '0o7')],
    ['the Secret of a link', (mesh) => { new ClusterLink(mesh, 'west', { credentialsSecretName: '0o7' }); }, number('credentialsSecretName`', '0o7', 'app/mesh/west'), linkerd],
    ['a trusted domain', () => {}, number('trustedDomains[0]`', '0o7', 'app/mesh'), { trustedDomains: ['0o7'] }],
    ['a revision', () => {}, number('mesh.revision`', '0o7', 'app/mesh'), { mesh: MeshProvider.istioSidecar({ revision: '0o7' }) }],
    ['a class', () => {}, number('mcp.gatewayClassName`', '0o7', 'app/mesh'), { mcp: McpProvider.agentgateway({ gatewayClassName: '0o7' }) }],
  ],
  'what is no text': [
    ['a variable', agent({ env: { A: 'a\u0000' } }), control('env.A` of agent agent')],
    ['half of a character', agent({ args: ['\ud800'] }), control('args[0]` of agent agent')],
    ['a separator that YAML takes for the end of a line', agent({ env: { A: 'a\u2028b' } }), control('env.A` of agent agent')],
    ['a carriage return', agent({ command: ['a\r\n'] }), control('command[0]` of agent agent')],
    ['an audience of two lines', agent({ jwt: { ...jwt, audiences: ['a\nb'] } }), control('jwt.audiences[0]` of agent agent')],
    ['a client', crm(() => ({ jwt, oauth: { resource: 'https://crm.example.com/mcp', clientId: '\u0001' } })), control('oauth.clientId`', 'app/mesh/crm'), agentgateway],
    ['lines that begin with a tab', agent({ env: { A: '\n\ta' } }), 'app/mesh/agent: `env.A` of agent agent has several lines and starts with a tab, which YAML readers take for indentation; got "\\n\\ta"; allowed: text whose first line starts with another character; start the first line with another character'],
    ['what is said of a value already', crm(() => ({ tools: ['\u001b[2J'] })), 'app/mesh/crm: the name of a tool is not valid in MCP; got "\\u001b[2J"'],
    ['what is said of a name already', (mesh) => { new Agent(mesh, 'agent', { name: 'a\u0007', versions: { v1: existing('a') } }); }, 'the name of the agent is not a valid Kubernetes name; got "a\\u0007"'],
  ],
};

testRefused(refused);

test('each problem is reported once', () => {
  expect(saidMoreThanOnce(refused)).toEqual({});
});

test('valid texts are accepted', () => {
  const taken: readonly (readonly [Build, Parameters<typeof problemsOf>[1]?])[] = [
    [agent({ env: { A: 'a\nb\tc\n', B: '0x1f', C: '1e3', D: 'yes', E: '', F: ' a', G: '#', H: '{}', I: '\u{1f600}' }, args: ['-c', 'a:\n\tb', '08'], command: ['/bin/sh'] })],
    [crm(() => ({ tools: ['0', '0x1f', '1e3', '1.5', 'true', '~'].filter((tool) => tool !== '~') }))],
    [canary({ headerValue: '1' }), sidecar],
    [(mesh: AgentMesh) => { new InferenceGateway(mesh, 'gw', { hostnames: ['a.example.com'], tls: { secretName: 'tls' } }).addPool('llm', { workload: deploy(), picker: EndpointPicker.deploy() }); }],
  ];
  expect(taken.map(([build, props]) => problemsOf(build, props))).toEqual(taken.map(() => []));
});

test('data that refers to itself is refused at its line', () => {
  const extra: unknown[] = ['serve'];
  extra.push(extra, '0o7');
  expect(problemsOf((mesh) => { new Agent(mesh, 'agent', { versions: { v1: deploy() }, extra } as never); })).toEqual([expect.stringContaining('app/mesh/agent: `extra` is not a prop of AgentProps')]);
});
