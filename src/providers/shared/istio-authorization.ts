import {
  AuthorizationPolicySpec, AuthorizationPolicySpecAction, AuthorizationPolicySpecRules, AuthorizationPolicySpecRulesFrom,
  AuthorizationPolicySpecRulesToOperation, AuthorizationPolicySpecTargetRefs,
} from '../../../imports/security.istio.io';
import { Admission } from '../../model/admission';
import { MeshModel } from '../../model/mesh';
import { distinctPrincipals, isAnyone, Principal } from '../../model/principal';
import { MIRRORED_HEADERS, MIRRORING_REVISION, RequestLimits, RequestRule } from '../../model/request-rule';

/** Most ServiceAccounts that one source may list (Istio 1.30, AuthorizationPolicy). */
export const MOST_SERVICE_ACCOUNTS = 16;

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
      from: sources(model, principals),
      to: operationsOf(requests).map((operation) => ({ operation: { ports: ports.map(String), ...operation } })),
      ...conditions(requests),
    })),
  };
}

/** A host outside the cluster, and the port at which its requests are read. */
export interface ReadHost {
  readonly hostname: string;
  readonly port: number;
}

/** What a proxy that reads requests lets through to its target; of a host outside, asked for by no other name. Nobody is written as deny-all. */
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
      ...((rule.endpoints || ofHost) && { to: operationsOf(rule).map((operation) => ({ operation: { ...operation, ...ofHost } })) }),
      ...conditions(rule),
    })),
  };
}

/**
 * What headers and tokens must say; only of tokens that were verified is anything known. `requestPrincipals` would take issuer and
 * subject apart at the last "/", and ask for a subject that a token need not have. Values are exact: nothing that is granted may
 * hold a "*", which would be a pattern.
 */
function conditions({ mcp, token, preflightsOf }: RequestLimits = {}): Pick<AuthorizationPolicySpecRules, 'when'> {
  if (!mcp && !token && !preflightsOf) return {}; // as most rules
  const header = (name: string, values: readonly string[]) => ({ key: `request.headers[${name}]`, values: [...values] });
  const when = [
    ...mcp ? [header(MIRRORED_HEADERS.revision, [MIRRORING_REVISION]), header(MIRRORED_HEADERS.method, mcp.methods)] : [],
    ...mcp?.names ? [header(MIRRORED_HEADERS.name, mcp.names)] : [],
    ...preflightsOf ? [header('origin', preflightsOf), header('access-control-request-method', ['*'])] : [],
    ...Object.entries(token ? { iss: token.issuer, ...(token.subject !== undefined && { sub: token.subject }), ...token.claims } : {}).map(([name, value]) => ({ key: `request.auth.claims[${name}]`, values: [value] })),
  ];
  return when.length > 0 ? { when } : {};
}

/** One for each endpoint; of what is not limited, one that says nothing. */
function operationsOf({ endpoints }: RequestLimits = {}): Pick<AuthorizationPolicySpecRulesToOperation, 'paths' | 'methods'>[] {
  return endpoints ? endpoints.map(({ path, methods }) => ({ paths: [path], methods: [...methods] })) : [{}];
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
export function sources(model: MeshModel, principals: readonly Principal[]): AuthorizationPolicySpecRulesFrom[] {
  if (principals.some(isAnyone)) return [{ source: { principals: ['*'] } }];
  if (model.facts.trustedDomains.length > 0) return [{ source: { principals: principals.map(({ identity }) => identity) } }];
  const accounts = principals.map(({ namespace, serviceAccount }) => `${namespace}/${serviceAccount}`);
  const from: AuthorizationPolicySpecRulesFrom[] = [];
  for (let start = 0; start < accounts.length; start += MOST_SERVICE_ACCOUNTS) {
    from.push({ source: { serviceAccounts: accounts.slice(start, start + MOST_SERVICE_ACCOUNTS) } });
  }
  return from;
}
