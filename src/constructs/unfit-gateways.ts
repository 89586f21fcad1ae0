import { GatewayNode } from '../model/gateway';
import { MeshModel } from '../model/mesh';
import { CheckResult } from '../model/problem';
import { GatewayBackend } from '../providers/backend';
import { gatewayObject, isMeant, Listener, listenersOf } from '../providers/foreign/gateway-listeners';
import { mayMeet } from '../providers/foreign/hosts';
import { LabelSelector, maySelect } from '../providers/foreign/label-selector';
import { ForeignObjects, TreeObject } from '../providers/foreign/tree-object';

/** Namespaces in the app, by name. */
export type NamespacesKnown = ReadonlyMap<string, TreeObject>;

const existingOf = ({ gateways }: MeshModel) => gateways.filter(({ existingServiceAccount }) => existingServiceAccount !== undefined);

/** Reports gateways whose routes attach to no listener of the app's own Gateway object. Only the status of the route would show it. */
export function unattachedRoutes(model: MeshModel, foreign: ForeignObjects, namespaces: NamespacesKnown): CheckResult[] {
  return existingOf(model).flatMap((gateway): CheckResult[] => {
    const object = gatewayObject(foreign, gateway);
    if (!object) return [];
    const listeners = listenersOf(object);
    const meant = listeners.filter((one) => isMeant(gateway.listener, one));
    return meant.length === 0 ? [absent(gateway, listeners)] : unattached(model, gateway, meant, namespaces);
  });
}

function absent(gateway: GatewayNode, listeners: readonly Listener[]): CheckResult {
  return {
    path: gateway.origin.path,
    message: `Gateway ${gateway.namespace}/${gateway.name} in this app has no listener to which the routes can attach`,
    actual: gateway.listener,
    expected: listeners.map(({ name, port }) => `${name} (port ${port})`).join(', ') || 'a Gateway with listeners',
    fix: 'set `listener` to the name, or `listenerPort` to the port, of one of its listeners',
  };
}

/** Reports hosts without a listener that accepts the routes of a namespace. */
function unattached(model: MeshModel, gateway: GatewayNode, meant: readonly Listener[], namespaces: NamespacesKnown): CheckResult[] {
  const from = [...new Set(model.routesOf(gateway).map(({ namespace }) => namespace))].sort();
  return from.flatMap((namespace): CheckResult[] => {
    const refusals = (host: string) => meant.map((listener) => refusalOf(listener, gateway, namespace, host, namespaces));
    const unserved = gateway.hostnames.filter((host) => refusals(host).every((refusal) => refusal !== undefined));
    return unserved.length === 0 ? [] : [{
      path: gateway.origin.path,
      message: `the routes of namespace ${namespace} for ${unserved.join(', ')} attach to no listener of Gateway ${gateway.namespace}/${gateway.name} in this app`,
      actual: meant.map(({ name }, i) => `${name} ${refusals(unserved[0])[i]}`),
      expected: 'an HTTP or HTTPS listener of these hosts that accepts HTTPRoutes from the namespace',
      fix: 'correct the listener of the Gateway (`allowedRoutes`, `hostname`, `protocol`), or set `listener` to another one',
    }];
  });
}

/** Returns why a listener does not accept the routes of a namespace for a host, in words. */
function refusalOf(
  { hostname, protocol, tls, allowedRoutes = {} }: Listener, gateway: GatewayNode, namespace: string, host: string, namespaces: NamespacesKnown,
): string | undefined {
  const { kinds = [], namespaces: { from = 'Same', selector = {} } = {} } = allowedRoutes;
  const isRead = protocol === undefined || protocol === 'HTTP' || (protocol === 'HTTPS' && tls?.mode !== 'Passthrough');
  if (!isRead) return `is of the protocol ${protocol}${tls?.mode === undefined ? '' : ` (${tls.mode})`}, which reads no requests`;
  if (hostname !== undefined && !mayMeet(hostname, host)) return `is for the host ${hostname}`;
  if (kinds.length > 0 && !kinds.some(({ kind }) => kind === 'HTTPRoute')) return `takes ${kinds.map(({ kind }) => kind).join(', ')} alone`;
  if (from === 'Same' && namespace !== gateway.namespace) return `takes routes of namespace ${gateway.namespace} alone (allowedRoutes: Same)`;
  if (from === 'None') return 'takes no routes (allowedRoutes: None)';
  const isSelected = from !== 'Selector' || maySelect(selector as LabelSelector, labelsOf(namespace, namespaces));
  return isSelected ? undefined : 'takes routes of namespaces with other labels';
}

/** Returns the known labels of a Namespace. Every Namespace has a label with its name. */
function labelsOf(namespace: string, namespaces: NamespacesKnown) {
  const object = namespaces.get(namespace);
  return { labels: { ...object?.manifest.metadata?.labels, 'kubernetes.io/metadata.name': namespace }, isAll: object !== undefined };
}

const ACCOUNT = 'gateway.istio.io/service-account';

/** Reports Gateways in the app with other proxies than the program states: they ignore the routes, or have an identity without the grants. */
export function misstatedGateways(model: MeshModel, foreign: ForeignObjects, backend: GatewayKnown): CheckResult[] {
  return existingOf(model).flatMap((gateway): CheckResult[] => {
    const object = gatewayObject(foreign, gateway);
    const { gatewayClassName, addresses, infrastructure } = (object?.manifest.spec ?? {}) as Spec;
    if (!object) return [];
    const { annotations = {} } = object.manifest.metadata ?? {};
    const own = annotations[ACCOUNT] ?? infrastructure?.annotations?.[ACCOUNT];
    const made = own ?? backend.serviceAccount(gateway.name);
    const isOfClass = gatewayClassName === backend.className;
    // The user may deploy the proxies of a Gateway with addresses.
    const isMade = own !== undefined || (isOfClass && addresses === undefined);
    const differences = [
      ...isOfClass || isOfIstio(foreign, String(gatewayClassName)) ? [] : [{ actual: { gatewayClassName }, expected: `the class ${backend.className} of the provider` }],
      ...isMade && made !== gateway.existingServiceAccount
        ? [{ actual: { serviceAccount: made }, expected: `the ServiceAccount ${gateway.existingServiceAccount}, which has the grants` }] : [],
    ];
    return differences.map(({ actual, expected }) => ({
      path: object.path,
      message: `${object.title} differs from its description in InferenceGateway.fromGatewayName`,
      actual, expected,
      fix: 'correct `serviceAccount` or the provider in the program, or the Gateway',
    }));
  });
}

type GatewayKnown = Pick<GatewayBackend, 'className' | 'serviceAccount'>;

interface Spec {
  readonly gatewayClassName?: string;
  readonly addresses?: unknown;
  readonly infrastructure?: { readonly annotations?: Readonly<Record<string, unknown>> };
}

/** Whether the app has a GatewayClass of this name for the controller of Istio. */
function isOfIstio(foreign: ForeignObjects, className: string): boolean {
  const object = foreign.named('gateway.networking.k8s.io', 'GatewayClass', '', className);
  return object?.manifest.spec?.controllerName === 'istio.io/gateway-controller';
}
