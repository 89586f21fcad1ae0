import { Call, Decision } from './call';
import { MeshModel } from '../model/mesh';
import { MeshLimitations, Probers } from '../model/mesh-limitations';
import { WorkloadNode } from '../model/workload';

/** What holds at the port of the mesh's own proxy beside the pods; none for a call of the workload itself. */
export function decideAtProxy(
  { scraper }: MeshModel, { caller, callee, port, method, path }: Call, { proxyPort }: MeshLimitations,
): Decision | undefined {
  const proxy = proxyPort?.(scraper !== undefined);
  if (port !== proxy?.port || callee.service?.port === port) return undefined;
  const what = `the proxy of ${callee.title}`;
  const [asked] = path.split('?');
  if (method === 'GET' && proxy.healthPaths.includes(asked)) return open(`${method} ${asked} of ${what}`, proxy.probers);
  const isMetrics = method === 'GET' && asked === proxy.metricsPath;
  if (isMetrics && scraper && caller?.identity === scraper.principal.identity) return { allowed: true, reason: `${scraper.title} reads the metrics of ${what}` };
  const who = scraper ? `${scraper.title} alone` : 'nobody, as the mesh states no `metrics`';
  return { allowed: false, reason: `GET ${proxy.metricsPath} of ${what} is for ${who}; other requests at port ${port} are nobody's` };
}

/** What holds for a request of a workload's health, whoever makes it; none where the mesh leaves it to the grants. */
export function decideProbe({ caller, callee, port, method, path }: Call, { probers }: MeshLimitations): Decision | undefined {
  const { title, healthPath } = callee;
  if (healthPath === undefined || method !== 'GET' || path.split('?')[0] !== healthPath || port !== probedPort(callee)) return undefined;
  const asking = probers?.(callee);
  if (asking?.at !== 'workload') return undefined;
  // Beside the networks of the probes a grant of it counts.
  return asking.networks && caller ? undefined : open(`GET ${healthPath} of ${title}`, asking);
}

/** A call is one of a pod, which is in no network of kubelets. */
function open(what: string, { who, networks }: Probers): Decision {
  return networks ? { allowed: false, reason: `${what} is open without a grant from ${networks.join(', ')} alone` } : { allowed: true, reason: `${what} is open to ${who}` };
}

/** Where callers reach the port that the kubelet probes: the first of the pods, or the Service's that leads there. */
function probedPort({ service, ports: [first] }: WorkloadNode): number | undefined {
  if (!service) return first;
  return service.targetPort === first ? service.port : undefined;
}
