import { GatewayNode, ListenerFacts } from '../model/gateway';
import { MeshModel } from '../model/mesh';
import { CheckResult } from '../model/problem';
import { entriesOf, ForeignObjects, TreeObject } from '../providers/foreign/tree-object';

/** Routes to a Gateway that the app has, and that has no such listener: they would answer nowhere, and only their status would say so. */
export function absentListeners(model: MeshModel, foreign: ForeignObjects): CheckResult[] {
  const existing = model.gateways.filter(({ existingServiceAccount }) => existingServiceAccount !== undefined);
  return existing.flatMap((gateway): CheckResult[] => {
    const object = gatewayObject(foreign, gateway);
    const listeners = object ? listenersOf(object) : [];
    if (!object || listeners.some((one) => isMeant(gateway.listener, one))) return [];
    return [{
      path: gateway.origin.path,
      what: `Gateway ${gateway.namespace}/${gateway.name} of the app has no listener to which the routes attach`,
      got: gateway.listener,
      allowed: listeners.map(({ name, port }) => `${name} (port ${port})`).join(', ') || 'a Gateway with listeners',
      next: 'name one of its listeners with `listener`, or its port with `listenerPort`',
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
