import { Call, Decision } from './call';
import { MeshModel } from '../model/mesh';
import { MeshLimitations, Probers } from '../model/mesh-limitations';
import { includes } from '../model/networks';
import { healthPaths, WorkloadNode } from '../model/workload';

/** Decides calls to the admin port of the mesh proxy. Returns undefined for calls to the workload itself. */
export function decideAtProxy(
  { scraper }: MeshModel, { caller, callee, port, method, path }: Call, { proxyPort }: MeshLimitations,
): Decision | undefined {
  const proxy = proxyPort?.(scraper !== undefined);
  if (port !== proxy?.port || callee.service?.port === port) return undefined;
  const what = `the proxy of ${callee.title}`;
  const [asked] = path.split('?');
  if (method === 'GET' && proxy.healthPaths.includes(asked)) return open(`${method} ${asked} of ${what}`, proxy.probers);
  const isMetrics = method === 'GET' && asked === proxy.metricsPath;
  if (isMetrics && scraper && caller?.identity === scraper.principal.identity) return { allowed: true, reason: `${scraper.title} scrapes the metrics of ${what}` };
  const who = scraper ? `${scraper.title} only` : 'nobody, because `metrics` of the mesh is not set';
  return { allowed: false, reason: `GET ${proxy.metricsPath} of ${what} is allowed for ${who}; other requests to port ${port} are denied` };
}

/** Decides calls to a port of the mesh proxy to which no policy applies. Returns undefined for all other ports. */
export function decideUncaptured({ callee, port }: Call, { uncapturedPorts }: MeshLimitations): Decision | undefined {
  if (!uncapturedPorts?.(callee.namespace).includes(port) || callee.service?.port === port) return undefined;
  return { allowed: true, reason: `port ${port} of the proxy of ${callee.title} is open without an identity to anyone who can reach the pods` };
}

/** Decides calls to a port that is excluded from the mesh. Returns undefined for all other ports. */
export function decideMedia({ callee, port }: Call): Decision | undefined {
  const media = callee.mediaPorts.find((one) => one.port === port);
  if (!media || callee.ports.includes(port) || callee.service?.port === port) return undefined;
  return { allowed: true, reason: `${media.protocol} port ${port} of ${callee.title} is excluded from the mesh: anyone who can reach the pods may call it` };
}

/**
 * Decides calls to a port for callers without an identity. Without a source address the port counts as open, because callers from its
 * networks may use it. Returns undefined for all other ports.
 */
export function decideUnauthenticated({ callee, port, sourceAddress }: Call): Decision | undefined {
  const found = callee.unauthenticatedPorts?.find((one) => one.port === port);
  if (!found || callee.service?.port === port) return undefined;
  const what = `port ${port} of ${callee.title}`;
  const { networks } = found;
  if (!networks) return { allowed: true, reason: `${what} is open without an identity to anyone who can reach the pods` };
  const who = `callers from ${networks.join(', ')}`;
  if (sourceAddress === undefined || networks.some((network) => includes(network, sourceAddress))) return { allowed: true, reason: `${what} is open without an identity to ${who}` };
  return { allowed: false, reason: `${what} is open only to ${who}, not from ${sourceAddress}` };
}

/** Decides health probes of a workload, which need no grant. Returns undefined if grants decide. */
export function decideProbe({ caller, callee, port, method, path }: Call, { probers }: MeshLimitations): Decision | undefined {
  const [asked] = path.split('?');
  if (method !== 'GET' || !healthPaths(callee).includes(asked) || port !== probedPort(callee)) return undefined;
  const asking = probers?.(callee);
  if (asking?.at !== 'workload') return undefined;
  // A caller outside the probe networks needs a grant.
  return asking.networks && caller ? undefined : open(`GET ${asked} of ${callee.title}`, asking);
}

/** Returns the decision for a probe. `decide` decides about calls from pods, which are in no kubelet network. */
function open(what: string, { who, networks }: Probers): Decision {
  return networks ? { allowed: false, reason: `${what} is allowed without a grant only from the networks ${networks.join(', ')}` } : { allowed: true, reason: `${what} needs no grant, and is open to ${who}` };
}

/** Returns the port through which callers reach the probed port: the first pod port, or the Service port that targets it. */
function probedPort({ service, ports: [first] }: WorkloadNode): number | undefined {
  if (!service) return first;
  return service.targetPort === first ? service.port : undefined;
}
