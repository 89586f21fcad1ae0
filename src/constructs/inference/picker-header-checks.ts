import { MeshModel } from '../../model/mesh';
import { instanceName, PickerSettings, PluginSpec } from '../../model/picker/config';
import { textsIn } from '../../model/picker/parameter-texts';
import { SESSION_READER, sessionHeadersAt } from '../../model/picker/sessions';
import { PoolNode } from '../../model/pool';
import { identified, InputProblem } from '../../model/problem';
import { TenantNode } from '../../model/tenant';
import { namesTenants, strippedHeaders } from '../../providers/inference-extension/picker-headers';
import { Membership } from '../membership/membership';

/** Reports request headers that plugins of a picker read, and that no request has when the picker reads it. */
export function checkPickerHeaders(member: Membership, pool: PoolNode, settings: PickerSettings): void {
  const { model, path } = member;
  member.reportAll(settings.plugins.flatMap((plugin) => [...invalidHeaders(plugin), ...removedHeaders(pool, plugin)]));
  // Other pools and tenants of the gateway may follow.
  model.checksAtSynth.push(() => identified('AM001', removedSessions(model, pool, settings).map((problem) => ({ path, ...problem }))));
}

/** Parameters that name request headers. */
const HEADER_KEYS: readonly string[] = ['header', 'headerName', 'additionalSessionHeaders'];

/** Returns the request headers that a plugin reads, with the place of each in its parameters. */
const headersRead = (plugin: PluginSpec) => textsIn(plugin.parameters).filter(([place]) => place.split('.').some((key) => HEADER_KEYS.includes(key)));

/** A name of a header that a request can have (RFC 9110, token). */
const HEADER_NAME = /^[A-Za-z0-9!#$%&'*+\-.^_`|~]{1,256}$/;

function invalidHeaders(plugin: PluginSpec): InputProblem[] {
  return headersRead(plugin).filter(([, header]) => !HEADER_NAME.test(header)).map(([place, header]) => ({
    message: `plugin ${instanceName(plugin)} of the endpoint picker reads a header whose name no request can have`, actual: `${place}: ${header}`, expected: 'names such as "x-session-id"', fix: 'correct the name',
  }));
}

/** Reports headers that a plugin reads, and that the inner gateway removes from every request. */
function removedHeaders({ gateway: { jwt } }: PoolNode, plugin: PluginSpec): InputProblem[] {
  const removed = strippedHeaders(Object.keys(jwt?.claimHeaders ?? {}), []);
  return headersRead(plugin).filter(([, header]) => removed.includes(header.toLowerCase())).map(([place, header]) => ({
    message: `plugin ${instanceName(plugin)} of the endpoint picker reads a header that no request has, because gateways and pickers use it between each other and clients may not set it`,
    actual: `${place}: ${header}`, expected: 'a header that clients may set', fix: 'choose another header',
  }));
}

/** Reports session headers that a plugin reads, and that the inner gateway removes because a picker would take the session for the tenant. */
function removedSessions(model: MeshModel, pool: PoolNode, { plugins }: PickerSettings): InputProblem[] {
  const { gateway } = pool;
  const removed = hasTenants(model, pool) ? sessionHeadersAt(model, pool) : [];
  const others = plugins.filter(({ type }) => type !== SESSION_READER);
  return others.flatMap((plugin) => headersRead(plugin).filter(([, header]) => removed.includes(header.toLowerCase())).map(([place, header]) => ({
    message: `plugin ${instanceName(plugin)} of the endpoint picker of pool ${pool.name} reads a session header that no request has: gateway ${gateway.name} names the tenant of each request, and removes this header because plugin ${SESSION_READER} of a picker behind it would take the session for the tenant`,
    actual: `${place}: ${header}`, expected: `a header that no plugin ${SESSION_READER} reads`, fix: `choose another header, or give the pool whose picker has ${SESSION_READER} a gateway of its own`,
  })));
}

/** Returns whether the requests at the gateway of a pool have tenants that clients cannot choose. */
function hasTenants({ tenants }: MeshModel, { gateway, namespace }: PoolNode): boolean {
  const isBeside = ({ pool }: TenantNode) => pool.gateway === gateway && pool.namespace === namespace;
  return namesTenants(Object.keys(gateway.jwt?.claimHeaders ?? {})) || tenants.some(isBeside);
}
