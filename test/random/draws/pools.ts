import { servesModels, vllm } from './model-servers';
import { PickerConfigVar, pickerConfig } from './picker-configs';
import { ownPicker } from './pickers';
import { placeIn } from './places';
import { prefill, PrefillVar, wantsPrefill } from './prefill';
import { id, name, number, oneOf, statedName, text } from './texts';
import { deploy, existing, Purpose } from './workloads';
import {
  EndpointPicker, ExistingPickerOptions, ExistingPoolProps, FailureMode, InferenceGateway, InferenceModelRewrite, InferenceModelRewriteProps,
  InferenceObjective, InferenceObjectiveProps, InferencePool, InferencePoolOptions, InferencePoolProps, ModelRewriteTarget, PoolAutoscaling,
} from '../../../src';
import { Drawing } from '../drawing';
import { called, Expr, factory, list, lit, made } from '../expr';
import { always, Draws, fitting, options, Perhaps, rarely } from '../options';
import { AgentVar, GatewayVar, PoolVar, WorkloadVar } from '../plan';

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
  if (on.tape.oneIn(4)) return existing(on, purpose, { serviceAccount: account, labels: { app: account } });
  return servesModels(on) ? vllm(on, purpose) : deploy(on, purpose);
}

function picker(on: Drawing, isOwn: boolean, { mesh }: GatewayVar, config?: PickerConfigVar, isVllm = false): Expr<EndpointPicker> {
  if (isOwn) return ownPicker(on, config, isVllm);
  const account = on.plan.fresh('picker');
  const purpose: Purpose = { mesh, ports: [9002], mayDemand: false, needsService: true, isPicker: true };
  const pods = existing(on, purpose, { serviceAccount: account, labels: { app: account } });
  return factory(EndpointPicker, 'existing', pods.expr, options<ExistingPickerOptions>(on, 'ExistingPickerOptions', {
    selfSignedTls: mesh.family === 'ambient' ? rarely(() => lit(on.tape.oneIn(2))) : always(() => lit(on.isBold)), // sidecars refuse TLS of the picker's own
  }));
}

/** Names of the models of a pool, for some pools. A picker that limits models is the library's own, and its pool fails closed. */
function models(on: Drawing, { serves }: WorkloadVar): string[] | undefined {
  const isDrawn = on.tape.oneIn(10) || ['Options', 'Props'].some((table) => on.isSought(`InferencePool${table}.allowedModels`));
  return isDrawn ? [...serves?.names ?? [on.plan.fresh('model'), on.plan.fresh('model')]] : undefined;
}

const isAutoscalingSought = (on: Drawing) => ['Options', 'Props'].some((table) => on.isSought(`InferencePool${table}.autoscaling`));

/** Labels that are escaped in a query, and others that no series has. */
const ODD_SERIES: readonly Readonly<Record<string, string>>[] = [{ '': 'x' }, { namespace: 'x' }, { 'a-b': 'c' }, { constructor: 'x"}\\n' }, Object.fromEntries([['__proto__', 'x']])];

/** An autoscaler that counts the requests of a picker. */
function autoscaling(on: Drawing, pods: WorkloadVar, queues = false): Expr<PoolAutoscaling> {
  pods.setsReplicas = true;
  return options<PoolAutoscaling>(on, 'PoolAutoscaling', {
    serverAddress: always(() => lit(on.odd(['', 'prometheus:9090', 'http://a:b@c', 'http://a?b'], () => on.tape.pick(['http://prometheus.monitoring:9090', 'https://metrics.example.com/select/0/prometheus/'])))),
    minReplicas: rarely(() => number(on, on.dares(queues) ? 0 : 2)), maxReplicas: always(() => number(on, 4, 8)),
    runningRequestsPerReplica: rarely(() => number(on, 8)), queuedRequestsPerReplica: rarely(() => (on.dares(queues) ? number(on, 2) : undefined)), cooldownSeconds: rarely(() => number(on, 60)),
    seriesLabels: rarely(() => lit<{ [label: string]: string }>({ ...on.odd(ODD_SERIES, () => ({ cluster: 'eu "1"' })) })),
    deploymentName: fitting(() => (pods.isDeployed ? undefined : statedName(on, 'Deployment', 'model-servers'))),
  });
}

/** A pool whose pods are of two roles. */
function disaggregated(on: Drawing, gateway: GatewayVar, { decode, prefill: roles, config }: PrefillVar, plain: Draws<InferencePoolOptions>): Draws<InferencePoolOptions> {
  const none = () => undefined;
  return {
    ...plain, workload: always(() => decode.expr), prefill: fitting(() => roles), picker: fitting(() => picker(on, true, gateway, { expr: config, needsVllm: true })),
    targetPorts: fitting(none), metricsPort: fitting(none), failureMode: fitting(none),
  };
}

function poolDraws(on: Drawing, gateway: GatewayVar, pods: WorkloadVar, allowedModels?: string[]): Draws<InferencePoolOptions> {
  const { expr, ports, httpPorts, serves } = pods;
  const isLimited = allowedModels !== undefined && !on.isBold;
  const config = !isLimited && (on.tape.oneIn(3) || on.isSought('DeployPickerOptions.config')) ? pickerConfig(on, pods, gateway.hasObjectives === true) : undefined;
  const some = () => lit(on.odd([[], [1], ports.concat(ports)], () => httpPorts.slice(0, 1 + on.tape.below(Math.max(1, httpPorts.length)))));
  const isOwn = isLimited || config !== undefined || (!on.tape.oneIn(3) && !on.isSought('EndpointPicker.existing'));
  const drawn = () => picker(on, isOwn, gateway, config, serves !== undefined && !on.isBold);
  return {
    workload: always(() => expr),
    prefill: fitting(() => undefined),
    targetPorts: config?.targetPorts ? fitting(() => lit([...config.targetPorts!])) : rarely(some),
    metricsPort: config?.targetPorts && !on.isBold ? fitting(() => undefined) : rarely(() => lit(on.odd([1, 70_000], () => (serves ? httpPorts[0] : ports[ports.length - 1])))),
    picker: config ? fitting(drawn) : rarely(drawn),
    allowedModels: fitting(() => (allowedModels ? lit(on.odd([[], [''], ['a', 'a']], () => [...allowedModels])) : undefined)),
    autoscaling: fitting(() => (on.dares(isOwn && gateway.mesh.isScraped && !pods.setsReplicas) && (on.tape.oneIn(3) || isAutoscalingSought(on)) ? autoscaling(on, pods, config?.queues) : undefined)),
    failureMode: isLimited ? fitting(() => undefined) : rarely(() => oneOf(on, 'FailureMode', FailureMode)),
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
  const roles = wantsPrefill(on) ? prefill(on, gateway) : undefined;
  const pods = roles?.decode ?? servers(on, gateway);
  const drawsOf = (own?: string[]) => {
    const plain = poolDraws(on, gateway, pods, own);
    return roles ? disaggregated(on, gateway, roles, plain) : plain;
  };
  const how = on.choice({ 'InferenceGateway#addPool': 'method', 'new InferencePool': 'construct', 'InferencePool.fromPoolName': 'existing' } as const);
  const stem = id(on, 'pool');
  if (how === 'method') {
    const own = models(on, pods);
    const expr = plan.define('pool', called(InferenceGateway, gateway.expr, 'addPool', lit(stem), options<InferencePoolOptions>(on, 'InferencePoolOptions', drawsOf(own))));
    plan.pools.push({ expr, gateway, models: own, served: pods.serves?.names });
    return;
  }
  const isInside = tape.oneIn(2);
  const table = how === 'construct' ? 'InferencePoolProps' : 'ExistingPoolProps';
  const place = placeIn(on, table, gateway.mesh, isInside ? gateway.expr : undefined);
  const within = { mesh: place.mesh, gateway: parent(on, gateway, isInside && place.scope === gateway.expr) };
  if (how === 'construct') {
    const own = models(on, pods);
    const expr = plan.define('pool', made(InferencePool, place.scope, lit(stem), options<InferencePoolProps>(on, table, { ...drawsOf(own), ...within })));
    plan.pools.push({ expr, gateway, models: own, served: pods.serves?.names });
    return;
  }
  const { targetPorts, metricsPort, innerPort, workload: given, prefill: roleServers } = drawsOf();
  const poolName = name(on, 'their-pool');
  plan.stated.add(`InferencePool ${poolName}`);
  const expr = plan.define('pool', factory(InferencePool, 'fromPoolName', place.scope, lit(stem), options<ExistingPoolProps>(on, table, {
    poolName: always(() => lit(poolName)), workload: given, targetPorts, metricsPort, innerPort, prefill: roleServers,
    picker: always(() => picker(on, on.isBold, gateway)), ...within,
  })));
  plan.pools.push({ expr, gateway, served: pods.serves?.names });
}

/** A priority of requests of a pool. */
export function objective(on: Drawing, { expr, gateway }: PoolVar): void {
  const place = placeIn(on, 'InferenceObjectiveProps', gateway.mesh);
  on.plan.define('objective', made(InferenceObjective, place.scope, lit(id(on, 'objective')), options<InferenceObjectiveProps>(on, 'InferenceObjectiveProps', {
    mesh: place.mesh, pool: always(() => expr), priority: always(() => number(on, -1, -10)), name: rarely(() => lit(name(on, 'gold'))),
  })));
}

/** Another model, or several by weight, for one model of a pool. */
export function modelRewrite(on: Drawing, { expr, gateway, models: allowed, served }: PoolVar): void {
  const [one, other = one] = served ?? ['v1', 'v2'];
  if (allowed?.length === 0 && !on.isBold) return;
  const place = placeIn(on, 'InferenceModelRewriteProps', gateway.mesh);
  const isWeighted = on.tape.oneIn(2) || on.isSought('ModelRewriteTarget.weight');
  const target = (model: string) => options<ModelRewriteTarget>(on, 'ModelRewriteTarget', { model: always(() => text(on, model)), weight: fitting(() => (isWeighted ? number(on, 1, 90) : undefined)) });
  const model = allowed?.shift() ?? on.plan.fresh('model'); // a second rewrite of a model would have no effect
  on.plan.define('rewrite', made(InferenceModelRewrite, place.scope, lit(id(on, 'rewrite')), options<InferenceModelRewriteProps>(on, 'InferenceModelRewriteProps', {
    mesh: place.mesh, pool: always(() => expr), model: always(() => lit(model)), targets: always(() => list(on.odd([[]], () => [target(one), target(other)]))), name: rarely(() => lit(name(on, 'rewrite'))),
  })));
}
