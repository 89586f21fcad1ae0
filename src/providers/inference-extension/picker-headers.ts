/** Header whose value is the name of an objective (llm-d-router v0.10, pkg/epp/metadata). */
export const OBJECTIVE_HEADER = 'x-llm-d-inference-objective';

/** Header whose value is the tenant to which a request is counted (llm-d-router v0.10, pkg/epp/metadata). */
export const FAIRNESS_HEADER = 'x-llm-d-inference-fairness-id';

/** Headers whose value is the tenant of a request. The second name is older, and the endpoint picker still reads it. */
export const TENANT_ID_HEADERS: readonly string[] = [FAIRNESS_HEADER, 'x-gateway-inference-fairness-id'];

/**
 * Request headers that select the priority of a request and the tenant to which it is counted (llm-d-router v0.10, pkg/epp/metadata). The
 * second names are older, and the endpoint picker still reads them.
 */
const TENANT_HEADERS = [OBJECTIVE_HEADER, 'x-gateway-inference-objective', ...TENANT_ID_HEADERS];

/**
 * Request headers that gateways, endpoint pickers and routing sidecars set for each other: which model replaces that of the body, which pods may
 * be picked, and which addresses a routing sidecar calls (llm-d-router v0.10, pkg/epp/metadata and pkg/sidecar/proxy).
 */
const INTERNAL_HEADERS = [
  'x-llm-d-model-name-rewrite', 'x-gateway-model-name-rewrite', 'x-gateway-destination-endpoint', 'x-gateway-destination-endpoint-subset', 'x-prefiller-host-port',
  'x-encoder-hosts-ports', 'x-data-parallel-host-port', 'x-kv-cache-source-host-port',
];

/** Returns whether a header selects a priority or a tenant. */
export function isTenantHeader(name: string): boolean {
  return TENANT_HEADERS.includes(name.toLowerCase());
}

/** Returns whether a gateway that sets these headers names the tenants of requests. */
export function namesTenants(set: readonly string[]): boolean {
  return set.some((name) => TENANT_ID_HEADERS.includes(name.toLowerCase()));
}

/**
 * Returns the headers that no client may set, except those of a tenant that the gateway before sets itself. `sessions` are headers by which
 * clients choose a session: a picker would take it for the tenant of a request without one. They stay where sessions are all that pickers know.
 */
export function strippedHeaders(set: readonly string[], sessions: readonly string[]): string[] {
  const all = [...TENANT_HEADERS, ...INTERNAL_HEADERS, ...namesTenants(set) ? sessions : []];
  return [...new Set(all)].filter((name) => !set.includes(name) || INTERNAL_HEADERS.includes(name)).sort();
}
