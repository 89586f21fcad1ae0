import { placeIn } from './places';
import { deploy, existing, Purpose } from './workloads';
import { Drawing } from '../drawing';
import { called, Expr, factory, lit, made } from '../expr';
import { always, Draws, fitting, options, Perhaps, rarely } from '../options';
import { AgentVar, GatewayVar, WorkloadVar } from '../plan';
import { id, name, number, oneOf } from './texts';
import {
  DeployPickerOptions, EndpointPicker, ExistingPickerOptions, ExistingPoolProps, FailureMode, InferenceGateway, InferencePool,
  InferencePoolOptions, InferencePoolProps, ModelServer,
} from '../../../src';

/** A version that a pool may take over, with what it is taken from; or pods of the pool's own. */
function servers(on: Drawing, { mesh }: GatewayVar): WorkloadVar {
  const isFree = (agent: AgentVar) => agent.mesh === mesh && (agent.keepsServices || !(agent.isGranted || agent.isSplit)) && !agent.isGuarded;
  const mayServe = (agent: AgentVar, version: WorkloadVar) => version.isPlain && version.ports.length > 0 && !agent.pooled.has(version);
  const free = on.plan.agents.filter((agent) => isFree(agent) || on.isBold)
    .flatMap((agent) => agent.versions.filter((version) => mayServe(agent, version) || on.isBold).map((version) => ({ agent, version })));
  if (free.length > 0 && on.tape.oneIn(2)) {
    const { agent, version } = on.tape.pick(free);
    agent.pooled.add(version);
    return version;
  }
  const purpose: Purpose = { mesh, mayDemand: false };
  const account = on.plan.fresh('vllm');
  return on.tape.oneIn(4) ? existing(on, purpose, { serviceAccount: account, labels: { app: account } }) : deploy(on, purpose);
}

function picker(on: Drawing, isOwn: boolean, { mesh }: GatewayVar): Expr<EndpointPicker> {
  if (isOwn) {
    const replicas = on.isBold ? 2 : 1;
    return factory(EndpointPicker, 'deploy', options<DeployPickerOptions>(on, 'DeployPickerOptions', {
      image: rarely(() => lit(on.odd(['a', ''], () => 'registry.example.com/picker:1.0.0'))),
      replicas: rarely(() => number(on, replicas)),
      modelServer: rarely(() => oneOf(on, 'ModelServer', ModelServer)),
      prefixCacheWeight: rarely(() => number(on, 5, 0)),
      kvCacheWeight: rarely(() => number(on, 1, 0)),
      queueDepthWeight: rarely(() => number(on, 0.5, 1)),
      cpuMillis: rarely(() => number(on, 500)),
      memoryMebibytes: rarely(() => number(on, 512)),
    }));
  }
  const account = on.plan.fresh('picker');
  const purpose: Purpose = { mesh, ports: [9002], mayDemand: false, needsService: true, isPicker: true };
  const pods = existing(on, purpose, { serviceAccount: account, labels: { app: account } });
  return factory(EndpointPicker, 'existing', pods.expr, options<ExistingPickerOptions>(on, 'ExistingPickerOptions', {
    selfSignedTls: mesh.family === 'ambient' ? rarely(() => lit(on.tape.oneIn(2))) : always(() => lit(on.isBold)), // sidecars refuse TLS of the picker's own
  }));
}

function poolDraws(on: Drawing, gateway: GatewayVar, { expr, ports, httpPorts }: WorkloadVar): Draws<InferencePoolOptions> {
  return {
    workload: always(() => expr),
    targetPorts: rarely(() => lit(on.odd([[], [1], ports.concat(ports)], () => httpPorts.slice(0, 1 + on.tape.below(Math.max(1, httpPorts.length)))))),
    metricsPort: rarely(() => lit(on.odd([1, 70_000], () => ports[ports.length - 1]))),
    picker: rarely(() => picker(on, !on.tape.oneIn(3) && !on.isSought('EndpointPicker.existing'), gateway)),
    failureMode: rarely(() => oneOf(on, 'FailureMode', FailureMode)),
    innerPort: rarely(() => lit(on.odd([80, 15_010, 8000, 70_000], () => 21_000 + on.plan.pools.length))),
    name: rarely(() => lit(name(on, 'models'))),
  };
}

/** Names the gateway where that is not in the pool's scope. */
function parent(on: Drawing, { expr }: GatewayVar, isInside: boolean): Perhaps<InferenceGateway> {
  return fitting(() => (isInside && !on.isBold ? undefined : expr));
}

/** A pool of a gateway: by its method, as a construct, or the team's own. */
export function pool(on: Drawing, gateway: GatewayVar): void {
  const { plan, tape } = on;
  const pods = servers(on, gateway);
  const how = on.choice({ 'InferenceGateway#addPool': 'method', 'new InferencePool': 'construct', 'InferencePool.fromPoolName': 'existing' } as const);
  const stem = id(on, 'pool');
  if (how === 'method') {
    const expr = plan.define('pool', called(InferenceGateway, gateway.expr, 'addPool', lit(stem), options<InferencePoolOptions>(on, 'InferencePoolOptions', poolDraws(on, gateway, pods))));
    plan.pools.push({ expr, gateway });
    return;
  }
  const isInside = tape.oneIn(2);
  const table = how === 'construct' ? 'InferencePoolProps' : 'ExistingPoolProps';
  const place = placeIn(on, table, gateway.mesh, isInside ? gateway.expr : undefined);
  const within = { mesh: place.mesh, gateway: parent(on, gateway, isInside && place.scope === gateway.expr) };
  if (how === 'construct') {
    const expr = plan.define('pool', made(InferencePool, place.scope, lit(stem), options<InferencePoolProps>(on, table, { ...poolDraws(on, gateway, pods), ...within })));
    plan.pools.push({ expr, gateway });
    return;
  }
  const { targetPorts, metricsPort, innerPort, workload: given } = poolDraws(on, gateway, pods);
  const poolName = name(on, 'their-pool');
  plan.stated.add(`InferencePool ${poolName}`);
  const expr = plan.define('pool', factory(InferencePool, 'fromPoolName', place.scope, lit(stem), options<ExistingPoolProps>(on, table, {
    poolName: always(() => lit(poolName)), workload: given, targetPorts, metricsPort, innerPort,
    picker: always(() => picker(on, on.isBold, gateway)), ...within,
  })));
  plan.pools.push({ expr, gateway });
}
