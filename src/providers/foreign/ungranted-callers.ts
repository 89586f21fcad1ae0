import { accountOf, PodTemplate, podTemplatesOf } from './pod-template';
import { entriesOf, listOf, TreeObject } from './tree-object';
import { inferenceEntries } from '../../model/inference-entry';
import { MeshModel } from '../../model/mesh';
import { grantedPorts } from '../../model/port-rules';
import { matchesIdentity, Principal } from '../../model/principal';
import { CheckResult } from '../../model/problem';

/**
 * Reports pods of the app that have the address of a callee in an audit-only namespace and no grant: they call today, and are denied once
 * the namespace enforces. Proxies report all other callers.
 */
export function ungrantedCallers(model: MeshModel, objects: readonly TreeObject[]): CheckResult[] {
  const callees = new Map(addressesOf(model).filter(({ namespace }) => model.isAuditOnly(namespace)).map((one) => [`${one.name}.${one.namespace}`, one]));
  if (callees.size === 0) return [];
  return objects.flatMap((object) => podTemplatesOf(object).flatMap((template) => {
    const caller = model.principal(object.namespace, accountOf(template));
    const named = textsOf(template).flatMap(({ place, text }) => addressesIn(text, object.namespace).flatMap((address) => {
      const callee = callees.get(address);
      return callee && !callee.granted.some(({ principals }) => principals.some((one) => matchesIdentity(one, caller))) ? [{ callee, found: `${address} in ${place}` }] : [];
    }));
    return [...new Set(named.map(({ callee }) => callee))].map((callee) =>
      deniedOnce(object, caller, callee, [...new Set(named.filter((one) => one.callee === callee).map(({ found }) => found))]));
  }));
}

function deniedOnce(object: TreeObject, { namespace, serviceAccount }: Principal, callee: Address, found: readonly string[]): CheckResult {
  return {
    path: object.path,
    message: `the pods of ${object.title} have the address of ${callee.title} but no grant, so their calls are denied once namespace ${callee.namespace} enforces`,
    actual: found,
    expected: `a grant for identity ${namespace}/${serviceAccount}`,
    fix: 'enroll the pods and grant the call, or remove the address',
  };
}

/** A Service that callers with a grant use. */
interface Address {
  readonly title: string;
  readonly name: string;
  readonly namespace: string;
  readonly granted: readonly { readonly principals: readonly Principal[] }[];
}

function addressesOf(model: MeshModel): Address[] {
  return [
    ...model.workloads.flatMap((workload) => {
      const { title, namespace, service, callers } = workload;
      return service ? [{ title, namespace, name: service.name, granted: [callers, ...grantedPorts(workload).map((port) => port.callers)] }] : [];
    }),
    ...inferenceEntries(model).filter(({ isEmitted }) => isEmitted).map(({ entry, title, callers }) => ({ ...entry, title, granted: [callers] })),
  ];
}

interface Text { readonly place: string; readonly text: string }

/** Returns the texts of containers that may have an address: variables, commands and arguments. */
function textsOf({ spec }: PodTemplate): Text[] {
  const containers = ['initContainers', 'containers'].flatMap((key) => entriesOf<Container>(spec[key]));
  return containers.flatMap((container) => [
    ...entriesOf<Variable>(container.env).map(({ name, value }) => ({ place: `environment variable ${String(name)}`, text: value })),
    ...['command', 'args'].flatMap((place) => listOf(container[place]).map((text) => ({ place: `\`${place}\``, text }))),
  ]).flatMap(({ place, text }) => (typeof text === 'string' ? [{ place, text }] : []));
}

interface Container { readonly [field: string]: unknown }

interface Variable { readonly name?: unknown; readonly value?: unknown }

/** Names of hosts in a text. A name without dots counts only in a URL or before a port, because it may be any word. */
const HOST = /(?<![\w.-])[a-z0-9-]+(?:\.[a-z0-9-]+)*(?![\w-])/g;

/** Returns the Services that a text names, as "name.namespace", seen from the namespace of its pods. */
function addressesIn(text: string, home: string): string[] {
  return [...text.matchAll(HOST)].flatMap(({ 0: host, index }) => {
    const [name, namespace, svc] = host.split('.');
    if (namespace !== undefined) return svc === undefined || svc === 'svc' ? [`${name}.${namespace}`] : [];
    const isHost = /(\/\/|@)$/.test(text.slice(0, index)) || /^:\d/.test(text.slice(index + host.length));
    return isHost ? [`${name}.${home}`] : [];
  });
}
