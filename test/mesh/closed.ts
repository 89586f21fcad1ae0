import { Cluster } from './cluster';
import { admits, Pod } from './network-policy';
import { Check, Story } from './report';
import { send, shakesHands } from './request';

const HBONE = 15008;
const INNER_SERVICE = 'voice-gw-inner-istio.voice';
const INNER_PODS = { 'gateway.networking.k8s.io/gateway-name': 'voice-gw-inner' };

/** Who has no grant has no path: by Service, by pod address, around the waypoint. */
export function closedChecks(story: Story): Check[] {
  const { cluster } = story;
  const callers: Record<string, string | undefined> = {
    'somebody outside the mesh': undefined,
    'an intruder among the agents': cluster.pod('voice/intruder').address,
    'an intruder elsewhere in the mesh': cluster.pod('elsewhere/intruder').address,
    'an intruder outside the mesh': cluster.pod('outside/intruder').address,
    'the tool server': cluster.pod('voice/crm-0').address,
    'the agent': cluster.pod('voice/assistant-v1-0').address,
  };
  const targets: Record<string, string> = {
    'the tools by Service': 'http://crm.voice/mcp',
    'the tools by Service, any path': 'http://crm.voice/',
    'the tools by pod': `http://${cluster.pod('voice/crm-0').address}:8080/mcp`,
    'an agent of v1 by pod': `http://${cluster.pod('voice/assistant-v1-1').address}:8000/`,
    'an agent of v2 by pod': `http://${cluster.pod('voice/assistant-v2-1').address}:8000/`,
    'a picker by Service': 'http://assistant-v1-epp.voice:9002/',
    'a picker by pod': `http://${cluster.pod('voice/assistant-v1-epp-0').address}:9002/`,
    ...innerTargets(story),
  };
  const granted = new Set(['the agent to the tools by Service']);
  return Object.entries(callers).map(([who, address]): Check => ({
    name: `${who} reaches nothing`,
    run: async () => {
      const seen: string[] = [];
      for (const [what, url] of Object.entries(targets)) {
        if (granted.has(`${who} to ${what}`)) continue;
        const forbidden = forbiddenByNetworkPolicy(story, address, url);
        if (await shakes(url, address)) throw new Error(`${what}: its certificate was seen`);
        const answer = await send({ url, as: address, headers: what.startsWith('the inner') ? { host: 'voice.example.com' } : {}, timeoutMs: 4000 });
        // An echo server answers 200, and a gateway that lets in answers 404 or 5xx for what it cannot serve: only a refusal counts.
        const refused = forbidden || answer.status === undefined || answer.status === 403 || (answer.status === 503 && !what.startsWith('the inner'));
        if (!refused) throw new Error(`${what}: status ${answer.status}`);
        seen.push(forbidden ? 'network' : String(answer.status ?? 'reset'));
      }
      return `${seen.length} ways refused (${[...new Set(seen)].join(', ')})`;
    },
  }));
}

/** A picker speaks TLS, so plain HTTP would show nothing: a caller that sees its certificate has reached it. */
function shakes(url: string, from: string | undefined): Promise<boolean> {
  const { hostname, port } = new URL(url);
  return port === '9002' ? shakesHands(hostname, Number(port), from) : Promise.resolve(false);
}

/** Every port of the inner gateway in front of the pools, by Service and by pod. */
function innerTargets({ cluster }: Story): Record<string, string> {
  const [pod] = cluster.podsOf('voice', INNER_PODS);
  return Object.fromEntries((process.env.INNER_PORTS ?? '').split(',').flatMap((port) => [
    [`the inner gateway by Service, port ${port}`, `http://${INNER_SERVICE}:${port}/`],
    [`the inner gateway by pod, port ${port}`, `http://${pod.address}:${port}/`],
  ]));
}

function forbiddenByNetworkPolicy({ cluster }: Story, from: string | undefined, url: string): boolean {
  const { hostname, port } = new URL(url);
  const byService = hostname === INNER_SERVICE;
  const to = byService ? cluster.podsOf('voice', INNER_PODS)[0] : cluster.at(hostname);
  return to !== undefined && isForbidden(cluster, { from, to, byService, port: Number(port) });
}

/** A connection from an address to a pod, by a Service or to the address of the pod. */
export interface Connection {
  readonly from: string | undefined;
  readonly to: Pod;
  readonly byService: boolean;
  /** Port of the pod. */
  readonly port: number;
}

/**
 * No network plugin runs here, so what the emitted NetworkPolicies forbid counts as refused. They see what is on the
 * wire: HBONE where a captured pod calls a Service of captured pods, plain text on the pods' port otherwise.
 */
export function isForbidden(cluster: Cluster, { from, to, byService, port }: Connection): boolean {
  const caller = cluster.at(from);
  const wirePort = byService && caller?.namespaceLabels['istio.io/dataplane-mode'] === 'ambient' ? HBONE : port;
  return !admits(cluster.networkPolicies, to, wirePort, { address: from ?? '192.0.2.1', pod: caller });
}
