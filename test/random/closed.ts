import { MeshVar } from './plan';
import { MeshModel } from '../../src/model/mesh';
import { Manifest } from '../synth';

/** What is open of a mesh and must be closed: a namespace without strict mutual TLS or deny-all, a waypoint without deny-all, pods without a default deny. */
export function opened(all: readonly Manifest[], mesh: MeshVar, model: MeshModel): string[] {
  const namespaces = [...model.namespaces.values()];
  if (mesh.family === 'linkerd') return [...namespaces.flatMap(({ name, existing }) => ofLinkerd(all, model, name, existing)), ...openedPods(all, model)];
  return [
    ...namespaces.flatMap(({ name }) => ofIstio(all, name, mesh.moving.includes(name) || model.isAuditOnly(name) ? 'PERMISSIVE' : 'STRICT')),
    ...model.waypoints.filter(({ deniesByDefault }) => !deniesByDefault).flatMap(({ name, namespace }) => ofWaypoint(all, name, namespace)),
  ];
}

/** `spec: {}` of an AuthorizationPolicy allows nothing. */
const allowsNothing = ({ apiVersion, kind, spec = {} }: Manifest): boolean =>
  apiVersion.startsWith('security.istio.io/') && kind === 'AuthorizationPolicy' && spec.action === undefined && spec.rules === undefined;

function ofIstio(all: readonly Manifest[], namespace: string, mode: string): string[] {
  const whole = all.filter(({ metadata, spec }) => metadata.namespace === namespace && !spec?.selector && !spec?.targetRefs);
  return [
    ...whole.some(({ kind, spec }) => kind === 'PeerAuthentication' && spec.mtls?.mode === mode) ? [] : [`namespace ${namespace} has no PeerAuthentication ${mode}`],
    ...whole.some(allowsNothing) ? [] : [`namespace ${namespace} has no deny-all`],
  ];
}

function ofWaypoint(all: readonly Manifest[], name: string, namespace: string): string[] {
  const isFor = ({ metadata, spec }: Manifest) => metadata.namespace === namespace && spec?.targetRefs?.some((ref: { readonly kind: string; readonly name: string }) => ref.kind === 'Gateway' && ref.name === name);
  return all.some((one) => isFor(one) && allowsNothing(one)) ? [] : [`waypoint ${namespace}/${name} has no deny-all`];
}

const DEFAULT_POLICY = 'config.linkerd.io/default-inbound-policy';

/** By annotation, of the namespace and of the pods that the library deploys: an existing namespace is the team's. */
function ofLinkerd(all: readonly Manifest[], model: MeshModel, namespace: string, existing: boolean): string[] {
  const home = all.find(({ kind, metadata }) => kind === 'Namespace' && metadata.name === namespace);
  const wanted = policyIn(model, namespace);
  return existing || home?.metadata.annotations?.[DEFAULT_POLICY] === wanted ? [] : [`namespace ${namespace} has no default policy ${wanted}`];
}

/** Pods of the library's in a mesh of Linkerd, whatever their namespace says. */
function openedPods(all: readonly Manifest[], model: MeshModel): string[] {
  return model.workloads.filter(({ deployment }) => deployment).flatMap(({ name, namespace }) => {
    const annotations = all.find(({ kind, metadata }) => kind === 'Deployment' && metadata.namespace === namespace && metadata.name === name)?.spec.template.metadata.annotations;
    const wanted = policyIn(model, namespace);
    return annotations?.[DEFAULT_POLICY] === wanted ? [] : [`the pods of ${namespace}/${name} have no default policy ${wanted}`];
  });
}

const policyIn = (model: MeshModel, namespace: string) => (model.isAuditOnly(namespace) ? 'audit' : 'deny');

/** Kinds that deny something, and cannot only report it. */
const ENFORCING = ['RequestAuthentication', 'NetworkPolicy', 'Sidecar', 'EgressNetwork', 'HTTPLocalRateLimitPolicy', 'ServiceEntry', 'TLSRoute', 'TCPRoute'];

/** What the library writes to audit-only namespaces that denies something there, and what it writes to others that denies nothing. */
export function inWrongStage(own: readonly Manifest[], model: MeshModel): string[] {
  return own.filter(({ metadata }) => model.namespaces.has(metadata.namespace ?? '')).flatMap((one) => {
    const { kind, metadata: { name, namespace } } = one;
    const isAuditOnly = model.isAuditOnly(namespace!);
    return isAuditOnly === isEnforced(one) && [isAuditOnly, isStaged(one)].includes(true) ? [`${kind} ${name} is in the wrong stage for ${namespace}, which ${isAuditOnly ? 'is audit-only' : 'enforces'}`] : [];
  });
}

const isOfIstio = ({ apiVersion, kind }: Manifest): boolean => kind === 'AuthorizationPolicy' && apiVersion.startsWith('security.istio.io/');

/** Whether an object is of a kind that each stage writes in its own way. */
const isStaged = (one: Manifest): boolean => isOfIstio(one) || one.kind === 'Server';

function isEnforced(one: Manifest): boolean {
  const { kind, metadata, spec } = one;
  if (isOfIstio(one)) return metadata.annotations?.['istio.io/dry-run'] === undefined;
  if (kind === 'Server') return spec.accessPolicy !== 'audit' || !['unknown', 'opaque'].includes(spec.proxyProtocol);
  return ENFORCING.includes(kind);
}
