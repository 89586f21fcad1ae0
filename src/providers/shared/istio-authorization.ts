import {
  AuthorizationPolicySpec, AuthorizationPolicySpecAction, AuthorizationPolicySpecRules, AuthorizationPolicySpecRulesFrom,
  AuthorizationPolicySpecRulesToOperation, AuthorizationPolicySpecTargetRefs,
} from '../../../imports/security.istio.io';
import { Admission } from '../../model/admission';
import { MeshModel } from '../../model/mesh';
import { distinctPrincipals, Principal } from '../../model/principal';
import { MIRRORED_HEADERS, MIRRORING_REVISION, RequestLimits, RequestRule } from '../../model/request-rule';

/** Most ServiceAccounts that one source may list (Istio 1.30, AuthorizationPolicy). */
const MOST_SERVICE_ACCOUNTS = 16;

/** Allows nobody: an ALLOW without rules denies everything in its scope (Istio 1.30, AuthorizationPolicy). */
export function denyAll(scope: Pick<AuthorizationPolicySpec, 'selector' | 'targetRefs'> = {}): AuthorizationPolicySpec {
  return scope;
}

/** What connects, by identity and port of the pods, which is all that ztunnel reads, and what it may ask for, which sidecars read. Nobody is written as deny-all. */
export function allowConnections(
  model: MeshModel, scope: Pick<AuthorizationPolicySpec, 'selector'>, admitted: readonly Admission[],
): AuthorizationPolicySpec {
  if (admitted.length === 0) return denyAll(scope);
  return {
    ...scope,
    action: AuthorizationPolicySpecAction.ALLOW,
    rules: admitted.map(({ principals, ports, requests }): AuthorizationPolicySpecRules => ({
      from: sources(model, principals, requests?.tokenIssuer),
      to: [{ operation: { ports: ports.map(String), ...operationOf(requests ?? {}) } }],
      ...conditions(requests ?? {}),
    })),
  };
}

/** What a proxy that reads requests lets through to its target. Nobody is written as deny-all. */
export function allowRequests(
  model: MeshModel, targetRefs: AuthorizationPolicySpecTargetRefs[], rules: readonly RequestRule[],
): AuthorizationPolicySpec {
  if (rules.length === 0) return denyAll({ targetRefs });
  return {
    targetRefs,
    action: AuthorizationPolicySpecAction.ALLOW,
    rules: rules.map((rule): AuthorizationPolicySpecRules => {
      const operation = operationOf(rule);
      return {
        from: sources(model, distinctPrincipals(rule.principals), rule.tokenIssuer),
        ...(Object.keys(operation).length > 0 && { to: [{ operation }] }),
        ...conditions(rule),
      };
    }),
  };
}

/** What headers must say. Values are exact: no name that is granted may hold a "*", which would be a pattern. */
function conditions({ mcp }: RequestLimits): Pick<AuthorizationPolicySpecRules, 'when'> {
  if (!mcp) return {};
  const header = (name: string, values: readonly string[]) => ({ key: `request.headers[${name}]`, values: [...values] });
  return {
    when: [
      header(MIRRORED_HEADERS.revision, [MIRRORING_REVISION]),
      header(MIRRORED_HEADERS.method, mcp.methods),
      ...mcp.names ? [header(MIRRORED_HEADERS.name, mcp.names)] : [],
    ],
  };
}

function operationOf({ paths, methods }: RequestLimits): Pick<AuthorizationPolicySpecRulesToOperation, 'paths' | 'methods'> {
  return { ...(paths && { paths: [...paths] }), ...(methods && { methods: [...methods] }) };
}

/** Requests for a gateway's own hosts, with or without a port behind the name. */
export function allowHosts(targetRefs: AuthorizationPolicySpecTargetRefs[], hostnames: readonly string[]): AuthorizationPolicySpec {
  if (hostnames.length === 0) return denyAll({ targetRefs });
  return { targetRefs, action: AuthorizationPolicySpecAction.ALLOW, rules: [{ to: [{ operation: { hosts: hostPatterns(hostnames) } }] }] };
}

/** The same of one caller alone, for a gateway that sees who calls. */
export function allowHostsFrom(
  model: MeshModel, targetRefs: AuthorizationPolicySpecTargetRefs[], hostnames: readonly string[], caller: Principal,
): AuthorizationPolicySpec {
  const allowed = allowHosts(targetRefs, hostnames);
  return { ...allowed, ...(allowed.rules && { rules: allowed.rules.map((rule) => ({ ...rule, from: sources(model, [caller]) })) }) };
}

/** A match may have one wildcard, at one end: a wildcard host can have the one port that clients may name. */
function hostPatterns(hostnames: readonly string[]): string[] {
  return hostnames.flatMap((host) => (host.startsWith('*') ? [host, `${host}:443`] : [host, `${host}:*`]));
}

/**
 * `serviceAccounts` hold whatever the mesh's trust domain is called, at ztunnel and at Envoy alike; but they also ignore
 * it. So a mesh that trusts other domains names whole principals, which tell a foreign namesake apart.
 */
function sources(model: MeshModel, principals: readonly Principal[], tokenIssuer?: string): AuthorizationPolicySpecRulesFrom[] {
  // Beside the identity: a source holds where all of its fields do.
  const token = tokenIssuer === undefined ? {} : { requestPrincipals: [`${tokenIssuer}/*`] };
  if (model.facts.trustedDomains.length > 0) return [{ source: { principals: principals.map(({ key }) => key), ...token } }];
  const accounts = principals.map(({ namespace, serviceAccount }) => `${namespace}/${serviceAccount}`);
  const from: AuthorizationPolicySpecRulesFrom[] = [];
  for (let start = 0; start < accounts.length; start += MOST_SERVICE_ACCOUNTS) {
    from.push({ source: { serviceAccounts: accounts.slice(start, start + MOST_SERVICE_ACCOUNTS), ...token } });
  }
  return from;
}
