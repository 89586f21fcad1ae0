import { callOf, Program, ProviderName, workloadOf } from './program';
import type { WorkloadNode } from '../../src/model/workload';

/** Calls in the voice story, and whether each is allowed: the same on every provider. */
export interface Row {
  /** A pod that calls, as "namespace/name"; or a gateway: the edge gateway, or the gateway that sends the requests of the callee's pool or route. */
  readonly caller: string;
  /** As people call the workload. */
  readonly callee: string;
  /**
   * The port that is called.
   *
   * @default - the one that callers are told: of its Service, or of its pods where it has none
   */
  readonly port?: number;
  /** As it is written on the wire. */
  readonly path: string;
  readonly method: string;
  readonly headers?: Readonly<Record<string, string>>;
  /**
   * Whether the pods are addressed, past their Service.
   *
   * @default false
   */
  readonly atPods?: boolean;
  readonly allowed: boolean;
  readonly why: string;
  /**
   * Where it is asked.
   *
   * @default - on every provider
   */
  readonly on?: readonly ProviderName[];
  /** Why it is not sent as a real request. */
  readonly notSent?: string;
}

/** The gateway that sends the requests of a callee: the inner gateway in front of a pool, the edge gateway in front of a Service. */
export const SENDER = 'its gateway';
export const EDGE = 'the edge gateway';

type Rest = Omit<Row, 'caller' | 'callee' | 'allowed' | 'why' | 'path' | 'method'> & { readonly path?: string; readonly method?: string };

const asked = (allowed: boolean) => (caller: string, callee: string, why: string, { path = '/', method = 'GET', ...rest }: Rest = {}): Row =>
  ({ caller, callee, path, method, allowed, why, ...rest });
const yes = asked(true);
const no = asked(false);

const CRM = 'tool server crm';
const [V1, V2] = ['agent assistant v1', 'agent assistant v2'];
const [SUMMARIZER, ARCHIVE, IDLE] = ['agent summarizer', 'agent archive', 'agent idle'];
const PICKER = 'picker of pool assistant-v1';
const WITH_POOLS: Row['on'] = ['Istio ambient', 'Istio sidecars'];
const NOBODY = 'outside/intruder';
const AGENT = 'voice/assistant-v1';
const MCP = { path: '/mcp', method: 'POST' };
const FOREIGN = 'no other trust domain can be had there';
const ENVOYS = 'what a gateway sends of its own cannot be had from its pod';
const FORGED = {
  linkerd: { 'l5d-client-id': 'assistant.voice.serviceaccount.identity.linkerd.cluster.local' },
  envoy: { 'x-forwarded-client-cert': 'By=spiffe://cluster.local/ns/voice/sa/crm;URI=spiffe://cluster.local/ns/voice/sa/assistant' },
};

const tools: Row[] = [
  yes(AGENT, CRM, 'the agent was granted the tools', MCP),
  yes('voice/assistant-v2', CRM, 'both versions are one agent', MCP),
  yes(AGENT, CRM, 'a stream is opened by GET', { path: '/mcp' }),
  yes(AGENT, CRM, 'a session is ended by DELETE', { path: '/mcp', method: 'DELETE' }),
  yes(AGENT, CRM, 'a query is no part of the path', { path: '/mcp?session=1', method: 'POST' }),
  yes('ops/auditor', CRM, 'the team\'s own caller was granted the tools', MCP),
  no('ops/auditor', CRM, 'its grant is of the endpoint alone', { path: '/admin' }),
  ...['/', '/admin', '/mcpx', '/mcp/', '/mcp/tools', '/MCP', '//mcp', '/mcp//', '/mcp;v=1', '/mcp/../admin', '/mcp/%2e%2e/admin', '/mcp%2fadmin', '/mcp%00'].map((path) =>
    no(AGENT, CRM, `${path} is not the endpoint`, { path, method: 'POST' })),
  ...['PUT', 'PATCH', 'HEAD', 'OPTIONS'].map((method) => no(AGENT, CRM, `${method} is no method of MCP`, { path: '/mcp', method })),
  no(AGENT, CRM, 'the pods\' port is not the Service\'s', { ...MCP, port: 8080 }),
  no(AGENT, CRM, 'the Service has no such port', { ...MCP, port: 443 }),
  no(NOBODY, CRM, 'it proves no identity', MCP),
  no('voice/intruder', CRM, 'it was granted nothing, though it lives among the agents', MCP),
  no('elsewhere/intruder', CRM, 'it was granted nothing', MCP),
  no('elsewhere/assistant', CRM, 'a namesake of the agent in another namespace is somebody else', MCP),
  no('voice/foreign-assistant', CRM, 'a namesake of the agent in another trust domain is somebody else', { ...MCP, notSent: FOREIGN }),
  no('voice/auditor', CRM, 'a namesake of the granted caller in another namespace is somebody else', MCP),
  no('ops/foreign-auditor', CRM, 'a namesake of the granted caller in another trust domain is somebody else', { ...MCP, notSent: FOREIGN }),
  no('voice/idle', CRM, 'an agent that was granted nothing', MCP),
  no('voice/summarizer', CRM, 'an agent without a grant of the tools', MCP),
  no('voice/archive', CRM, 'its grant is of another callee', MCP),
  no('voice/crm', CRM, 'nobody was granted to call itself', MCP),
  no(EDGE, CRM, 'no route leads to the tools', { ...MCP, notSent: ENVOYS }),
  no('voice/voice-gw-inner-istio', CRM, 'a pool\'s gateway has no way to the tools', { ...MCP, on: WITH_POOLS }),
  no('voice/assistant-v1-epp', CRM, 'a picker chooses pods and calls no tools', { ...MCP, on: WITH_POOLS }),
  no('voice/voice-waypoint', CRM, 'who has the name of a proxy has no grant', { ...MCP, notSent: 'the ServiceAccount is the waypoint\'s own there' }),
];

const forged: Row[] = [
  no('voice/intruder', CRM, 'a header proves no identity', { ...MCP, headers: FORGED.linkerd }),
  no('voice/intruder', CRM, 'a header proves no identity', { ...MCP, headers: FORGED.envoy }),
  no(NOBODY, CRM, 'a header proves no identity', { ...MCP, headers: { ...FORGED.linkerd, ...FORGED.envoy } }),
  no('voice/intruder', CRM, 'another host is no other policy', { ...MCP, headers: { host: 'summarizer.voice' } }),
  no(AGENT, CRM, 'a header is not the path', { path: '/admin', method: 'POST', headers: { 'x-envoy-original-path': '/mcp' } }),
  no(AGENT, CRM, 'a header is not the path', { path: '/admin', method: 'POST', headers: { 'x-original-url': '/mcp', 'x-rewrite-url': '/mcp' } }),
  no(AGENT, CRM, 'a header is not the method', { path: '/mcp', method: 'PUT', headers: { 'x-http-method-override': 'POST' } }),
  yes(AGENT, CRM, 'a header takes nothing away', { ...MCP, headers: { 'x-envoy-original-path': '/admin', 'x-http-method-override': 'PUT' } }),
  yes(AGENT, CRM, 'a header takes nothing away', { ...MCP, headers: { 'x-canary': 'true', ...FORGED.linkerd } }),
  no(NOBODY, V2, 'the header of the canary opens nothing at the pods', { headers: { 'x-canary': 'true' } }),
  no('voice/idle', V2, 'the header of the canary opens nothing at the pods', { headers: { 'x-canary': 'true', ...FORGED.envoy } }),
];

const versions: Row[] = [
  ...[V1, V2].flatMap((version) => [
    yes(SENDER, version, 'the gateway\'s requests are served by it', { path: '/v1/chat/completions', method: 'POST' }),
    no(SENDER, version, 'the gateway was given one port', { port: 9999 }),
    no(NOBODY, version, 'it proves no identity'),
    no('voice/intruder', version, 'it was granted nothing'),
    no('elsewhere/assistant', version, 'a namesake of the agent is somebody else'),
    no(AGENT, version, 'an agent is not granted to itself'),
    no('voice/crm', version, 'a grant does not run backwards'),
    no('voice/archive', version, 'an agent without a grant of this one'),
    no('ops/auditor', version, 'its grant is of the tools'),
  ]),
  ...[NOBODY, 'voice/intruder', 'voice/foreign-assistant'].flatMap((prober) => {
    const row = { path: '/health', ...(prober === 'voice/foreign-assistant' && { notSent: FOREIGN }) };
    return [
      yes(prober, V1, 'the mesh does not tell the kubelet from others', { ...row, on: ['Linkerd'] }),
      no(prober, V1, 'the kubelet asks another way, and others have no grant', { ...row, on: WITH_POOLS }),
      no(prober, V1, 'a probe is a GET', { ...row, method: 'POST' }),
      no(prober, V1, 'a probe has one path', { ...row, path: '/health/x' }),
      no(prober, V1, 'a probe has one port', { ...row, port: 9999 }),
    ];
  }),
  no(EDGE, V1, 'the edge gateway sends nothing to the pods of a pool itself', { on: WITH_POOLS, notSent: ENVOYS }),
  yes('voice/assistant-v1-epp', V1, 'the picker reads the metrics of its pool', { path: '/metrics', on: WITH_POOLS }),
  no('voice/assistant-v1-epp', V2, 'a picker reads no other pool', { path: '/metrics', on: WITH_POOLS }),
  yes(SENDER, PICKER, 'the gateway asks for pods', { method: 'POST', on: WITH_POOLS }),
  no(SENDER, PICKER, 'metrics of the picker are not the gateway\'s', { port: 9090, on: WITH_POOLS }),
  no(AGENT, PICKER, 'an agent chooses no pods', { method: 'POST', on: WITH_POOLS }),
  no('voice/assistant-v2-epp', PICKER, 'a picker asks no other', { method: 'POST', on: WITH_POOLS }),
  no(NOBODY, PICKER, 'it proves no identity', { method: 'POST', on: WITH_POOLS }),
];

const agents: Row[] = [
  yes('voice/archive', SUMMARIZER, 'the team\'s own agent was granted this one'),
  yes('voice/archive', SUMMARIZER, 'a grant of an agent is of every path and method', { path: '/any/thing?x=1', method: 'PUT' }),
  no('voice/archive', SUMMARIZER, 'the pods\' port is not the Service\'s', { port: 8000 }),
  no('elsewhere/archive', SUMMARIZER, 'a namesake of the granted agent is somebody else'),
  no(NOBODY, SUMMARIZER, 'it proves no identity'),
  no('voice/intruder', SUMMARIZER, 'it was granted nothing', { headers: FORGED.linkerd }),
  no(AGENT, SUMMARIZER, 'grants are not passed on: the agent may call who may call this one'),
  no('voice/idle', SUMMARIZER, 'an agent that was granted nothing'),
  no('voice/summarizer', SUMMARIZER, 'nobody was granted to call itself'),
  no(EDGE, SUMMARIZER, 'no route leads to it', { notSent: ENVOYS }),
  yes(AGENT, ARCHIVE, 'the team\'s own agent is called by its own Service'),
  no(AGENT, ARCHIVE, 'the team\'s Service has no such port', { port: 80 }),
  no('voice/summarizer', ARCHIVE, 'a grant does not run backwards'),
  no('voice/idle', ARCHIVE, 'an agent that was granted nothing'),
  no(NOBODY, ARCHIVE, 'it proves no identity'),
  no('elsewhere/intruder', ARCHIVE, 'it was granted nothing'),
  ...[AGENT, 'voice/archive', 'voice/crm', 'ops/auditor', NOBODY].map((caller) => no(caller, IDLE, 'nobody was granted it')),
];

const SCRAPER = 'monitoring/prometheus';
const OTHERS = [NOBODY, 'voice/intruder', 'elsewhere/prometheus', 'monitoring/foreign-prometheus', AGENT];

/** At the port of the proxies of Linkerd. */
const proxies: Row[] = [V1, ARCHIVE, IDLE, CRM].flatMap((callee) => {
  const at = { port: 4191, atPods: true, on: ['Linkerd'] as const };
  return [
    yes(SCRAPER, callee, 'it reads the metrics of proxies', { ...at, path: '/metrics' }),
    ...['/', '/metrics/', '/env.json', '/proxy-log-level', '/mcp'].map((path) => no(SCRAPER, callee, 'it reads metrics and nothing else', { ...at, path })),
    no(SCRAPER, callee, 'metrics are read by GET', { ...at, path: '/metrics', method: 'POST' }),
    no(SCRAPER, callee, 'nobody ends a proxy', { ...at, path: '/shutdown', method: 'POST' }),
    ...OTHERS.map((other) => no(other, callee, 'metrics are for the scraper', { ...at, path: '/metrics' })),
    ...[SCRAPER, ...OTHERS].flatMap((other) => ['/live', '/ready'].map((path) => yes(other, callee, 'the mesh does not tell the kubelet from others', { ...at, path }))),
    no(NOBODY, callee, 'a probe is a GET', { ...at, path: '/ready', method: 'POST' }),
  ];
});

const scraped: Row[] = [
  ...[V1, V2, CRM, SUMMARIZER, ARCHIVE, IDLE].map((callee) => no(SCRAPER, callee, 'metrics of proxies and pickers are not its own', { path: '/metrics' })),
  yes(SCRAPER, PICKER, 'it reads the metrics of pickers', { port: 9090, path: '/metrics', on: WITH_POOLS }),
  no(SCRAPER, PICKER, 'it asks for no pods', { method: 'POST', on: WITH_POOLS }),
  no(SCRAPER, PICKER, 'it was given one port', { port: 9003, on: WITH_POOLS }),
  ...[...OTHERS, 'voice/assistant-v1-epp', 'voice/assistant-v2-epp'].map((other) => no(other, PICKER, 'metrics are for the scraper', { port: 9090, path: '/metrics', on: WITH_POOLS })),
].map((row) => ([SCRAPER, 'monitoring/foreign-prometheus'].includes(row.caller) ? { ...row, notSent: 'nobody scrapes there' } : row));

export const TABLE: readonly Row[] = [...tools, ...forged, ...versions, ...agents, ...scraped, ...proxies];

export function rowsOf(provider: ProviderName): Row[] {
  return TABLE.filter(({ on }) => !on || on.includes(provider));
}

/** The call of a row, as the model decides it and as it goes over the wire. */
export function callOfRow(program: Program, row: Row): ReturnType<typeof callOf> {
  const callee = workloadOf(program, row.callee);
  const name = callerOf(program, row, callee);
  const from = program.world.pods.find((pod) => `${pod.namespace}/${pod.name}` === name);
  if (!from) throw new Error(`no pod ${name}`);
  const { port, path, method, headers, atPods } = row;
  return callOf(program, from, callee, { port, path, method, headers, atPods });
}

/** The pod that calls, as "namespace/name"; those of gateways are named as the ServiceAccount that they prove to be. */
function callerOf({ model, gateways }: Program, { caller }: Row, callee: WorkloadNode): string {
  if (caller !== SENDER && caller !== EDGE) return caller;
  const pool = model.pools.find(({ servers, picker }) => servers === callee || picker.workload === callee);
  const { namespace, serviceAccount } = caller === SENDER && pool ? gateways.serving(pool) : gateways.routing(model.gateways[0]);
  return `${namespace}/${serviceAccount}`;
}

/** As the rows are named in reports. */
export function titleOf({ caller, callee, port, method, path, headers, allowed, why }: Row): string {
  const at = port === undefined ? '' : `, port ${port}`;
  const sent = headers ? ` with ${Object.keys(headers).join(', ')}` : '';
  return `${caller} ${allowed ? 'may' : 'may not'} ask ${callee}${at} for ${method} ${path}${sent}: ${why}`;
}
