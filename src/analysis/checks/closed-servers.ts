import { MeshModel } from '../../model/mesh';
import { recordOf } from '../../model/picker/config';
import { PoolNode } from '../../model/pool';
import { grantedPorts } from '../../model/port-rules';
import { matchesIdentity } from '../../model/principal';
import { CheckResult } from '../../model/problem';
import { serviceNames } from '../../model/service';
import { WorkloadNode } from '../../model/workload';

/** A server that a picker calls: to render prompts to tokens, to read an index of KV caches, or to send traces. */
interface Called {
  readonly purpose: string;
  readonly url: string;
  readonly host: string;
  readonly port: number;
}

/** Reports servers that the picker of a pool cannot call: workloads of the mesh without a grant, and hosts that the mesh does not show it. */
export function closedServers(model: MeshModel): CheckResult[] {
  return model.pools.flatMap((pool) => calledBy(pool).flatMap((called) => {
    const found = model.workloads.filter((workload) => isAt(workload, called, pool.namespace));
    return found.length > 0 ? found.flatMap((workload) => withoutGrant(model, pool, called, workload)) : hidden(model, pool, called);
  }));
}

function withoutGrant(model: MeshModel, pool: PoolNode, { purpose, url, port }: Called, workload: WorkloadNode): CheckResult[] {
  const { picker: { workload: { title, namespace, serviceAccount } }, origin: { path } } = pool;
  const ports = [workload.service!.port, ...grantedPorts(workload).map((grant) => grant.port)];
  if (!ports.includes(port)) {
    return [{ path, message: `${title} calls ${workload.title} ${purpose}, at a port that its Service does not have`, actual: url, expected: ports.join(', '), fix: 'correct the port of the URL' }];
  }
  if (mayCall(model, pool, workload, port)) return [];
  return [{
    path, message: `${title} calls ${workload.title} ${purpose}, and has no grant for it`, actual: url, expected: `a grant for the identity ${namespace}/${serviceAccount}`,
    fix: `grant calls of ${workload.title} to Identity.of with this namespace and ServiceAccount`,
  }];
}

/** On a mesh where pods see only what they were granted, a picker cannot call other hosts. */
function hidden({ facts }: MeshModel, { origin, namespace, picker: { workload } }: PoolNode, { purpose, url }: Called): CheckResult[] {
  if (!facts.showsOnlyGranted || facts.auditOnlyNamespaces.includes(namespace)) return [];
  return [{
    path: origin.path, message: `${workload.title} calls a host ${purpose} that its sidecar does not show, because no workload of the mesh has this Service`, actual: url,
    expected: 'the Service of a workload of the mesh', fix: 'describe the pods of the host as a Backend or an Agent, and grant the call to the identity of the picker',
  }];
}

function calledBy({ picker: { deployment } }: PoolNode): Called[] {
  const { plugins = [] } = deployment?.config.settings ?? {};
  const rendered = plugins.flatMap(({ parameters }) => addressOf('to render prompts to tokens', recordOf(parameters?.vllm)?.url, 80));
  const indexed = plugins.flatMap(({ parameters }) => {
    const { redisConfig } = recordOf(recordOf(parameters?.indexerConfig)?.kvBlockIndexConfig) ?? {};
    return addressOf('to read its index of KV caches', recordOf(redisConfig)?.address, 6379);
  });
  return [...rendered, ...indexed, ...addressOf('to send traces', deployment?.settings.tracing?.endpoint, 4317)];
}

function addressOf(purpose: string, url: unknown, usual: number): Called[] {
  if (typeof url !== 'string') return [];
  const [, host, port] = /^(?:[a-z]+:\/\/)?(?:[^@/]*@)?([^/:@]+)(?::(\d+))?/.exec(url) ?? [];
  return host === undefined ? [] : [{ purpose, url, host, port: port === undefined ? usual : Number(port) }];
}

/** Returns whether a host is the Service of a workload. */
function isAt({ service }: WorkloadNode, { host }: Called, from: string): boolean {
  if (!service) return false;
  const [short, ...names] = serviceNames(service);
  return names.includes(host) || (host === short && service.namespace === from);
}

function mayCall(model: MeshModel, { picker }: PoolNode, workload: WorkloadNode, port: number): boolean {
  const caller = model.principal(picker.workload.namespace, picker.workload.serviceAccount);
  const atMain = workload.service?.port === port ? workload.callers.all : [];
  const granted = [...atMain, ...grantedPorts(workload).filter((grant) => grant.port === port).flatMap(({ callers }) => callers.all)];
  return granted.some(({ principal }) => matchesIdentity(principal, caller));
}
