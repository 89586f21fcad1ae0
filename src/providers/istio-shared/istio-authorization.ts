import {
  AuthorizationPolicySpec, AuthorizationPolicySpecAction, AuthorizationPolicySpecRules, AuthorizationPolicySpecRulesFrom,
  AuthorizationPolicySpecRulesToOperation, AuthorizationPolicySpecRulesWhen, AuthorizationPolicySpecTargetRefs,
} from '../../../imports/security.istio.io';
import { ConnectionRule } from '../../model/connection-rule';
import { MeshModel } from '../../model/mesh';
import { distinctPrincipals, isAnyone, isNamespace, Principal } from '../../model/principal';
import { MIRRORED_HEADERS, MIRRORING_REVISION, RequestLimits, RequestRule } from '../../model/request-rule';
import { TokenLimits } from '../../model/token';

/** Maximum number of ServiceAccounts in one source (Istio 1.30, AuthorizationPolicy). */
export const MOST_SERVICE_ACCOUNTS = 16;

/**
 * Returns a policy that allows no caller. An ALLOW policy without rules denies everything in its scope (Istio 1.30, AuthorizationPolicy).
 */
export function denyAll(scope: Pick<AuthorizationPolicySpec, 'selector' | 'targetRefs'> = {}): AuthorizationPolicySpec {
  return scope;
}

/**
 * Returns an ALLOW policy for connections to pods. ztunnel enforces the identity and the pod port. Sidecars also enforce the request
 * limits. Without rules it denies all.
 */
export function allowConnections(
  model: MeshModel, scope: Pick<AuthorizationPolicySpec, 'selector'>, admitted: readonly ConnectionRule[],
): AuthorizationPolicySpec {
  if (admitted.length === 0) return denyAll(scope);
  return {
    ...scope,
    action: AuthorizationPolicySpecAction.ALLOW,
    rules: admitted.map(({ principals, ports, requests }): AuthorizationPolicySpecRules => ({
      from: sources(model, principals),
      to: operationsOf(requests).map((operation) => ({ operation: { ports: ports.map(String), ...operation } })),
      ...conditions(requests),
    })),
  };
}

/** An external host, and the port at which its requests are inspected. */
export interface ReadHost {
  readonly hostname: string;
  readonly port: number;
}

/**
 * Returns an ALLOW policy for requests to a target. For an external host it also requires that Host header and port. Without rules it
 * denies all.
 */
export function allowRequests(
  model: MeshModel, targetRefs: AuthorizationPolicySpecTargetRefs[], rules: readonly RequestRule[], host?: ReadHost,
): AuthorizationPolicySpec {
  const ofHost = host && { hosts: hostPatterns([host.hostname]), ports: [String(host.port)] };
  if (rules.length === 0) return denyAll({ targetRefs });
  return {
    targetRefs,
    action: AuthorizationPolicySpecAction.ALLOW,
    rules: rules.map((rule): AuthorizationPolicySpecRules => ({
      from: sources(model, distinctPrincipals(rule.principals)),
      ...((rule.endpoints || rule.paths || rule.ports || ofHost) && {
        to: operationsOf(rule).map((operation) => ({ operation: { ...operation, ...atPorts(rule), ...ofHost } })),
      }),
      ...conditions(rule),
    })),
  };
}

/**
 * Returns conditions on headers and token claims. Claims are known only for verified tokens. `requestPrincipals` is not used: it splits
 * issuer and subject at the last "/" and requires a subject, which a token need not have. Values match exactly, because names that
 * contain "*", which would be a pattern, cannot be granted.
 */
function conditions({ mcp, token, preflightsOf }: RequestLimits = {}): Pick<AuthorizationPolicySpecRules, 'when'> {
  if (!mcp && !token && !preflightsOf) return {}; // most rules have none
  const header = (name: string, values: readonly string[]) => ({ key: `request.headers[${name}]`, values: [...values] });
  const when = [
    ...mcp ? [header(MIRRORED_HEADERS.revision, [MIRRORING_REVISION]), header(MIRRORED_HEADERS.method, mcp.methods)] : [],
    ...mcp?.names ? [header(MIRRORED_HEADERS.name, mcp.names)] : [],
    ...preflightsOf ? [header('origin', preflightsOf), header('access-control-request-method', ['*'])] : [],
    ...token ? tokenConditions(token) : [],
  ];
  return when.length > 0 ? { when } : {};
}

/** Returns conditions on the claims of a verified token. */
export function tokenConditions({ issuer, subject, claims }: TokenLimits): AuthorizationPolicySpecRulesWhen[] {
  return Object.entries({ iss: issuer, ...(subject !== undefined && { sub: subject }), ...claims }).map(([name, value]) => ({ key: `request.auth.claims[${name}]`, values: [value] }));
}

/** Returns one operation for each endpoint, one for paths with every method, or one empty operation when neither is limited. */
function operationsOf({ endpoints, paths }: RequestLimits = {}): Pick<AuthorizationPolicySpecRulesToOperation, 'paths' | 'methods'>[] {
  if (paths) return [{ paths: [...paths] }];
  return endpoints ? endpoints.map(({ path, methods }) => ({ paths: [path], methods: [...methods] })) : [{}];
}

/**
 * Returns an ALLOW policy for the hosts of a gateway, with or without a port in the Host header. It is for every listener of the gateway, or
 * for that on a port.
 */
export function allowHosts(targetRefs: AuthorizationPolicySpecTargetRefs[], hostnames: readonly string[], port?: number): AuthorizationPolicySpec {
  if (hostnames.length === 0) return denyAll({ targetRefs });
  const operation = { hosts: hostPatterns(hostnames), ...(port !== undefined && { ports: [String(port)] }) };
  return { targetRefs, action: AuthorizationPolicySpecAction.ALLOW, rules: [{ to: [{ operation }] }] };
}

/** Returns the policy of `allowHosts` for some callers only, at a gateway that sees the identity of its peer. */
export function allowHostsFrom(
  model: MeshModel, callers: readonly Principal[], targetRefs: AuthorizationPolicySpecTargetRefs[], hostnames: readonly string[], port?: number,
): AuthorizationPolicySpec {
  if (callers.length === 0) return denyAll({ targetRefs });
  const allowed = allowHosts(targetRefs, hostnames, port);
  return { ...allowed, ...(allowed.rules && { rules: allowed.rules.map((rule) => ({ ...rule, from: sources(model, callers) })) }) };
}

/** At a waypoint, ports are those of the Service (Istio 1.31, tried). */
function atPorts({ ports }: RequestRule): { readonly ports?: string[] } {
  return ports ? { ports: ports.map(String) } : {};
}

/** Returns Host header patterns. A pattern allows one wildcard at one end, so a wildcard host gets the one port that clients may state. */
export function hostPatterns(hostnames: readonly string[]): string[] {
  return hostnames.flatMap((host) => (host.startsWith('*') ? [host, `${host}:443`] : [host, `${host}:*`]));
}

/**
 * Returns the sources of a rule. `serviceAccounts` match at ztunnel and at Envoy for any trust domain name of the mesh, because they
 * ignore the trust domain. A mesh that trusts other domains therefore uses full principals, which distinguish the same ServiceAccount of
 * different domains.
 */
export function sources(model: MeshModel, principals: readonly Principal[]): AuthorizationPolicySpecRulesFrom[] {
  if (principals.some(isAnyone)) return [{ source: { principals: ['*'] } }];
  if (model.facts.trustedDomains.length > 0) return [{ source: { principals: principals.map(({ identity }) => identity) } }]; // "*" at the end is a prefix
  const namespaces = principals.filter(isNamespace).map(({ namespace }) => namespace);
  const accounts = principals.filter((one) => !isNamespace(one)).map(({ namespace, serviceAccount }) => `${namespace}/${serviceAccount}`);
  const from: AuthorizationPolicySpecRulesFrom[] = namespaces.length > 0 ? [{ source: { namespaces } }] : [];
  for (let start = 0; start < accounts.length; start += MOST_SERVICE_ACCOUNTS) {
    from.push({ source: { serviceAccounts: accounts.slice(start, start + MOST_SERVICE_ACCOUNTS) } });
  }
  return from;
}
