import { parseAllDocuments } from 'yaml';
import { Manifest } from './judge';
import { wholeOf } from '../golden-whole';

export const INNER = 'voice-gw-inner';
export const INNER_SERVICE = `${INNER}-istio`;
export const STRANGER_PORT_HEADER = 'x-inner-port';

/** The voice-agents story with sidecars, and a gateway of another namespace that would enter the inner one. */
export function sidecarStory(): Manifest[] {
  const objects = parseAllDocuments(wholeOf('voice-agents', 'istio-sidecar')).map((document) => document.toJS() as Manifest);
  // The rig's istiod is one of an ambient mesh, and calls HTTP in a pod's policy a mistake. No pod enforces it here.
  for (const { operation } of find(objects, 'AuthorizationPolicy', 'crm-workload').spec.rules.flatMap(({ to }: any) => to)) {
    delete operation.methods;
    delete operation.paths;
  }
  const read = objects.filter(({ metadata }) => metadata.name !== 'crm-pod-credentials');
  return [...read, ...stranger(find(objects, 'Gateway', INNER).spec.listeners.map(({ port }: { port: number }) => port))];
}

function stranger(ports: readonly number[]): (Manifest & { apiVersion: string })[] {
  const metadata = { name: 'stranger', namespace: 'strangers' };
  const api = 'gateway.networking.k8s.io/v1';
  return [
    {
      apiVersion: api, kind: 'Gateway', metadata,
      spec: { gatewayClassName: 'istio', listeners: [{ name: 'http', port: 80, protocol: 'HTTP' }] },
    },
    {
      apiVersion: api, kind: 'HTTPRoute', metadata,
      spec: {
        parentRefs: [{ name: 'stranger' }],
        rules: ports.map((port) => ({
          matches: [{ headers: [{ name: STRANGER_PORT_HEADER, value: String(port) }] }],
          backendRefs: [{ name: INNER_SERVICE, namespace: 'voice', port }],
        })),
      },
    },
    {
      apiVersion: 'gateway.networking.k8s.io/v1beta1', kind: 'ReferenceGrant', metadata: { name: 'stranger', namespace: 'voice' },
      spec: { from: [{ group: 'gateway.networking.k8s.io', kind: 'HTTPRoute', namespace: 'strangers' }], to: [{ group: '', kind: 'Service' }] },
    },
  ];
}

/** The labels that the injector adds, with the tunnel's, which it adds where the mesh has the ambient profile. */
export function injected(objects: Manifest[]): Manifest[] {
  for (const { spec } of objects.filter(({ kind }) => kind === 'Deployment')) {
    Object.assign(spec.template.metadata.labels, { 'security.istio.io/tlsMode': 'istio', 'networking.istio.io/tunnel': 'http' });
  }
  return objects;
}

export function find(objects: readonly Manifest[], kind: string, name: string): Manifest {
  const object = objects.find((one) => one.kind === kind && one.metadata.name === name);
  if (!object) throw new Error(`no ${kind} ${name}`);
  return object;
}

export function without(objects: readonly Manifest[], kind: string, name: string): Manifest[] {
  const gone = find(objects, kind, name);
  return objects.filter((object) => object !== gone);
}
