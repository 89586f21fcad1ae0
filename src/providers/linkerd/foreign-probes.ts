import { COUNTED_PROBES } from './probes';
import { MeshModel } from '../../model/mesh';
import { CheckResult } from '../../model/problem';
import { calledPorts, WorkloadNode } from '../../model/workload';
import { PodTemplate, podTemplateOf } from '../foreign/pod-template';
import { entriesOf, ForeignObjects, TreeObject } from '../foreign/tree-object';

/** Pods of the team whose requests are limited, and which are probed by HTTP without the program saying so. */
export function countedProbes({ workloads }: MeshModel, foreign: ForeignObjects): CheckResult[] {
  return workloads.filter(({ rateLimit, deployment, healthPath }) => rateLimit && !deployment && healthPath === undefined).flatMap((workload) =>
    foreign.in(workload.namespace).flatMap((object) => counted(workload, object)));
}

function counted(workload: WorkloadNode, object: TreeObject): CheckResult[] {
  const template = podTemplateOf(object);
  if (!template || !isOf(workload, template)) return [];
  const [called] = calledPorts(workload);
  const probes = probesByHttp(template).filter(({ port }) => port === called);
  return probes.length === 0 ? [] : [{
    path: object.path,
    what: `the pods of ${object.title} are probed by HTTP at a port whose requests are limited: ${COUNTED_PROBES}`,
    got: probes,
    allowed: `probes by a TCP connection, or at another port than ${called}`,
    next: `probe them another way, or drop the \`rateLimit\` of ${workload.title}`,
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
