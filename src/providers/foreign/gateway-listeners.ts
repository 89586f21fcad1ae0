import { GATEWAY_API } from './groups';
import { entriesOf, ForeignObjects, TreeObject } from './tree-object';
import { GatewayNode, ListenerFacts, mayOverlap } from '../../model/gateway';
import { MeshModel } from '../../model/mesh';

/** A listener of a Gateway in the app. */
export interface Listener extends ListenerFacts {
  readonly hostname?: string;
  readonly protocol?: string;
  readonly tls?: { readonly mode?: string };
  readonly allowedRoutes?: {
    readonly namespaces?: { readonly from?: string; readonly selector?: object };
    readonly kinds?: readonly { readonly group?: string; readonly kind?: string }[];
  };
}

/** Returns the gateways that the team deploys. */
export function existingGateways({ gateways }: MeshModel): readonly GatewayNode[] {
  return gateways.filter(({ existingServiceAccount }) => existingServiceAccount !== undefined);
}

/** Returns the Gateway object in the app of an existing gateway. */
export function gatewayObject(foreign: ForeignObjects, { name, namespace }: Pick<GatewayNode, 'name' | 'namespace'>): TreeObject | undefined {
  return foreign.named(GATEWAY_API, 'Gateway', namespace, name);
}

export function listenersOf(object: TreeObject): readonly Listener[] {
  const { listeners } = object.manifest.spec ?? {};
  return entriesOf<Listener>(listeners);
}

/** Returns whether a selection by name, port or both includes a listener. */
export function isMeant({ name, port }: ListenerFacts, listener: ListenerFacts): boolean {
  return (name === undefined || name === listener.name) && (port === undefined || port === listener.port);
}

/** Returns whether two selections may include the same listener. If the Gateway is not in the app, only the selections themselves are compared. */
export function mayShareListener(one: ListenerFacts, other: ListenerFacts, listeners: readonly Listener[] | undefined): boolean {
  return listeners ? listeners.some((listener) => isMeant(one, listener) && isMeant(other, listener)) : mayOverlap(one, other);
}
