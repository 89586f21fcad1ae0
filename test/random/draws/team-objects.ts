import { CheckId } from '../../../src/model/check-id';
import { IMAGE } from '../../story';
import { Family } from '../plan';

/** An object that the team has in its own chart; `opens` is the check that refuses it. */
export interface TeamObject {
  readonly manifest: object;
  readonly opens?: CheckId;
}

const object = (apiVersion: string, kind: string, spec: object | undefined, opens?: CheckId): TeamObject =>
  ({ manifest: { apiVersion, kind, ...spec && { spec } }, opens });
const pods = (labels: object = { app: 'theirs' }) => ({ metadata: { labels }, spec: { containers: [{ name: 'main', image: IMAGE }] } });

export const HARMLESS: readonly TeamObject[] = [
  { manifest: { apiVersion: 'v1', kind: 'ConfigMap', data: { a: 'b' } } },
  object('apps/v1', 'Deployment', { selector: { matchLabels: { app: 'theirs' } }, template: pods() }),
  object('v1', 'Service', { selector: { app: 'theirs' }, ports: [{ port: 80, targetPort: 8000 }] }),
  object('networking.k8s.io/v1', 'NetworkPolicy', { podSelector: {}, policyTypes: ['Ingress'], ingress: [{}] }),
  object('batch/v1', 'CronJob', { schedule: '* * * * *', jobTemplate: { spec: { template: { spec: { restartPolicy: 'Never', containers: [{ name: 'main', image: IMAGE }] } } } } }),
  object('gateway.networking.k8s.io/v1', 'Gateway', { gatewayClassName: 'corp', listeners: [{ name: 'https', port: 8443, protocol: 'HTTP' }] }),
  object('gateway.networking.k8s.io/v1', 'HTTPRoute', { parentRefs: [{ name: 'theirs' }], rules: [{ backendRefs: [{ name: 'theirs', port: 80 }] }] }),
  object('security.istio.io/v1', 'AuthorizationPolicy', { action: 'DENY', rules: [{ from: [{ source: { namespaces: ['evil'] } }] }] }),
  object('security.istio.io/v1', 'PeerAuthentication', { selector: { matchLabels: { app: 'theirs' } }, mtls: { mode: 'STRICT' } }),
  object('networking.istio.io/v1', 'VirtualService', { hosts: ['theirs.example.com'], gateways: ['ingress/gw'], http: [{ route: [{ destination: { host: 'theirs' } }] }] }),
  object('networking.istio.io/v1', 'DestinationRule', { host: 'theirs.example.com', trafficPolicy: { tls: { mode: 'SIMPLE', sni: 'theirs.example.com' } } }),
];

export const OPENING: Readonly<Record<Family, readonly TeamObject[]>> = {
  ambient: [
    object('security.istio.io/v1', 'AuthorizationPolicy', { rules: [{}] }, 'AM103'),
    object('security.istio.io/v1', 'PeerAuthentication', { mtls: { mode: 'PERMISSIVE' } }, 'AM104'),
    object('networking.istio.io/v1alpha3', 'EnvoyFilter', { configPatches: [] }, 'AM106'),
    object('telemetry.istio.io/v1', 'Telemetry', { accessLogging: [{ disabled: false }] }, 'AM108'),
    object('apps/v1', 'Deployment', { selector: { matchLabels: { app: 'theirs' } }, template: pods({ 'app': 'theirs', 'istio.io/dataplane-mode': 'none' }) }, 'AM102'),
  ],
  migration: [object('networking.istio.io/v1', 'Sidecar', { egress: [{ hosts: ['*/*'] }] }, 'AM107'), object('networking.istio.io/v1alpha3', 'EnvoyFilter', { configPatches: [] }, 'AM106')],
  sidecars: [
    object('networking.istio.io/v1', 'Sidecar', { egress: [{ hosts: ['*/*'] }] }, 'AM107'),
    object('networking.istio.io/v1', 'VirtualService', { hosts: ['*'], http: [{ route: [{ destination: { host: 'theirs' } }] }] }, 'AM105'),
    object('apps/v1', 'Deployment', { selector: { matchLabels: { app: 'theirs' } }, template: pods({ 'app': 'theirs', 'sidecar.istio.io/inject': 'false' }) }, 'AM102'),
  ],
  linkerd: [
    object('policy.linkerd.io/v1beta3', 'Server', { podSelector: { matchLabels: { app: 'theirs' } }, port: 1, accessPolicy: 'all-unauthenticated' }, 'AM103'),
    object('policy.linkerd.io/v1beta1', 'ServerAuthorization', { server: { name: 'theirs' }, client: { unauthenticated: true } }, 'AM103'),
    object('policy.linkerd.io/v1alpha1', 'EgressNetwork', { trafficPolicy: 'Allow' }, 'AM107'),
  ],
};

/** What no API server takes, and what checks must read all the same. */
export const ODD_SPECS: readonly unknown[] = [
  undefined, null, {}, [], 'text', 7, { rules: null }, { rules: [null] }, { rules: 'x' }, { rules: [{ from: null, to: [null] }] }, { hosts: null }, { hosts: [7] }, { host: 7 }, { template: null }, { template: { metadata: null, spec: null } },
  { template: { spec: { containers: [null, {}], initContainers: 'x' } } }, { parentRefs: [null] }, { parentRefs: 'x' }, { listeners: [null] }, { listeners: {} }, { egress: [null] }, { egress: 'x', podSelector: null }, { podSelector: { matchLabels: null } },
  { selector: null, ports: [null] }, { ports: 'x' }, { mtls: null, portLevelMtls: null }, { mtls: 'STRICT', portLevelMtls: { 8000: null } }, { targetRef: null }, { targetRefs: [null] }, { targetRef: 'x' }, { client: null }, { server: null }, { gateways: 'mesh' }, { jobTemplate: null },
  { containers: [{ name: 'main', livenessProbe: null, ports: [null] }] }, { configPatches: null }, { podSelector: 'x', port: {} }, { metadata: { labels: 'x' } },
];
export const ODD_METADATA: readonly unknown[] = [undefined, {}, { labels: null }, { annotations: { 'linkerd.io/inject': 7 } }, { labels: { 'istio.io/dataplane-mode': null } }];
/** Kinds that a check reads, and a few that none does. */
export const KINDS: readonly (readonly [string, string])[] = [
  ...[...HARMLESS, ...Object.values(OPENING).flat()].map(({ manifest }) => manifest as { apiVersion: string; kind: string }).map(({ apiVersion, kind }) => [apiVersion, kind] as const), ['v1', 'Namespace'], ['v1', 'Pod'], ['batch/v1', 'Job'],
  ['gateway.networking.k8s.io/v1alpha2', 'TLSRoute'], ['policy.linkerd.io/v1alpha1', 'AuthorizationPolicy'], ['linkerd.io/v1alpha2', 'ServiceProfile'], ['', ''], ['x', 'Y'],
];

/** How namespaces of the team are enrolled. */
export const ENROLLED: Readonly<Record<Family, object>> = {
  ambient: { labels: { 'istio.io/dataplane-mode': 'ambient' } },
  migration: {},
  sidecars: { labels: { 'istio-injection': 'enabled' } },
  linkerd: { annotations: { 'linkerd.io/inject': 'enabled', 'config.linkerd.io/default-inbound-policy': 'deny' } },
};
