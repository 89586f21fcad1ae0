import { COUNTED_PROBES } from './probes';
import { MeshModel } from '../../model/mesh';
import { CheckResult } from '../../model/problem';
import { calledPorts, WorkloadNode } from '../../model/workload';
import { PodTemplate, podTemplatesOf } from '../foreign/pod-template';
import { entriesOf, ForeignObjects, TreeObject } from '../foreign/tree-object';

/** Reports existing pods with a rate limit that are probed by HTTP without a declared `healthPath`. */
export function countedProbes({ workloads }: MeshModel, foreign: ForeignObjects): CheckResult[] {
  return workloads.filter(({ rateLimit, deployment, healthPath }) => rateLimit && !deployment && healthPath === undefined).flatMap((workload) =>
    foreign.in(workload.namespace).flatMap((object) => counted(workload, object)));
}

function counted(workload: WorkloadNode, object: TreeObject): CheckResult[] {
  const [called] = calledPorts(workload);
  const templates = podTemplatesOf(object).filter((template) => isOf(workload, template));
  const probes = templates.flatMap(probesByHttp).filter(({ port }) => port === called);
  return probes.length === 0 ? [] : [{
    path: object.path,
    message: `the kubelet probes the pods of ${object.title} over HTTP at a port with a rate limit, and ${COUNTED_PROBES}`,
    actual: probes,
    expected: `TCP probes, or probes at a port other than ${called}`,
    fix: `change the probes, or remove the \`rateLimit\` of ${workload.title}`,
  }];
}

function isOf({ labels: selector }: WorkloadNode, { metadata: { labels = {} } }: PodTemplate): boolean {
  return Object.entries(selector).every(([key, value]) => labels[key] === value);
}

interface Container {
  readonly ports?: unknown;
  readonly [probe: string]: unknown;
}

interface Port { readonly name?: unknown; readonly containerPort?: unknown }

interface Probe { readonly httpGet?: { readonly path?: unknown; readonly port?: unknown } }

function probesByHttp({ spec }: PodTemplate): { readonly path: unknown; readonly port: unknown }[] {
  return entriesOf<Container>(spec.containers).flatMap((container) => ['livenessProbe', 'readinessProbe', 'startupProbe'].flatMap((kind) => {
    const { httpGet } = (container[kind] ?? {}) as Probe;
    if (!httpGet) return [];
    const named = entriesOf<Port>(container.ports).find(({ name }) => name === httpGet.port)?.containerPort;
    return [{ path: httpGet.path ?? '/', port: named ?? httpGet.port }];
  }));
}
