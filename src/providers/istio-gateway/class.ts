/**
 * Returns the name of the Service, Deployment and ServiceAccount of a gateway. Class `istio` and classes of the same controller use one
 * name for all three (Istio 1.30, deployment controller).
 */
export function serviceName(gatewayName: string, className: string): string {
  return `${gatewayName}-${className}`;
}
