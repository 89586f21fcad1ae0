import { Construct } from 'constructs';
import { authorize, routeRef, serverRef } from './authorization';
import { identityOf, LinkerdFacts, NOBODY } from './facts';
import { compileRequests, compileRest, InboundRoute, inboundRoutesOf, limitsOf } from './inbound-routes';
import { inboundPolicyIn } from './namespace';
import { emitProbes } from './probes';
import { HttpRoute } from '../../../imports/gateway.networking.k8s.io';
import {
  AuthorizationPolicy, HttpLocalRateLimitPolicy, HttpLocalRateLimitPolicySpec, MeshTlsAuthentication, MeshTlsAuthenticationSpec, Server, ServerSpec,
} from '../../../imports/policy.linkerd.io';
import { ConnectionRule } from '../../model/connection-rule';
import { isGrpc, MeshModel } from '../../model/mesh';
import { distinctPrincipals, Principal } from '../../model/principal';
import { calledPorts, RateLimitFacts, WorkloadNode } from '../../model/workload';
import { emit } from '../emit';

/**
 * Emits the workload policy: for each port a Server that denies by default, and one authorization of the allowed callers. An authorization
 * of a Server also allows requests of all its routes. At a port with request limits, only routes are authorized, never the Server (Linkerd
 * 2.20, policy-controller, inbound index). In an audit-only namespace the Servers allow and report callers without an authorization, and
 * there is no rate limit, because limits have no audit mode.
 */
export function emitWorkloadPolicy(
  scope: Construct, model: MeshModel, facts: LinkerdFacts, workload: WorkloadNode, connectionRules: () => readonly ConnectionRule[],
): void {
  const { namespace } = workload;
  const isAuditOnly = model.isAuditOnly(namespace);
  const routed = isAuditOnly ? withCredentials(workload) : workload;
  workload.ports.forEach((port, index) => {
    const name = portName(workload, port);
    const limits = limitsOf(workload, port);
    emit(scope, index === 0 ? 'workload-policy' : `workload-policy-${port}`, Server, { name, namespace }, { spec: () => compileServer(model, workload, port) });
    if (limits) {
      for (const endpoint of inboundRoutesOf(workload, port, limits)) emitInboundRoute(scope, facts, routed, name, endpoint);
      if (isAuditOnly) emit(scope, `audit-${port}`, HttpRoute, { name: `${name}-audit`, namespace }, { spec: () => compileRest(name) });
      emitProbes(scope, facts, workload, { port, server: name });
      return;
    }
    emit(scope, `callers-${port}`, MeshTlsAuthentication, { name, namespace }, { spec: () => compileCallers(facts, admitted(connectionRules(), port)) });
    emit(scope, `authorization-${port}`, AuthorizationPolicy, { name, namespace }, {
      spec: () => authorize(serverRef(name), 'MeshTLSAuthentication', name),
    });
  });
  if (workload.rateLimit && !isAuditOnly) emitRateLimit(scope, workload, workload.rateLimit);
}

/** Returns the workload without a rule that strips credentials, which its server may still need. */
function withCredentials(workload: WorkloadNode): WorkloadNode {
  return { ...workload, tokens: undefined };
}

/** Returns the name of the Server of a port. */
export function portName({ name }: WorkloadNode, port: number): string {
  return `${name}-${port}`;
}

export function compileServer(model: MeshModel, workload: WorkloadNode, port: number): ServerSpec {
  return {
    podSelector: { matchLabels: { ...workload.labels } },
    port,
    proxyProtocol: protocolOf(model, workload, port),
    accessPolicy: inboundPolicyIn(model, workload.namespace), // explicit, because the cluster may have another default
  };
}

/**
 * Returns the protocol of a port. It is set explicitly, because protocol detection falls back to opaque if a client sends nothing, and
 * proxies neither count nor inspect opaque traffic.
 */
function protocolOf(model: MeshModel, workload: WorkloadNode, port: number): string {
  if (workload.opaquePorts.includes(port)) return 'opaque';
  // With a stated protocol the proxy denies every other one, which an audit-only namespace must not.
  if (!isRead(workload, port) || model.isAuditOnly(workload.namespace)) return 'unknown';
  return workload.service && isGrpc(model, workload.service) ? 'HTTP/2' : 'HTTP/1';
}

/** Returns whether proxies must inspect requests at a port, for routes, rate limits, or headers that only the proxy may set. */
export function isRead(workload: WorkloadNode, port: number): boolean {
  const isCounted = workload.rateLimit !== undefined && calledPorts(workload).includes(port);
  return workload.trustsHeaders === true || isCounted || limitsOf(workload, port) !== undefined;
}

/** Returns the callers that may send any request to a port. Callers with request limits have routes. */
function admitted(connectionRules: readonly ConnectionRule[], port: number): Principal[] {
  return connectionRules.filter(({ ports, requests }) => ports.includes(port) && !requests?.endpoints).flatMap(({ principals }) => principals);
}

export function compileCallers(facts: LinkerdFacts, principals: readonly Principal[]): MeshTlsAuthenticationSpec {
  const identities = [...new Set(distinctPrincipals(principals).map((principal) => identityOf(facts, principal)))]; // Linkerd does not inspect tokens
  return { identities: identities.length > 0 ? identities : [NOBODY] };
}

/** Emits a route of a Server, and the authorization of its callers. */
function emitInboundRoute(
  scope: Construct, facts: LinkerdFacts, { namespace, tokens }: WorkloadNode, server: string, { id, name, limits, principals }: InboundRoute,
): void {
  emit(scope, `callers-${id}`, MeshTlsAuthentication, { name, namespace }, { spec: () => compileCallers(facts, principals()) });
  emit(scope, `request-policy-${id}`, HttpRoute, { name, namespace }, { spec: () => compileRequests(server, limits, tokens) });
  emit(scope, `authorization-${id}`, AuthorizationPolicy, { name, namespace }, {
    spec: () => authorize(routeRef(name), 'MeshTLSAuthentication', name),
  });
}

function emitRateLimit(scope: Construct, workload: WorkloadNode, limit: RateLimitFacts): void {
  const [port] = calledPorts(workload);
  if (port === undefined) return;
  emit(scope, 'rate-limit', HttpLocalRateLimitPolicy, { name: portName(workload, port), namespace: workload.namespace }, {
    spec: () => compileRateLimit(portName(workload, port), limit),
  });
}

export function compileRateLimit(server: string, limit: RateLimitFacts): HttpLocalRateLimitPolicySpec {
  const { requestsPerSecond: total, requestsPerSecondOfCaller: perCaller } = limit;
  return {
    targetRef: serverRef(server),
    ...(total !== undefined && { total: { requestsPerSecond: total } }),
    ...(perCaller !== undefined && { identity: { requestsPerSecond: perCaller } }),
  };
}
