import { gatewayObject, isMeant, listenersOf, mayShareListener } from './gateway-listeners';
import { maySelect } from './label-selector';
import { BackendRef, ManifestRule, takes } from './route-matches';
import { ForeignObjects, TreeObject } from './tree-object';
import { GatewayNode, ListenerFacts } from '../../model/gateway';
import { MeshModel } from '../../model/mesh';
import { CheckResult } from '../../model/problem';
import { targetsOf } from '../../model/route';
import { podLabelsOf, WorkloadNode } from '../../model/workload';

const GROUP = 'gateway.networking.k8s.io';
const ROUTES = ['HTTPRoute', 'GRPCRoute', 'TLSRoute', 'TCPRoute'];

interface ParentRef {
  readonly group?: string;
  readonly kind?: string;
  readonly name?: string;
  readonly namespace?: string;
  readonly sectionName?: string;
  readonly port?: number;
}

/** A gateway between those for clients and pools. */
export interface InnerGatewayPlace {
  readonly name: string;
  readonly namespace: string;
  readonly service: string;
}

/** Routes of the team at gateways of the mesh: what takes requests of the mesh's routes, or leads to their targets past them. */
export function foreignGatewayRoutes(model: MeshModel, foreign: ForeignObjects, inner: readonly InnerGatewayPlace[]): CheckResult[] {
  const gateways = new Map(model.gateways.map((gateway) => [keyOf(gateway.namespace, gateway.name), gateway]));
  const inners = new Set(inner.map(({ namespace, name }) => keyOf(namespace, name)));
  return ROUTES.flatMap((kind) => foreign.ofKind(GROUP, kind)).flatMap((object): CheckResult[] => {
    const parents = parentsOf(object).map((ref) => ({ ref, key: keyOf(ref.namespace ?? object.namespace, String(ref.name)) }));
    const entered = parents.filter(({ key }) => inners.has(key)).map(({ ref }) => `the inner gateway ${ref.name}, which leads to pools alone`);
    const found = parents.flatMap(({ ref, key }) => {
      const gateway = gateways.get(key);
      return gateway ? [...taken(model, foreign, object, gateway, ref), ...passed(model, foreign, object, gateway, inner)] : [];
    });
    const ways = [...new Set([...entered, ...found])];
    return ways.length === 0 ? [] : [{
      path: object.path,
      message: `${object.title} takes requests at a gateway of the mesh that the routes of the program are for`,
      actual: ways,
      expected: 'routes of other hosts or paths, to Services that the mesh does not have behind this gateway; `addRoute` and `addCanary` for the rest',
      fix: 'state it in the program, and drop the route',
    }];
  });
}

function parentsOf({ manifest: { spec = {} } }: TreeObject): readonly ParentRef[] {
  const parents = (Array.isArray(spec.parentRefs) ? spec.parentRefs : []) as readonly ParentRef[];
  return parents.filter(({ group = GROUP, kind = 'Gateway' }) => group === GROUP && kind === 'Gateway');
}

function rulesOf({ manifest: { spec = {} } }: TreeObject): readonly ManifestRule[] {
  return Array.isArray(spec.rules) ? spec.rules as ManifestRule[] : [];
}

/** The hosts of the mesh's routes of which it can take requests. */
function taken(model: MeshModel, foreign: ForeignObjects, object: TreeObject, gateway: GatewayNode, parent: ParentRef): string[] {
  const rules = model.routesOf(gateway).flatMap((route) => route.rules);
  const known = gateway.existingServiceAccount === undefined ? undefined : gatewayObject(foreign, gateway);
  const listeners = known && listenersOf(known);
  const section: ListenerFacts = { name: parent.sectionName, port: parent.port };
  if (!mayShareListener(section, gateway.listener, listeners)) return [];
  const hosts = (object.manifest.spec?.hostnames ?? []) as readonly string[];
  // Without hosts of its own a route has those of the listeners.
  const inherited = listeners ? listeners.filter((one) => isMeant(section, one)).map(({ hostname = '*' }) => hostname) : gateway.hostnames;
  const own = hosts.length > 0 ? hosts : inherited;
  const isOfRequests = object.kind === 'HTTPRoute' || object.kind === 'GRPCRoute';
  const foreignRules = isOfRequests ? rulesOf(object) : [{}];
  return gateway.hostnames.filter((ownHost) => rules.some((rule) => foreignRules.some((one) => own.some((host) =>
    takes(one, host, isOfRequests ? rule : { split: rule.split }, ownHost)))));
}

/** The targets of the mesh's routes to which it leads: their pods admit the gateway. */
function passed(model: MeshModel, foreign: ForeignObjects, object: TreeObject, gateway: GatewayNode, inner: readonly InnerGatewayPlace[]): string[] {
  const refs = rulesOf(object).flatMap(({ backendRefs = [], filters = [] }) =>
    [...backendRefs, ...filters.flatMap(({ requestMirror }) => requestMirror?.backendRef ?? [])]);
  if (refs.length === 0) return [];
  const targets = [
    ...model.routesOf(gateway).flatMap(targetsOf).flatMap((target) => (target.kind === 'service' ? [target.workload] : [])),
    ...model.poolsOf(gateway).map(({ servers }) => servers),
  ];
  return refs.flatMap((ref) => {
    const namespace = ref.namespace ?? object.namespace;
    if (ref.kind === 'InferencePool') return model.poolsOf(gateway).filter((pool) => pool.namespace === namespace && pool.name === ref.name).map(({ name }) => `pool ${name}`);
    const labels = selectedBy(foreign, ref, namespace);
    const entered = inner.filter((one) => one.service === ref.name && one.namespace === namespace).map(({ name }) => `the inner gateway ${name}`);
    const isAlias = (workload: WorkloadNode) => labels !== undefined && workload.namespace === namespace
      && maySelect({ matchLabels: labels }, { labels: podLabelsOf(workload), isAll: true });
    return [...entered, ...targets.filter((workload) => isOf(model, workload, ref, namespace) || isAlias(workload)).map(({ title }) => title)];
  });
}

/** Its Service, or one whose calls are shared out over it. */
function isOf(model: MeshModel, workload: WorkloadNode, { kind = 'Service', name }: BackendRef, namespace: string): boolean {
  const services = [...workload.service ? [workload.service] : [], ...model.meshRoutesTo(workload).map(({ service }) => service)];
  return kind === 'Service' && services.some((service) => service.name === name && service.namespace === namespace);
}

/** What a Service of the app selects: it may lead to pods of the mesh by another name. */
function selectedBy(foreign: ForeignObjects, { kind = 'Service', name }: BackendRef, namespace: string): Readonly<Record<string, unknown>> | undefined {
  if (kind !== 'Service') return undefined;
  return foreign.named('core', 'Service', namespace, String(name))?.manifest.spec?.selector as Readonly<Record<string, unknown>> | undefined;
}

function keyOf(namespace: string, name: string): string {
  return `${namespace}/${name}`;
}
