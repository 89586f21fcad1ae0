import { existingGateways, gatewayObject } from './gateway-listeners';
import { GATEWAY_API } from './groups';
import { ForeignObjects } from './tree-object';
import { MeshModel } from '../../model/mesh';
import { CheckResult } from '../../model/problem';

const ACCOUNT = 'gateway.istio.io/service-account';

/**
 * Reports Gateways in the app whose class or ServiceAccount is not the one that the program states. Their proxies would ignore the routes,
 * or have an identity without grants.
 */
export function misstatedGateways(model: MeshModel, foreign: ForeignObjects, proxies: GatewayProxies): CheckResult[] {
  return existingGateways(model).flatMap((gateway): CheckResult[] => {
    const object = gatewayObject(foreign, gateway);
    const { gatewayClassName, addresses, infrastructure } = (object?.manifest.spec ?? {}) as Spec;
    if (!object) return [];
    const { annotations = {} } = object.manifest.metadata ?? {};
    const own = annotations[ACCOUNT] ?? infrastructure?.annotations?.[ACCOUNT];
    const made = own ?? proxies.serviceAccount(gateway.name);
    const isOfClass = gatewayClassName === proxies.className;
    // The user may deploy the proxies of a Gateway with addresses.
    const isMade = own !== undefined || (isOfClass && addresses === undefined);
    const differences = [
      ...isOfClass || isOfIstio(foreign, String(gatewayClassName)) ? [] : [{ actual: { gatewayClassName }, expected: `the class ${proxies.className} of the provider` }],
      ...isMade && made !== gateway.existingServiceAccount
        ? [{ actual: { serviceAccount: made }, expected: `the ServiceAccount ${gateway.existingServiceAccount}, which has the grants` }] : [],
    ];
    return differences.map(({ actual, expected }) => ({
      path: object.path,
      message: `${object.title} differs from its description in InferenceGateway.fromGatewayName`,
      actual, expected,
      fix: 'correct `serviceAccount` or the gateway provider in the program, or correct the Gateway',
    }));
  });
}

/** Facts of a provider about the gateways of its class. */
export interface GatewayProxies {
  readonly className: string;
  /** Returns the ServiceAccount of a gateway's proxies. */
  serviceAccount(gatewayName: string): string;
}

interface Spec {
  readonly gatewayClassName?: string;
  readonly addresses?: unknown;
  readonly infrastructure?: { readonly annotations?: Readonly<Record<string, unknown>> };
}

/** Returns whether the app has a GatewayClass with this name for the controller of Istio. */
function isOfIstio(foreign: ForeignObjects, className: string): boolean {
  const object = foreign.named(GATEWAY_API, 'GatewayClass', '', className);
  return object?.manifest.spec?.controllerName === 'istio.io/gateway-controller';
}
