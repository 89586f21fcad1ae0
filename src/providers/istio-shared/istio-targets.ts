/** Builders of the target references of Istio policies (Istio 1.30, PolicyTargetReference). */
export function gatewayRef(name: string) {
  return { group: 'gateway.networking.k8s.io', kind: 'Gateway', name };
}

export function serviceRef(name: string) {
  return { group: '', kind: 'Service', name };
}

export function serviceEntryRef(name: string) {
  return { group: 'networking.istio.io', kind: 'ServiceEntry', name };
}

/** Labels that the Istio providers write or read. */
export const LABELS = {
  dataplaneMode: 'istio.io/dataplane-mode',
  useWaypoint: 'istio.io/use-waypoint',
  useWaypointNamespace: 'istio.io/use-waypoint-namespace',
  ingressUseWaypoint: 'istio.io/ingress-use-waypoint',
  waypointFor: 'istio.io/waypoint-for',
  gatewayName: 'gateway.networking.k8s.io/gateway-name',
  namespaceName: 'kubernetes.io/metadata.name',
} as const;

export const HBONE_PORT = 15008;
