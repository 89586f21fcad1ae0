import { Chart } from 'cdk8s';
import { Expr, variable, Variables } from './expr';
import * as library from '../../src';
import { Agent, AgentMesh, CanaryRoute, Decision, InferenceGateway, InferencePool, InferenceTenant, IWaypoint, McpToolBoundary, Workload } from '../../src';
import { Feature } from '../../src/model/feature';

/** What a mesh is on: ambient, ambient on its way from sidecars, sidecars, or Linkerd. */
export type Family = 'ambient' | 'migration' | 'sidecars' | 'linkerd';

/** A mesh that a program has defined, and what later statements need to know of it. */
export interface MeshVar {
  readonly expr: Expr<AgentMesh>;
  readonly chart: Expr<Chart>;
  readonly family: Family;
  readonly namespace: string;
  /** Namespaces where what already runs may be: the home and `existingNamespaces`. */
  readonly namespaces: readonly string[];
  readonly trustedDomains: readonly string[];
  /** Namespaces between two data planes, where mutual TLS is not demanded. */
  readonly moving: readonly string[];
  readonly cluster?: string;
  /** Whether a Prometheus may scrape its endpoint pickers. */
  readonly isScraped: boolean;
  /** Whether agentgateway stands before its tool servers. */
  readonly readsMcp: boolean;
  readonly can: (feature: Feature) => boolean;
}

/** Pods that have a place, or get one. */
export interface WorkloadVar {
  readonly expr: Expr<Workload>;
  readonly ports: readonly number[];
  /** The ports that a pool may serve. */
  readonly httpPorts: readonly number[];
  /** The ports that speak something else over TCP. */
  readonly tcpPorts: readonly number[];
  readonly hasService: boolean;
  readonly isDeployed: boolean;
  /** Whether nothing is asked of requests, and the first port speaks HTTP: pools and judges take no others. */
  readonly isPlain: boolean;
  /** The names that requests may give as their model, where the program says what the pods serve. */
  readonly serves?: { readonly names: readonly string[]; readonly hasAdapters: boolean; readonly hasOffload: boolean };
  /** Whether something sets the number of its replicas, or depends on it. */
  setsReplicas?: boolean;
}

/** Pods that the program says the team runs. */
export interface TeamPods {
  readonly serviceAccount: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly namespace: string;
  readonly ports: readonly number[];
}

export interface AgentVar {
  readonly expr: Expr<Agent>;
  readonly mesh: MeshVar;
  readonly name: string;
  readonly namespace: string;
  readonly versions: WorkloadVar[];
  /** Whether one of its versions is stable. */
  readonly hasStable: boolean;
  /** Whether its Services stay though a pool takes their pods over. */
  readonly keepsServices: boolean;
  /** Whether something stands before its pods or its Services: a waypoint, a circuit breaker, linked clusters. */
  readonly isGuarded: boolean;
  /** Whether it is defined in the scope of its mesh. */
  readonly isInside: boolean;
  /** Whether its pods call only the hosts outside that they name. */
  readonly isConfined: boolean;
  readonly pooled: Set<WorkloadVar>;
  isGranted: boolean;
  /** Whether its calls inside the mesh have a route. */
  readonly isSplit: boolean;
}

export interface GatewayVar {
  readonly expr: Expr<InferenceGateway>;
  readonly mesh: MeshVar;
  /** Whether only callers inside the mesh reach its pools. */
  readonly isInMesh?: boolean;
  /** Whether claims of tokens select priorities at its pools, so that nobody inside the mesh is granted them. */
  readonly hasObjectives?: boolean;
  /** Whether every path is routed already. */
  hasRest: boolean;
  /** Whether clients need a token of the gateway's issuer. */
  readonly hasTokens: boolean;
  /** Whether it has a route to a boundary: two could have one path. */
  hasServer?: boolean;
}

export interface PoolVar {
  readonly expr: Expr<InferencePool>;
  readonly gateway: GatewayVar;
  /** Models that requests may name and that no rewrite has yet. Undefined if requests may name any. */
  readonly models?: string[];
  /** The names that its model servers serve, where the program says them. */
  readonly served?: readonly string[];
}

export interface BoundaryVar {
  readonly expr: Expr<McpToolBoundary>;
  readonly mesh: MeshVar;
  readonly namespace: string;
  /** How many it has of its own or of its first server. */
  readonly tools: number;
  readonly prompts: readonly string[];
  readonly resources: readonly string[];
  /** Whether single items can be granted. */
  readonly hasItems: boolean;
  readonly hasTokens: boolean;
  /** Whether its server is a host outside: only callers whose egress is limited are granted it. */
  readonly isExternal: boolean;
  /** Whether it tells clients an address of its own. */
  readonly hasAddress: boolean;
  /** Whether it takes pages of some origins only. */
  readonly hasOrigins: boolean;
}

export interface WaypointVar {
  readonly expr: Expr<IWaypoint>;
  readonly mesh: MeshVar;
  readonly namespace: string;
}

/** A line of a program. */
export interface Statement {
  readonly text: string;
  readonly uses: readonly string[];
  readonly run: (variables: Variables) => void;
  /** Grants may be told in any order, and who asks changes nothing. */
  readonly kind: 'definition' | 'grant' | 'question';
}

/** With what the ids of the team's own objects begin. */
export const TEAM = 'theirs-';

/** A program as data, which can be built as often as one likes. */
export class Plan {
  public readonly statements: Statement[] = [];
  public readonly meshes: MeshVar[] = [];
  public readonly charts: Expr<Chart>[] = [];
  public readonly agents: AgentVar[] = [];
  public readonly gateways: GatewayVar[] = [];
  public readonly pools: PoolVar[] = [];
  public readonly tenants: { readonly expr: Expr<InferenceTenant> }[] = [];
  public readonly boundaries: BoundaryVar[] = [];
  public readonly waypoints: WaypointVar[] = [];
  public readonly canaries: Expr<CanaryRoute>[] = [];
  /** What is asked when the program is complete. */
  public readonly questions: Expr<Decision | string>[] = [];
  /** Objects that the program says the cluster has: "Gateway corp". */
  public readonly stated = new Set<string>();
  public readonly teamPods: TeamPods[] = [];
  private readonly taken = new Set<string>();
  private readonly counts = new Map<string, number>();

  /** A name that nothing else in the program has. */
  public fresh(stem: string): string {
    const count = (this.counts.get(stem) ?? 0) + 1;
    this.counts.set(stem, count);
    return `${stem}-${count}`;
  }

  /** One of the names, each once; a new one where there are no more. */
  public take(names: readonly string[]): string {
    const free = names.find((name) => !this.taken.has(name)) ?? this.fresh(names[names.length - 1]);
    this.taken.add(free);
    return free;
  }

  /** Defines a variable by what an expression makes. */
  public define<T>(stem: string, { text, uses, make }: Expr<T>): Expr<T> {
    const name = this.fresh(`const ${stem}`).replace(/^const |-/g, '');
    this.statements.push({ kind: 'definition', text: `const ${name} = ${text};`, uses, run: (variables) => { variables.set(name, make(variables)); } });
    return variable<T>(name);
  }

  public add(kind: Statement['kind'], { text, uses, make }: Expr<unknown>): void {
    this.statements.push({ kind, text: `${text};`, uses, run: (variables) => { make(variables); } });
  }

  /** The program in TypeScript, as one would write it. */
  public get source(): string {
    const classes = [...this.uses].map((use) => use.replace(/^new /, '').split(/[.#]/)[0]);
    const values = [...new Set(classes)].filter((name) => name in library).sort();
    return [
      'import { ApiObject, App, Chart, JsonPatch } from \'cdk8s\';', 'import * as kplus from \'cdk8s-plus-30\';', `import { ${values.join(', ')} } from 'cdk8s-agent-mesh';`, '',
      'const app = new App();', ...this.statements.map(({ text }) => text), 'app.synth();',
    ].join('\n');
  }

  public get uses(): ReadonlySet<string> {
    return new Set(this.statements.flatMap(({ uses }) => uses));
  }
}
