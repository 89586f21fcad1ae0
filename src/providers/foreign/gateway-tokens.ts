import { ISTIO_SECURITY } from './groups';
import { maySelect } from './label-selector';
import { ForeignObjects, TreeObject } from './tree-object';
import { GatewayJwtFacts, GatewayNode } from '../../model/gateway';
import { MeshModel } from '../../model/mesh';
import { CheckResult } from '../../model/problem';

interface Rule {
  readonly issuer?: string;
  readonly outputPayloadToHeader?: string;
  readonly outputClaimToHeaders?: readonly { readonly header?: string }[];
}

interface Spec {
  readonly jwtRules?: readonly Rule[];
  readonly selector?: { readonly matchLabels?: Readonly<Record<string, string>> };
  readonly targetRefs?: readonly { readonly kind?: string; readonly name?: string }[];
  readonly targetRef?: { readonly kind?: string; readonly name?: string };
}

/**
 * Reports policies that accept tokens with other keys at a gateway with `jwt`, or that set its claim headers from other tokens. The token
 * rules of all policies of a gateway are additive.
 */
export function otherClientKeys({ gateways }: MeshModel, foreign: ForeignObjects, root: string): CheckResult[] {
  return gateways.flatMap((gateway) => {
    const { jwt } = gateway;
    if (!jwt) return [];
    const policies = [...new Set([gateway.namespace, root])].flatMap((place) => foreign.in(place))
      .filter(({ group, kind }) => group === ISTIO_SECURITY && kind === 'RequestAuthentication');
    return policies.filter((object) => reaches(object, gateway)).flatMap((object) => added(object, gateway, jwt));
  });
}

function added(object: TreeObject, { name }: GatewayNode, jwt: GatewayJwtFacts): CheckResult[] {
  const { jwtRules = [] } = (object.manifest.spec ?? {}) as Spec;
  const found = jwtRules.flatMap((rule) => [
    ...!rule.issuer || rule.issuer === jwt.issuer ? [`issuer: ${rule.issuer ?? 'every issuer'}`] : [],
    ...headersOf(rule).filter((header) => Object.hasOwn(jwt.claimHeaders, header)).map((header) => `header: ${header}`),
  ]);
  return found.length === 0 ? [] : [{
    path: object.path,
    message: `${object.title} adds token rules to gateway ${name}, which already has \`jwt\`, so the gateway would also accept tokens that \`jwt\` does not allow`,
    actual: found,
    expected: 'only issuers and headers that `jwt` of the gateway does not name',
    fix: 'state the token rules as `jwt` of the gateway, and remove the policy',
  }];
}

function headersOf({ outputPayloadToHeader, outputClaimToHeaders = [] }: Rule): string[] {
  return [outputPayloadToHeader, ...outputClaimToHeaders.map(({ header }) => header)].map((header) => String(header).toLowerCase());
}

function reaches({ namespace, manifest }: TreeObject, gateway: GatewayNode): boolean {
  const { selector, targetRefs = [], targetRef } = (manifest.spec ?? {}) as Spec;
  const refs = [...targetRefs, ...targetRef ? [targetRef] : []];
  const isOwn = (name?: string) => name === gateway.name && namespace === gateway.namespace;
  if (refs.length > 0) return refs.some(({ kind, name }) => kind === 'GatewayClass' || (kind === 'Gateway' && isOwn(name)));
  const labels = { 'gateway.networking.k8s.io/gateway-name': gateway.name, ...gateway.infrastructureLabels };
  return maySelect(selector ?? {}, { labels, isAll: true });
}
