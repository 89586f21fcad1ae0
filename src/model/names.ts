import { InputProblem } from './problem';

const LABEL = /^[a-z]([-a-z0-9]*[a-z0-9])?$/;
const VERSION = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;
const LABEL_VALUE = /^([A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?)?$/;
const LABEL_KEY_NAME = /^[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?$/;
const SUBDOMAIN = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
const LABEL_LENGTH = 63;
const SUBDOMAIN_LENGTH = 253;
/** The fewest that a selector takes (Gateway API Inference Extension v1.6, InferencePool). */
const MOST_LABELS = 64;

/** Names of objects that become Service names or label values: a DNS label that starts with a letter (RFC 1035). */
export function nameProblem(what: string, name: string, appended = ''): InputProblem | undefined {
  const most = LABEL_LENGTH - appended.length;
  if (name.length > most) {
    return {
      what: `${what} is too long`,
      got: name,
      allowed: appended === '' ? `at most ${most} characters` : `at most ${most} characters, because "${appended}" is appended and ${LABEL_LENGTH} is the limit`,
      next: 'choose a shorter name or id',
    };
  }
  if (LABEL.test(name)) return undefined;
  return {
    what: `${what} is not a name that Kubernetes takes`,
    got: name,
    allowed: 'lower case letters, digits and "-", a letter first, a letter or digit last',
    next: 'choose another name or id',
  };
}

/** A version is a part of names, and the value of a label. */
export function versionProblem(version: string): InputProblem | undefined {
  return VERSION.test(version) ? undefined : {
    what: 'the version is not one that names and labels take', got: version, allowed: 'lower case letters, digits and "-", a letter or digit first and last', next: 'rename it',
  };
}

/** Most names of objects (RFC 1123, subdomain). */
export function isSubdomain(name: string): boolean {
  return name.length <= SUBDOMAIN_LENGTH && SUBDOMAIN.test(name);
}

/** A name of one host, which is no address (RFC 1123, RFC 1035). */
export function isHostname(name: string): boolean {
  return isSubdomain(name) && !/^[0-9.]+$/.test(name) && name.split('.').every((label) => label.length <= LABEL_LENGTH);
}

export function trustDomainProblem(what: string, domain: string): InputProblem | undefined {
  return isHostname(domain) ? undefined : { what: `${what} is not one that SPIFFE takes`, got: domain, allowed: 'a DNS name such as "cluster.local"', next: 'correct it' };
}

/** A host name of a gateway: RFC 1123, or one wildcard label in front. */
export function hostnameProblem(hostname: string): InputProblem | undefined {
  if (hostname.length <= SUBDOMAIN_LENGTH && isHostname(hostname.replace(/^\*\./, ''))) return undefined;
  return {
    what: 'a hostname is not one that a Gateway takes',
    got: hostname,
    allowed: 'lower case DNS names, or "*." before one; no port, no scheme, no address',
    next: 'write it as in "voice.example.com"',
  };
}

/** Labels by which pods are found; an empty set would find every pod of the namespace. */
export function selectorProblem(labels: Readonly<Record<string, string>>): InputProblem | undefined {
  if (Object.keys(labels).length === 0) {
    return { what: 'the selector is empty and would take every pod of the namespace', got: labels, allowed: 'one label or more', next: 'name the labels of the pods' };
  }
  const count = Object.keys(labels).length;
  if (count > MOST_LABELS) return { what: 'there are more labels than every kind takes', got: count, allowed: `at most ${MOST_LABELS}`, next: 'drop some' };
  if (Object.hasOwn(labels, 'constructor')) {
    return {
      what: 'cdk8s cannot write a label of this name, which every JavaScript object has as a property', got: 'constructor', allowed: 'any other key',
      next: 'rename the label, or give it a prefix, as in "example.com/constructor"',
    };
  }
  const bad = Object.keys(labels).find((key) => !validKey(key) || labels[key].length > LABEL_LENGTH || !LABEL_VALUE.test(labels[key]));
  return bad === undefined ? undefined : {
    what: 'a label is not one that Kubernetes takes', got: { [bad]: labels[bad] },
    allowed: 'keys as in "app" or "example.com/app", values of at most 63 letters, digits, "-", "_" and "."', next: 'correct the label',
  };
}

function validKey(key: string): boolean {
  const slash = key.lastIndexOf('/');
  const name = key.slice(slash + 1);
  const prefix = key.slice(0, Math.max(slash, 0));
  return name.length <= LABEL_LENGTH && LABEL_KEY_NAME.test(name) && (slash < 0 || isSubdomain(prefix));
}

/** Labels that decide where a pod is in the mesh, and whose proxy it is. */
export function isMeshLabel(key: string): boolean {
  return key.includes('/') && /(^|\.)(istio\.io|linkerd\.io|gateway\.networking\.k8s\.io)\//.test(key);
}

/** A ServiceAccount that every pod without one of its own has: a grant to it would be a grant to all of them. */
export function sharedAccountProblem(title: string, namespace: string, serviceAccount: string): InputProblem | undefined {
  return serviceAccount !== 'default' ? undefined : {
    what: `${title} has the ServiceAccount "default", which is no identity: every pod of the namespace that names none has it`,
    got: `${namespace}/${serviceAccount}`, allowed: 'a ServiceAccount of its own', next: 'give it another name, or a ServiceAccount of its own',
  };
}

export function serviceAccountProblem(serviceAccount: string): InputProblem | undefined {
  return isSubdomain(serviceAccount) ? undefined : {
    what: 'the ServiceAccount is not a name that Kubernetes takes', got: serviceAccount, allowed: 'lower case letters, digits, "-" and "."', next: 'correct the name',
  };
}

/**
 * A path that no proxy reads otherwise than it is written (Gateway API v1.6, HTTPPathMatch). Envoy decodes what needs no escape before it
 * compares (RFC 3986, unreserved characters), so that an escape of it would match nothing.
 */
export function isPath(path: string): boolean {
  return path.length <= 1024 && /^\/([A-Za-z0-9._~!$&'()*+,;=:@/-]|%[0-9A-Fa-f]{2})*$/.test(path) && !/\/\/|\/\.{1,2}(\/|$)|%2f/i.test(path)
    && unescaped(path) === path;
}

/** What to do about a path that is none: what it means, where that is a path. */
export function pathFix(path: string, otherwise: string): string {
  const meant = unescaped(path);
  return meant !== path && isPath(meant) ? `write it as "${meant}"` : otherwise;
}

function unescaped(path: string): string {
  return path.replace(/%([0-9A-Fa-f]{2})/g, (escape, hex: string) => {
    const character = String.fromCharCode(parseInt(hex, 16));
    return /[A-Za-z0-9._~-]/.test(character) ? character : escape;
  });
}

/** A number that a TCP port can have. */
export function isPort(port: number): boolean {
  return Number.isInteger(port) && port >= 1 && port <= 65535;
}
