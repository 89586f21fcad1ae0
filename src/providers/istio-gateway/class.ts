/** Class `istio` and its kin name Service, Deployment and ServiceAccount alike (Istio 1.30, deployment controller). */
export function serviceName(gatewayName: string, className: string): string {
  return `${gatewayName}-${className}`;
}
