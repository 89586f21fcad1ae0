import { callers } from './callers';
import { circuitBreaker, connectionPool } from './demands';
import { placeIn } from './places';
import { id, name, number } from './texts';
import { deploy, existing, Purpose } from './workloads';
import { Backend, BackendProps } from '../../../src';
import { Drawing } from '../drawing';
import { called, Expr, lit, made, read } from '../expr';
import { always, options, rarely } from '../options';
import { MeshVar } from '../plan';

/** Ports of a database, of a cache, and of a collector. */
const PORTS: readonly number[][] = [[5432], [6379, 16_379], [4317, 4318]];

/** A backend, deployed here or running already, with its grants. */
export function backend(on: Drawing, mesh: MeshVar): void {
  const { plan, tape } = on;
  const place = placeIn(on, 'BackendProps', mesh);
  const account = plan.fresh('store');
  const isOwn = tape.oneIn(2) || on.isSought('BackendProps.servicePort') || on.isSought('BackendProps.namespace');
  const purpose: Purpose = { mesh, ports: tape.pick(PORTS), mayDemand: false, needsService: true };
  const pods = isOwn ? deploy(on, purpose) : existing(on, purpose, { serviceAccount: account, labels: { app: account } });
  const isClustered = tape.oneIn(2);
  const isLimited = isOwn && !(isClustered && mesh.can('waypoint'));
  const isRead = pods.httpPorts.includes(pods.ports[0]);
  const expr = plan.define('backend', made(Backend, place.scope, lit(id(on, 'backend')), options<BackendProps>(on, 'BackendProps', {
    mesh: place.mesh,
    workload: always(() => pods.expr),
    name: rarely(() => lit(name(on, 'store'))),
    namespace: rarely(() => (on.dares(isOwn) ? lit(tape.pick([...mesh.namespaces, `${mesh.namespace}-data`])) : undefined)),
    servicePort: rarely(() => (on.dares(isOwn) ? number(on, 15_432) : undefined)),
    peers: rarely(() => lit(isClustered)),
    connectionPool: rarely(() => (on.dares(isLimited && mesh.can('connection-pool')) ? connectionPool(on, isRead) : undefined)),
    circuitBreaker: rarely(() => (on.dares(isLimited && isRead && mesh.can('circuit-breaking')) ? circuitBreaker(on) : undefined)),
  })));
  plan.add('grant', called(Backend, expr, 'grantCall', ...callers(on, mesh)));
  const further = pods.ports.slice(1);
  if (on.dares(further.length > 0)) plan.add('grant', called(Backend, expr, 'grantPorts', lit([...further]), ...callers(on, mesh)));
  plan.add('definition', readings(on, expr, pods.hasService));
}

function readings(on: Drawing, expr: Expr<Backend>, hasService: boolean): Expr<unknown> {
  return on.choice<Expr<unknown>>({
    'Backend#title': read(Backend, expr, 'title'),
    'Backend#identity': read(Backend, expr, 'identity'),
    'Backend#asCaller': read(Backend, expr, 'asCaller'),
    'Backend#asCallee': read(Backend, expr, 'asCallee'),
    ...hasService && !on.isBold && { 'Backend#host': read(Backend, expr, 'host') },
  });
}
