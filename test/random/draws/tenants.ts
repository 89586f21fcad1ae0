import { callers } from './callers';
import { placeIn } from './places';
import { id, name, number } from './texts';
import { deploy } from './workloads';
import {
  EndpointPicker, EndpointPickerConfig, GatewayExposure, InferenceGateway, InferenceObjective, InferenceTenant, InferenceTenantProps,
} from '../../../src';
import { Drawing } from '../drawing';
import { called, Expr, factory, lit, made, member, struct } from '../expr';
import { always, fitting, options, rarely } from '../options';
import { MeshVar } from '../plan';

/** A pool whose callers are tenants, with a gateway of its own: a grant of another pool there would let its callers choose a tenant. */
export function tenant(on: Drawing, mesh: MeshVar): void {
  const { plan } = on;
  const pods = deploy(on, { mesh, mayDemand: false });
  if (pods.httpPorts.length === 0) return;
  const gateway = plan.define('shared', made(InferenceGateway, mesh.expr, lit(id(on, 'shared')), struct('InferenceGatewayProps', [['exposure', member('GatewayExposure', GatewayExposure, 'IN_MESH')]])));
  const picker = factory(EndpointPicker, 'deploy', struct('DeployPickerOptions', [['config', factory(EndpointPickerConfig, 'agents')]]));
  const targetPorts = lit(pods.httpPorts.slice(0, 1));
  const pool = plan.define('pool', called(InferenceGateway, gateway, 'addPool', lit(id(on, 'pool')), struct('InferencePoolOptions', [['workload', pods.expr], ['targetPorts', targetPorts], ['picker', picker]])));
  const objective = on.tape.oneIn(2) || on.isSought('InferenceTenantProps.objective')
    ? plan.define('objective', made(InferenceObjective, mesh.expr, lit(id(on, 'objective')), struct('InferenceObjectiveProps', [['pool', pool], ['priority', number(on, -1, -10)]])))
    : undefined;
  const place = placeIn(on, 'InferenceTenantProps', mesh);
  const expr: Expr<InferenceTenant> = plan.define('tenant', made(InferenceTenant, place.scope, lit(id(on, 'tenant')), options<InferenceTenantProps>(on, 'InferenceTenantProps', {
    mesh: place.mesh, pool: always(() => pool), objective: fitting(() => objective), name: rarely(() => lit(name(on, 'research'))),
    innerPort: rarely(() => lit(on.odd([80, 8000, 70_000], () => 22_000 + plan.pools.length))),
  })));
  plan.tenants.push({ expr });
  plan.add('grant', called(InferenceTenant, expr, 'grantInfer', ...callers(on, mesh)));
}
