import { MeshVar } from './plan';
import { MeshModel } from '../../src/model/mesh';
import { Manifest } from '../synth';

/** What is open of a mesh and must be closed: a namespace without strict mutual TLS or deny-all, a waypoint without deny-all, pods without a default deny. */
export function opened(all: readonly Manifest[], mesh: MeshVar, model: MeshModel): string[] {
  const namespaces = [...model.namespaces.values()];
  if (mesh.family === 'linkerd') return [...namespaces.flatMap(({ name, existing }) => ofLinkerd(all, name, existing)), ...openedPods(all, model)];
  return [
    ...namespaces.flatMap(({ name }) => ofIstio(all, name, mesh.moving.includes(name) ? 'PERMISSIVE' : 'STRICT')),
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
function ofLinkerd(all: readonly Manifest[], namespace: string, existing: boolean): string[] {
  const home = all.find(({ kind, metadata }) => kind === 'Namespace' && metadata.name === namespace);
  const isClosed = existing || home?.metadata.annotations?.[DEFAULT_POLICY] === 'deny';
  return isClosed ? [] : [`namespace ${namespace} has no default deny`];
}

/** Pods of the library's in a mesh of Linkerd, whatever their namespace says. */
function openedPods(all: readonly Manifest[], model: MeshModel): string[] {
  return model.workloads.filter(({ deployment }) => deployment).flatMap(({ name, namespace }) => {
    const annotations = all.find(({ kind, metadata }) => kind === 'Deployment' && metadata.namespace === namespace && metadata.name === name)?.spec.template.metadata.annotations;
    return annotations?.[DEFAULT_POLICY] === 'deny' ? [] : [`the pods of ${namespace}/${name} have no default deny`];
  });
}
