import { InputProblem } from './problem';

const LABEL = /^[a-z]([-a-z0-9]*[a-z0-9])?$/;
const VERSION = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;
const LABEL_VALUE = /^([A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?)?$/;
const LABEL_KEY_NAME = /^[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?$/;
const SUBDOMAIN = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
const LABEL_LENGTH = 63;
const SUBDOMAIN_LENGTH = 253;
/** Lowest limit for selector labels among the emitted kinds (Gateway API Inference Extension v1.6, InferencePool). */
const MOST_LABELS = 64;

/** Checks a name that becomes a Service name or label value: a DNS label that starts with a letter (RFC 1035). */
export function nameProblem(what: string, name: string, appended = ''): InputProblem | undefined {
  const most = LABEL_LENGTH - appended.length;
  if (name.length > most) {
    return {
      message: `${what} is too long`,
      actual: name,
      expected: appended === '' ? `at most ${most} characters` : `at most ${most} characters, because "${appended}" is appended and ${LABEL_LENGTH} is the limit`,
      fix: 'choose a shorter name or id',
    };
  }
  if (LABEL.test(name)) return undefined;
  return {
    message: `${what} is not a valid Kubernetes name`,
    actual: name,
    expected: 'lower case letters, digits and "-", starting with a letter and ending with a letter or digit',
    fix: 'choose another name or id',
  };
}

/** Checks a version name, which becomes part of object names and a label value. */
export function versionProblem(version: string): InputProblem | undefined {
  return VERSION.test(version) ? undefined : {
    message: 'the name of the version is not valid as a part of object names and labels', actual: version,
    expected: 'lower case letters, digits and "-", starting and ending with a letter or digit', fix: 'rename the version',
  };
}

/** Returns whether a name is valid for most kinds (RFC 1123, subdomain). */
export function isSubdomain(name: string): boolean {
  return name.length <= SUBDOMAIN_LENGTH && SUBDOMAIN.test(name);
}

/** Returns whether the text is the DNS name of one host and not an IP address (RFC 1123, RFC 1035). */
export function isHostname(name: string): boolean {
  return isSubdomain(name) && !/^[0-9.]+$/.test(name) && name.split('.').every((label) => label.length <= LABEL_LENGTH);
}

export function trustDomainProblem(what: string, domain: string): InputProblem | undefined {
  return isHostname(domain) ? undefined : {
    message: `${what} is not a valid SPIFFE trust domain`, actual: domain, expected: 'a DNS name such as "cluster.local"', fix: 'correct the trust domain',
  };
}

/** Checks a hostname of a gateway: a DNS name (RFC 1123), optionally with one leading wildcard label. */
export function hostnameProblem(hostname: string): InputProblem | undefined {
  if (hostname.length <= SUBDOMAIN_LENGTH && isHostname(hostname.replace(/^\*\./, ''))) return undefined;
  return {
    message: 'a hostname is not valid for a Gateway',
    actual: hostname,
    expected: 'lower case DNS names, optionally with a leading "*."; no port, scheme or IP address',
    fix: 'write a DNS name such as "voice.example.com"',
  };
}

/** Checks labels that select pods. An empty set would select every pod of the namespace. */
export function selectorProblem(labels: Readonly<Record<string, string>>): InputProblem | undefined {
  if (Object.keys(labels).length === 0) {
    return { message: 'the selector is empty and would match every pod of the namespace', actual: labels, expected: 'at least one label', fix: 'set the labels of the pods' };
  }
  const count = Object.keys(labels).length;
  if (count > MOST_LABELS) return { message: 'there are more labels than an object that the library emits can have', actual: count, expected: `at most ${MOST_LABELS}`, fix: 'remove labels' };
  if (Object.hasOwn(labels, 'constructor')) {
    return {
      message: 'cdk8s cannot write a label with this key, which is the name of a property of every JavaScript object', actual: 'constructor', expected: 'any other key',
      fix: 'rename the key, or give it a prefix, such as "example.com/constructor"',
    };
  }
  const bad = Object.keys(labels).find((key) => !isQualifiedName(key) || labels[key].length > LABEL_LENGTH || !LABEL_VALUE.test(labels[key]));
  return bad === undefined ? undefined : {
    message: 'a label is not valid in Kubernetes', actual: { [bad]: labels[bad] },
    expected: 'keys such as "app" or "example.com/app"; values of at most 63 letters, digits, "-", "_" and "."', fix: 'correct the label',
  };
}

/** Maximum number of annotations in the infrastructure of a Gateway (Gateway API v1.6, GatewayInfrastructure). */
export const MOST_INFRASTRUCTURE_ANNOTATIONS = 16;

/** Maximum length of an annotation value in the infrastructure of a Gateway (Gateway API v1.6, AnnotationValue). */
const MOST_ANNOTATION_VALUE = 4096;

/** Checks annotations for the infrastructure of a Gateway. */
export function annotationProblem(annotations: Readonly<Record<string, string>>): InputProblem | undefined {
  const bad = Object.keys(annotations).find((key) => !isQualifiedName(key) || annotations[key].length > MOST_ANNOTATION_VALUE);
  return bad === undefined ? undefined : {
    message: 'an annotation is not valid on a Gateway', actual: { [bad]: annotations[bad] },
    expected: `keys such as "example.com/name"; values of at most ${MOST_ANNOTATION_VALUE} characters`, fix: 'correct the annotation',
  };
}

/**
 * Returns whether a text is a qualified name of Kubernetes, as the keys of labels, taints and extended resources are: a name, optionally
 * with a domain before it, such as "example.com/name".
 */
export function isQualifiedName(key: string): boolean {
  const slash = key.lastIndexOf('/');
  const name = key.slice(slash + 1);
  const prefix = key.slice(0, Math.max(slash, 0));
  return name.length <= LABEL_LENGTH && LABEL_KEY_NAME.test(name) && (slash < 0 || isSubdomain(prefix));
}

/**
 * Returns a problem for the ServiceAccount "default". All pods that set no ServiceAccount share it, so a grant to it is a grant to all of
 * them.
 */
export function sharedAccountProblem(title: string, namespace: string, serviceAccount: string): InputProblem | undefined {
  return serviceAccount !== 'default' ? undefined : {
    message: `${title} uses the ServiceAccount "default", which is shared by every pod of the namespace that sets none`,
    actual: `${namespace}/${serviceAccount}`, expected: 'a dedicated ServiceAccount', fix: 'use another name or a dedicated ServiceAccount',
  };
}

export function serviceAccountProblem(serviceAccount: string): InputProblem | undefined {
  return isSubdomain(serviceAccount) ? undefined : {
    message: 'the ServiceAccount is not a valid Kubernetes name', actual: serviceAccount, expected: 'lower case letters, digits, "-" and "."', fix: 'correct the name',
  };
}

/**
 * Returns whether every proxy compares the path exactly as written (Gateway API v1.6, HTTPPathMatch). Envoy decodes percent-encoded
 * unreserved characters (RFC 3986) before it compares, so a path that encodes them would never match.
 */
export function isPath(path: string): boolean {
  return path.length <= 1024 && /^\/([A-Za-z0-9._~!$&'()*+,;=:@/-]|%[0-9A-Fa-f]{2})*$/.test(path) && !/\/\/|\/\.{1,2}(\/|$)|%2f/i.test(path)
    && unescaped(path) === path;
}

/** Returns the fix for an invalid path: the decoded path if that is valid, otherwise `otherwise`. */
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

/** Returns whether a number is a valid TCP port. */
export function isPort(port: number): boolean {
  return Number.isInteger(port) && port >= 1 && port <= 65535;
}
