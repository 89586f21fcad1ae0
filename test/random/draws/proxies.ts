import { placeIn } from './places';
import { id, name, statedName } from './texts';
import { ExistingWaypointProps, Waypoint, WaypointProps } from '../../../src';
import { Drawing } from '../drawing';
import { called, factory, lit, made } from '../expr';
import { always, fitting, options, rarely } from '../options';
import { MeshVar, WaypointVar } from '../plan';

/** A waypoint of the library's. */
export function waypoint(on: Drawing, mesh: MeshVar): void {
  const place = placeIn(on, 'WaypointProps', mesh);
  const namespace = on.tape.oneIn(3) ? on.tape.pick([...mesh.namespaces, `${mesh.namespace}-proxies`]) : undefined;
  const expr = on.plan.define('waypoint', made(Waypoint, place.scope, lit(id(on, 'waypoint')), options<WaypointProps>(on, 'WaypointProps', {
    mesh: place.mesh, name: rarely(() => lit(name(on, 'reader'))), namespace: fitting(() => (namespace === undefined ? undefined : lit(namespace))),
  })));
  on.plan.waypoints.push({ expr, mesh, namespace: namespace ?? mesh.namespace });
}

/** A waypoint of the team. */
export function existingWaypoint(on: Drawing, mesh: MeshVar): void {
  const place = placeIn(on, 'ExistingWaypointProps', mesh);
  const called0 = name(on, 'their-waypoint');
  on.plan.stated.add(`Gateway ${called0}`);
  const denies = on.tape.oneIn(2) || on.isSought('ExistingWaypointProps.deniesByDefault');
  const namespace = on.tape.oneIn(3) ? (denies || on.isBold ? 'proxies' : on.tape.pick(mesh.namespaces)) : undefined;
  const expr = on.plan.define('waypoint', factory(Waypoint, 'fromGatewayName', place.scope, lit(id(on, 'their-waypoint')), options<ExistingWaypointProps>(on, 'ExistingWaypointProps', {
    mesh: place.mesh,
    gatewayName: always(() => lit(called0)),
    namespace: fitting(() => (namespace === undefined ? undefined : lit(namespace))),
    deniesByDefault: fitting(() => (denies ? lit(true) : undefined)),
    serviceAccount: rarely(() => statedName(on, 'ServiceAccount', 'reader')),
  })));
  on.plan.waypoints.push({ expr, mesh, namespace: namespace ?? mesh.namespace });
}

export function bind(on: Drawing, { expr, mesh }: WaypointVar): void {
  const namespace = on.odd(['', 'elsewhere', '__proto__'], () => on.tape.pick(on.isBold ? ['elsewhere'] : mesh.namespaces));
  on.plan.add('definition', called(Waypoint, expr, 'bindNamespace', lit(namespace)));
}
