import { GatewayNode } from '../../model/gateway';
import { mayMeet } from '../../model/hosts';
import { MeshModel } from '../../model/mesh';
import { CheckResult } from '../../model/problem';
import { existingGateways, gatewayObject, isMeant, Listener, listenersOf } from '../../providers/foreign/gateway-listeners';
import { LabelSelector, maySelect } from '../../providers/foreign/label-selector';
import { ForeignObjects, TreeObject } from '../../providers/foreign/tree-object';

/** Namespaces in the app, by name. */
export type NamespacesKnown = ReadonlyMap<string, TreeObject>;

/**
 * Reports gateways whose routes attach to no listener of a Gateway object in the app. The API server accepts these routes, and only their
 * status shows the error.
 */
export function unattachedRoutes(model: MeshModel, foreign: ForeignObjects, namespaces: NamespacesKnown): CheckResult[] {
  return existingGateways(model).flatMap((gateway): CheckResult[] => {
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
    message: `Gateway ${gateway.namespace}/${gateway.name} in this app has no listener to which the routes of this mesh can attach`,
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
      expected: 'an HTTP or HTTPS listener that accepts HTTPRoutes for these hosts from this namespace',
      fix: 'correct the listener of the Gateway (`allowedRoutes`, `hostname`, `protocol`), or set `listener` to the name of another listener',
    }];
  });
}

/** Returns the reason why a listener does not accept the routes of a namespace for a host, as text for a message. */
function refusalOf(
  { hostname, protocol, tls, allowedRoutes = {} }: Listener, gateway: GatewayNode, namespace: string, host: string, namespaces: NamespacesKnown,
): string | undefined {
  const { kinds = [], namespaces: { from = 'Same', selector = {} } = {} } = allowedRoutes;
  const isRead = protocol === undefined || protocol === 'HTTP' || (protocol === 'HTTPS' && tls?.mode !== 'Passthrough');
  if (!isRead) return `has protocol ${protocol}${tls?.mode === undefined ? '' : ` (${tls.mode})`}, so it does not route HTTP requests`;
  if (hostname !== undefined && !mayMeet(hostname, host)) return `accepts only the host ${hostname}`;
  if (kinds.length > 0 && !kinds.some(({ kind }) => kind === 'HTTPRoute')) return `accepts only ${kinds.map(({ kind }) => kind).join(', ')}`;
  if (from === 'Same' && namespace !== gateway.namespace) return `accepts only routes of namespace ${gateway.namespace} (allowedRoutes: Same)`;
  if (from === 'None') return 'accepts no routes (allowedRoutes: None)';
  const isSelected = from !== 'Selector' || maySelect(selector as LabelSelector, labelsOf(namespace, namespaces));
  return isSelected ? undefined : 'accepts only routes of namespaces with other labels';
}

/** Returns the known labels of a Namespace. Every Namespace has a label with its name. */
function labelsOf(namespace: string, namespaces: NamespacesKnown) {
  const object = namespaces.get(namespace);
  return { labels: { ...object?.manifest.metadata?.labels, 'kubernetes.io/metadata.name': namespace }, isAll: object !== undefined };
}
