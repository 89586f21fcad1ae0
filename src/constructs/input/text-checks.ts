import { keyFault, TextFault, textFault } from './text-faults';
import { InputProblem } from '../../model/problem';
import { WorkloadDescription } from '../../values/workload';

/** A text that YAML parsers would change or reject, with the place where it is set, such as "`args[1]`" or "a key of `podLabels`". */
interface FaultyText extends TextFault {
  readonly place: string;
  readonly text: string;
}

/** Props whose texts may have several lines. */
const LINES = /^(env\.|args\[|command\[|(.*\.)?jwks$)/;

/** Returns the problems of the texts in plain data, keys included. Constructs and other class instances check their own texts. */
export function textProblems(stated: object, of = ''): InputProblem[] {
  return Object.entries(stated).flatMap(([prop, value]) => within(prop, value))
    .map(({ place, text, message, expected, fix }) => ({ message: `${place}${of} ${message}`, actual: text, expected: expected, fix: fix }));
}

function within(prop: string, value: unknown): FaultyText[] {
  if (typeof value === 'string') {
    const fault = textFault(value, LINES.test(prop));
    return fault ? [{ place: `\`${prop}\``, text: value, ...fault }] : [];
  }
  if (!isPlain(value)) return [];
  if (Array.isArray(value)) return value.flatMap((item, index) => within(`${prop}[${index}]`, item));
  return Object.entries(value).flatMap(([key, item]) => {
    const fault = keyFault(key);
    return [...fault ? [{ place: `a key of \`${prop}\``, text: key, ...fault }] : [], ...within(`${prop}.${key}`, item)];
  });
}

/** Returns whether a value is an array, or an object without a class. */
function isPlain(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return Array.isArray(value) || prototype === null || Object.getPrototypeOf(prototype) === null;
}

/** Returns the texts of a workload, by the names of its options. */
export function statedTexts(description: Exclude<WorkloadDescription, { kind: 'bound' }>): object {
  const { healthPath, externalAuthorizer, egress } = description;
  const { issuer, audiences, keys } = description.jwt ?? {};
  const common = {
    healthPath, externalAuthorizer, jwt: { issuer, audiences, jwksUri: keys?.uri, jwks: keys?.inline },
    egress: { hosts: egress?.hosts.map(({ hostname }) => hostname), namespaces: egress?.namespaces, kubernetesApiCidrs: egress?.kubernetesNetworks },
  };
  if (description.kind === 'deploy') {
    const { modelServer: _, ...facts } = description.facts;
    const { model, servedModelNames, loraAdapters, acceleratorResource } = description.vllm ?? {};
    return { ...common, ...facts, model, servedModelNames, loraAdapters, acceleratorResource };
  }
  const { labels, serviceAccount, namespace, service } = description;
  return { ...common, labels, serviceAccount, namespace, service };
}
