import { ApiObject } from 'cdk8s';
import { authorizer, egress, jwt, mediaPorts, rateLimit, secretKey, unauthenticatedPort } from './demands';
import { podDraws } from './pods';
import { labels, name, number, oneOf, path, text } from './texts';
import {
  ConstructWorkloadOptions, DeployedPodsOptions, DeployWorkloadOptions, ExistingService, ExistingWorkloadOptions, PodField, Port, Workload, WorkloadEgress, WorkloadOptions,
} from '../../../src';
import { IMAGE } from '../../story';
import { Drawing } from '../drawing';
import { Expr, factory, foreign, list, lit, record } from '../expr';
import { always, Draws, fitting, options, Perhaps, rarely } from '../options';
import { MeshVar, TEAM, WorkloadVar } from '../plan';

/** What a workload is for, which decides what can be asked of it. */
export interface Purpose {
  readonly mesh: MeshVar;
  readonly ports?: readonly number[];
  /** Whether something may be asked of requests: not of a pool's servers, of a picker, of a judge, or behind a proxy that reads MCP. */
  readonly mayDemand: boolean;
  /** Whether it may call out, or have no ports. */
  readonly isAgent?: boolean;
  /** Whether its pods' calls are limited whatever else is drawn. */
  readonly isConfined?: boolean;
  readonly replicas?: number;
  readonly needsService?: boolean;
  /** Whether all ports but the first are plain TCP. */
  readonly isRaw?: boolean;
  /** Whether a waypoint must not stand before it. */
  readonly isPicker?: boolean;
  /** The team's ServiceAccount, where the versions of an agent run as one. */
  readonly account?: string;
}

const ODD_PORTS: readonly number[][] = [[], [0], [65_536], [8000, 8000], [1.5], [15_008], [4143], [80.0], [-8000], [15_020, 8000]];

const SERVER_PORTS: readonly number[][] = [[8000], [8000], [8000, 9000], [8000, 5557, 5558]];
const AGENT_PORTS: readonly number[][] = [...SERVER_PORTS, [9000, 8000, 7000], []];

/** Ports that what the pods run decides, with what they speak. */
export type FixedPorts = readonly (readonly [port: number, protocol: 'http' | 'tcp'])[];

/** What is drawn of any workload, and what was drawn. */
export class Pods {
  public readonly ports: readonly number[];
  /** Those that speak HTTP: the first one, except in bold programs, and some of the others. */
  public readonly httpPorts: readonly number[];
  /** Those that are declared as plain TCP. */
  public readonly tcpPorts: readonly number[];
  public readonly hasToken: boolean;
  public isPlain = true;
  /** Whether something sets the number of replicas, or depends on it. */
  public setsReplicas = false;
  private isLimited = false;
  /** Ports that nobody else may be granted. */
  private taken: readonly number[] = [];
  /** Names of the container ports, which say the same as `said`. */
  public readonly names: readonly string[];
  public readonly said: readonly Expr<Port>[];

  public constructor(private readonly on: Drawing, private readonly purpose: Purpose, fixed?: FixedPorts) {
    this.ports = fixed?.map(([port]) => port) ?? on.odd(ODD_PORTS, () => purpose.ports ?? on.tape.pick(purpose.isAgent ? AGENT_PORTS : SERVER_PORTS));
    const protocols = this.ports.map((_, i) => fixed?.[i][1] ?? this.protocol(i === 0));
    this.names = protocols.map((protocol, i) => `${protocol}-${i}`);
    this.said = this.ports.map((port, i) => factory(Port, protocols[i], lit(port)));
    this.httpPorts = this.ports.filter((_, i) => protocols[i] === 'http');
    this.tcpPorts = this.ports.filter((_, i) => protocols[i] === 'tcp');
    this.hasToken = on.tape.oneIn(20) || on.isSought('WorkloadEgress.kubernetesApiCidrs') || on.isSought('DeployWorkloadOptions.mountToken') || on.isSought('VllmOptions.mountToken');
  }

  /** Ports that callers may be granted. */
  public get grantable(): readonly number[] {
    return this.ports.filter((port) => !this.taken.includes(port));
  }

  /** Whether HTTP probes of the first port hurt nothing. */
  public get mayProbe(): boolean {
    return this.ports.length > 0 && this.httpPorts[0] === this.ports[0] && !this.isLimited;
  }

  private protocol(isFirst: boolean): 'http' | 'grpc' | 'tls' | 'tcp' {
    const { on } = this;
    if (!isFirst && (this.purpose.isRaw || on.isSought('Port.tcp'))) return 'tcp';
    return isFirst && !on.isBold ? 'http' : on.choice({ 'Port.http': 'http', 'Port.grpc': 'grpc', 'Port.tls': 'tls', 'Port.tcp': 'tcp' });
  }

  public draws(): Draws<WorkloadOptions> {
    const { on, purpose: { mesh, mayDemand, isAgent } } = this;
    const demand = <V>(isPossible: boolean, draw: () => Expr<V>): Perhaps<V> => rarely(() => {
      if (!on.dares(isPossible && mayDemand && this.ports.length > 0)) return undefined;
      this.isPlain = false;
      return draw();
    });
    return {
      ports: always(() => list(this.said)),
      mediaPorts: rarely(() => mediaPorts(on, mesh)),
      unauthenticatedPorts: rarely(() => {
        const last = this.ports[this.ports.length - 1];
        if (!on.dares(this.ports.length > 1 && mesh.can('unauthenticated-ports'))) return undefined;
        this.taken = [last];
        return list([unauthenticatedPort(on, on.odd([1, 8000], () => last ?? 8000))]);
      }),
      metricsPort: rarely(() => (on.dares(this.ports.length > 1 && this.taken.length === 0) ? lit(on.odd([1, 8000], () => this.ports[this.ports.length - 1])) : undefined)),
      rateLimit: demand(mesh.can('rate-limit'), () => {
        this.isLimited = true;
        return rateLimit(on);
      }),
      healthPath: rarely(() => (on.dares(this.ports.length > 0 && !this.isLimited) ? path(on, '/health', '/up/now') : undefined)),
      jwt: demand(mesh.can('jwt') && this.taken.length === 0, () => jwt(on, undefined, isAgent)),
      externalAuthorizer: demand(mesh.can('external-authorization'), () => authorizer(on)),
      egress: this.egress(),
    };
  }

  private egress(): Perhaps<WorkloadEgress> {
    const { on, purpose: { mesh, isConfined = false } } = this;
    return fitting(() => (isConfined || this.hasToken || on.tape.oneIn(8) || on.isSought('DeployWorkloadOptions.egress') || on.isSought('VllmOptions.egress') || on.isSought('ExistingWorkloadOptions.egress') || on.isSought('ConstructWorkloadOptions.egress') ? egress(on, mesh, this.hasToken) : undefined));
  }
}

export const ODD_IMAGES = ['', 'agent', 'agent:latest', 'Agent:1', 'a b:1', 'gcr.io/istio-release/proxyv2:1.31.0', 'cr.l5d.io/linkerd/proxy:edge', `a@sha256:${'0'.repeat(64)}`, 'a:1@sha256:0'];
export const ODD_ENV: readonly Readonly<Record<string, string>>[] = [{ 'a b': 'c' }, { '': 'x' }, { API_KEY: 'abc' }, Object.fromEntries([['__proto__', 'x'], ['constructor', 'y']]), { toString: 'x', hasOwnProperty: 'y' }, { A: '0o7' }, { A: '\u2028' }];

function account(on: Drawing, called: string): Expr<string> {
  on.plan.stated.add(`ServiceAccount ${called}`);
  return lit(called);
}

const field = (on: Drawing): Expr<PodField> => oneOf(on, 'PodField', PodField);

/** Options of all pods of the library's. */
export function deployedDraws(on: Drawing, pods: Pods, purpose: Purpose): Draws<DeployedPodsOptions> {
  let isReplicated = purpose.replicas !== undefined;
  pods.setsReplicas = isReplicated;
  const { ports: _, ...common } = pods.draws();
  return {
    ...common,
    image: always(() => lit(on.odd(ODD_IMAGES, () => on.tape.pick([IMAGE, 'localhost:5000/a/b:v1.2', `registry.example.com/any@sha256:${'0'.repeat(64)}`])))),
    existingServiceAccount: purpose.isAgent ? fitting(() => (purpose.account === undefined ? undefined : account(on, purpose.account))) : rarely(() => account(on, name(on, 'account'))),
    replicas: purpose.replicas === undefined ? rarely(() => {
      isReplicated = true;
      pods.setsReplicas = true;
      return number(on, 1, 3);
    }) : always(() => lit(purpose.replicas!)),
    env: rarely(() => lit<{ [name: string]: string }>({ ...on.odd(ODD_ENV, () => ({ MODE: 'fast', LEVEL: '1' })) })),
    secretEnv: rarely(() => record([[on.odd(['', 'A B', '__proto__', 'MODE'], () => 'DB_PASSWORD'), secretKey(on)]])),
    podFieldEnv: rarely(() => record([[on.odd(['', 'A B', '__proto__', 'MODE'], () => 'POD_FIELD'), field(on)]])),
    podLabels: rarely(() => labels(on, { team: 'voice' })),
    writablePaths: rarely(() => lit(on.odd([['/'], ['tmp'], ['/a', '/a/'], ['/a:b'], ['/proc/1'], ['/var/run/secrets/kubernetes.io/serviceaccount'], []], () => ['/tmp', '/data']))),
    userId: rarely(() => number(on, 1000)),
    mountToken: fitting(() => (pods.hasToken || on.isBold ? lit(true) : undefined)),
    ...podDraws(on, { ports: pods.ports, mayProbe: () => pods.mayProbe, isFree: () => !isReplicated, onScaled: () => { pods.setsReplicas = true; } }),
  };
}

/** A Deployment of the library's, under a name of its own. */
export function deploy(on: Drawing, purpose: Purpose): WorkloadVar {
  const pods = new Pods(on, purpose);
  const expr = factory(Workload, 'deploy', options<DeployWorkloadOptions>(on, 'DeployWorkloadOptions', {
    ...deployedDraws(on, pods, purpose),
    ports: always(() => list(pods.said)),
    command: rarely(() => list([text(on, '/bin/agent'), text(on, '--serve')])),
    args: rarely(() => list([text(on, '--verbose'), text(on, 'a\nb')])),
    startupSeconds: rarely(() => number(on, 30, 900)),
    cpuMillis: rarely(() => number(on, 500)),
    memoryMebibytes: rarely(() => number(on, 1024)),
  }));
  return { expr, setsReplicas: pods.setsReplicas, ports: pods.grantable, httpPorts: pods.httpPorts, tcpPorts: pods.tcpPorts, hasService: pods.ports.length > 0, isDeployed: true, isPlain: pods.isPlain };
}

/** Who some pods of the team are. */
export interface Identified {
  readonly serviceAccount: string;
  readonly namespace?: string;
  readonly labels: Readonly<Record<string, string>>;
}

const KINDS = [['apps/v1', 'Deployment'], ['apps/v1', 'StatefulSet'], ['batch/v1', 'Job'], ['argoproj.io/v1alpha1', 'Rollout']] as const;

/** An object of the team with the pods, in a chart of the program. */
function podsObject(on: Drawing, pods: Pods, { serviceAccount, labels: own }: Identified, namespace: string): Expr<ApiObject> {
  const { tape } = on;
  const [scope, id, [apiVersion, kind]] = [tape.pick(on.plan.charts), on.plan.fresh(`${TEAM}pods`), tape.pick(KINDS)];
  const containers = [{ name: 'main', image: IMAGE, ports: pods.ports.map((containerPort, i) => ({ containerPort, name: pods.names[i] })) }];
  const metadata = { labels: own, ...tape.oneIn(3) && { annotations: { team: 'voice' } } };
  const spec = { serviceAccountName: serviceAccount, containers, ...tape.oneIn(2) && { automountServiceAccountToken: false } };
  const manifest = { apiVersion, kind, metadata: { name: on.plan.fresh('theirs'), namespace }, spec: { ...kind !== 'Job' && { selector: { matchLabels: own } }, template: { metadata, spec } } };
  return on.plan.define('pods', foreign(`new ApiObject(${scope.text}, ${lit(id).text}, ${lit(manifest).text})`, (variables) => new ApiObject(scope.make(variables), id, structuredClone(manifest))));
}

/** Pods of the team that an object of the app makes, with the ports and the Service that the program states. */
function constructed(on: Drawing, purpose: Purpose, who: Identified): WorkloadVar {
  const pods = new Pods(on, purpose);
  let hasService = false;
  on.plan.stated.add(`ServiceAccount ${who.serviceAccount}`);
  const object = podsObject(on, pods, who, who.namespace ?? purpose.mesh.namespace);
  const expr = factory(Workload, 'fromConstruct', object, options<ConstructWorkloadOptions>(on, 'ConstructWorkloadOptions', {
    ...pods.draws(),
    ports: fitting(() => list(pods.said)), // those of a Job are none
    service: fitting(() => {
      hasService = pods.ports.length > 0 && (purpose.needsService === true || !on.tape.oneIn(3));
      return hasService ? service(on, { ...purpose, needsService: purpose.needsService || !pods.isPlain }, pods.ports) : undefined;
    }),
  }));
  return { expr, setsReplicas: true, ports: pods.grantable, httpPorts: pods.httpPorts, tcpPorts: pods.tcpPorts, hasService, isDeployed: false, isPlain: pods.isPlain };
}

/** Pods of the team, with a Service that the program says they have. */
export function existing(on: Drawing, purpose: Purpose, { serviceAccount, namespace, labels: own }: Identified): WorkloadVar {
  if ((on.tape.oneIn(4) || on.isSought('Workload.fromConstruct')) && !on.isSought('Workload.existing')) return constructed(on, purpose, { serviceAccount, namespace, labels: own });
  const pods = new Pods(on, purpose);
  let hasService = false;
  on.plan.stated.add(`ServiceAccount ${serviceAccount}`);
  on.plan.teamPods.push({ serviceAccount, labels: own, namespace: namespace ?? purpose.mesh.namespace, ports: pods.ports });
  const expr = factory(Workload, 'existing', options<ExistingWorkloadOptions>(on, 'ExistingWorkloadOptions', {
    ...pods.draws(),
    labels: always(() => labels(on, own)),
    serviceAccount: always(() => lit(serviceAccount)),
    namespace: fitting(() => (namespace === undefined ? undefined : lit(namespace))),
    service: fitting(() => {
      hasService = pods.ports.length > 0 && (purpose.needsService === true || !on.tape.oneIn(3));
      return hasService ? service(on, { ...purpose, needsService: purpose.needsService || !pods.isPlain }, pods.ports) : undefined;
    }),
  }));
  return { expr, ports: pods.grantable, httpPorts: pods.httpPorts, tcpPorts: pods.tcpPorts, hasService, isDeployed: false, isPlain: pods.isPlain };
}

const ODD_SERVICE_LABELS: readonly Readonly<Record<string, string>>[] = [{ 'istio.io/use-waypoint': 'none' }, { 'istio.io/use-waypoint': 'waypoint-1' }, { 'istio.io/ingress-use-waypoint': 'true' }, { a: 'b' }];

function service(on: Drawing, { mesh, needsService, isPicker }: Purpose, ports: readonly number[]): Expr<ExistingService> {
  const called = name(on, 'service');
  const isRead = needsService && !isPicker && mesh.family !== 'sidecars' && mesh.can('waypoint') && !mesh.readsMcp;
  on.plan.stated.add(`Service ${called}`);
  return options<ExistingService>(on, 'ExistingService', {
    name: always(() => lit(called)),
    port: always(() => number(on, 80, 8080)),
    targetPort: rarely(() => lit(on.odd([1, 0], () => ports[0]))),
    headless: rarely(() => lit(on.isBold || on.isSought('ExistingService.headless'))),
    labels: isRead ? always(() => lit<{ [key: string]: string }>({ 'istio.io/use-waypoint': `${mesh.namespace}-waypoint` })) : rarely(() => lit<{ [key: string]: string }>({ ...on.tape.pick(on.isBold ? ODD_SERVICE_LABELS : [{ team: 'voice' }]) })),
  });
}
