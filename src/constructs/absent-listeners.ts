import { GatewayNode, ListenerFacts } from '../model/gateway';
import { MeshModel } from '../model/mesh';
import { CheckResult } from '../model/problem';
import { entriesOf, ForeignObjects, TreeObject } from '../providers/foreign/tree-object';

/**
 * Reports gateways whose routes attach to a listener that the app's own Gateway object does not have. Only the status of the route would
 * show it.
 */
export function absentListeners(model: MeshModel, foreign: ForeignObjects): CheckResult[] {
  const existing = model.gateways.filter(({ existingServiceAccount }) => existingServiceAccount !== undefined);
  return existing.flatMap((gateway): CheckResult[] => {
    const object = gatewayObject(foreign, gateway);
    const listeners = object ? listenersOf(object) : [];
    if (!object || listeners.some((one) => isMeant(gateway.listener, one))) return [];
    return [{
      path: gateway.origin.path,
      message: `Gateway ${gateway.namespace}/${gateway.name} in this app has no listener to which the routes can attach`,
      actual: gateway.listener,
      expected: listeners.map(({ name, port }) => `${name} (port ${port})`).join(', ') || 'a Gateway with listeners',
      fix: 'set `listener` to the name, or `listenerPort` to the port, of one of its listeners',
    }];
  });
}

function gatewayObject(foreign: ForeignObjects, { name, namespace }: GatewayNode): TreeObject | undefined {
  return foreign.in(namespace).find((object) => object.kind === 'Gateway' && object.group === 'gateway.networking.k8s.io' && object.name === name);
}

function listenersOf({ manifest: { spec = {} } }: TreeObject): readonly ListenerFacts[] {
  return entriesOf<ListenerFacts>(spec.listeners);
}

function isMeant({ name, port }: ListenerFacts, listener: ListenerFacts): boolean {
  return (name === undefined || name === listener.name) && (port === undefined || port === listener.port);
}
