import { ApiObject, JsonPatch } from 'cdk8s';
import { Construct, IConstruct } from 'constructs';
import { someMesh } from './places';
import { text } from './texts';
import { Drawing } from '../drawing';
import { called, Expr, foreign, lit } from '../expr';
import { Family, MeshVar } from '../plan';
import { AgentMesh } from '../../../src';
import { ACKNOWLEDGEABLE, CheckId } from '../../../src/model/check-id';
import { IMAGE } from '../../story';

/** An object that the team has in its own chart; `opens` is the check that it fails. */
interface TeamObject {
  readonly manifest: object;
  readonly opens?: CheckId;
}

const object = (apiVersion: string, kind: string, spec: object | undefined, opens?: CheckId): TeamObject => ({ manifest: { apiVersion, kind, ...spec && { spec } }, opens });
const pods = (labels: object = { app: 'theirs' }) => ({ metadata: { labels }, spec: { containers: [{ name: 'main', image: IMAGE }] } });

const HARMLESS: readonly TeamObject[] = [
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

const OPENING: Readonly<Record<Family, readonly TeamObject[]>> = {
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
const ODD_SPECS: readonly unknown[] = [
  undefined, null, {}, [], 'text', 7, { rules: null }, { rules: [null] }, { rules: 'x' }, { rules: [{ from: null, to: [null] }] }, { hosts: null }, { hosts: [7] }, { host: 7 }, { template: null }, { template: { metadata: null, spec: null } },
  { template: { spec: { containers: [null, {}], initContainers: 'x' } } }, { parentRefs: [null] }, { parentRefs: 'x' }, { listeners: [null] }, { listeners: {} }, { egress: [null] }, { egress: 'x', podSelector: null }, { podSelector: { matchLabels: null } },
  { selector: null, ports: [null] }, { ports: 'x' }, { mtls: null, portLevelMtls: null }, { mtls: 'STRICT', portLevelMtls: { 8000: null } }, { targetRef: null }, { targetRefs: [null] }, { targetRef: 'x' }, { client: null }, { server: null }, { gateways: 'mesh' }, { jobTemplate: null },
  { containers: [{ name: 'main', livenessProbe: null, ports: [null] }] }, { configPatches: null }, { podSelector: 'x', port: {} }, { metadata: { labels: 'x' } },
];
const ODD_METADATA: readonly unknown[] = [undefined, {}, { labels: null }, { annotations: { 'linkerd.io/inject': 7 } }, { labels: { 'istio.io/dataplane-mode': null } }];
const KINDS: readonly (readonly [string, string])[] = [
  ...[...HARMLESS, ...Object.values(OPENING).flat()].map(({ manifest }) => manifest as { apiVersion: string; kind: string }).map(({ apiVersion, kind }) => [apiVersion, kind] as const), ['v1', 'Namespace'], ['v1', 'Pod'], ['batch/v1', 'Job'],
  ['gateway.networking.k8s.io/v1alpha2', 'TLSRoute'], ['policy.linkerd.io/v1alpha1', 'AuthorizationPolicy'], ['linkerd.io/v1alpha2', 'ServiceProfile'], ['', ''], ['x', 'Y'],
];

function oddObject(on: Drawing, mesh: MeshVar): TeamObject {
  const [apiVersion, kind] = on.tape.pick(KINDS);
  const spec = on.tape.pick(ODD_SPECS);
  const metadata = on.tape.pick(ODD_METADATA);
  return { manifest: { apiVersion, kind, ...spec !== undefined && { spec }, metadata: { ...metadata as object, namespace: mesh.namespace, name: on.tape.pick(['theirs', 'agent-1', 'corp-1', mesh.namespace]) } } };
}

/** How namespaces of the team are enrolled. */
const ENROLLED: Readonly<Record<Family, object>> = {
  ambient: { labels: { 'istio.io/dataplane-mode': 'ambient' } },
  migration: {},
  sidecars: { labels: { 'istio-injection': 'enabled' } },
  linkerd: { annotations: { 'linkerd.io/inject': 'enabled', 'config.linkerd.io/default-inbound-policy': 'deny' } },
};

function teamObject(on: Drawing, mesh: MeshVar): TeamObject {
  if (on.temper === 'odd' && on.tape.oneIn(2)) return oddObject(on, mesh);
  const { family, namespaces } = mesh;
  const name = on.plan.fresh('theirs');
  const namespace = on.tape.pick([...namespaces, 'elsewhere']);
  const own = namespaces.slice(1);
  if (own.length > 0 && on.tape.oneIn(4) && family !== 'migration') return { manifest: { apiVersion: 'v1', kind: 'Namespace', metadata: { name: on.plan.take(own), ...on.isBold ? {} : ENROLLED[family] } } };
  const { manifest, opens } = on.tape.pick(on.tape.oneIn(3) ? OPENING[family] : HARMLESS);
  return { manifest: { ...manifest, metadata: { name, namespace } }, opens };
}

/** An object of the team, in a chart of the program; what it opens is mostly acknowledged. */
export function theirs(on: Drawing): void {
  const mesh = someMesh(on);
  const { manifest, opens } = teamObject(on, mesh);
  const id = lit(on.plan.fresh('theirs-object'));
  const scope = on.tape.pick(on.plan.charts);
  on.plan.add('definition', foreign(`new ApiObject(${scope.text}, ${id.text}, ${lit(manifest).text})`, (variables) => new ApiObject(scope.make(variables), id.make(variables), structuredClone(manifest) as { apiVersion: string; kind: string })));
  if (opens && !on.isBold) on.plan.add('definition', called(AgentMesh, mesh.expr, 'acknowledge', lit<string>(opens), lit('the team means it')));
}

/** What the team says that it means. */
export function acknowledge(on: Drawing): void {
  const { expr } = someMesh(on);
  const id = lit(on.odd(['', 'AM001', 'constructor', '__proto__', 'AM999'], () => on.tape.pick<string>(ACKNOWLEDGEABLE)));
  const within = on.tape.oneIn(3) ? constructs(on) : [];
  on.plan.add('definition', called(AgentMesh, expr, 'acknowledge', id, text(on, 'the team means it'), ...within.length > 0 ? [on.tape.pick(within)] : []));
}

function constructs(on: Drawing): Expr<IConstruct>[] {
  const { agents, boundaries, gateways, pools } = on.plan;
  return [...agents, ...boundaries, ...gateways, ...pools].map(({ expr }): Expr<Construct> => expr);
}

/** What teams do to objects: nothing that an API server would refuse. */
const CHANGES: Readonly<Record<string, (one: ApiObject) => void>> = {
  'metadata.addAnnotation(\'team\', \'voice\')': ({ metadata }) => metadata.addAnnotation('team', 'voice'),
  'metadata.addLabel(\'team\', \'voice\')': ({ metadata }) => metadata.addLabel('team', 'voice'),
  'addJsonPatch(JsonPatch.add(\'/metadata/finalizers\', [\'example.com/keep\']))': (one) => one.addJsonPatch(JsonPatch.add('/metadata/finalizers', ['example.com/keep'])),
};

/** A change of the main object of a construct, where it has one. */
export function patch(on: Drawing): void {
  const all = constructs(on);
  if (all.length === 0) return;
  const one = on.tape.pick(all);
  const change = on.tape.pick(Object.keys(CHANGES));
  on.plan.add('definition', foreign(`objectOf(${one.text})?.${change}`, (variables) => {
    const { defaultChild } = one.make(variables).node;
    if (defaultChild && ApiObject.isApiObject(defaultChild)) CHANGES[change](defaultChild);
  }));
}
