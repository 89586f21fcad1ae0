import { ApiObject, Chart } from 'cdk8s';
import { Construct, IConstruct } from 'constructs';
import { callSite } from './call-site';
import { workloadsOf } from './callee';
import { duplicateObjects } from './duplicate-objects';
import { MeshContext, meshContext } from './mesh-context';
import { mixedEnrolment } from './mixed-enrolment';
import { accessReport } from '../analysis/access-report';
import { checkMesh } from '../analysis/checks';
import { decide, TokenSaid } from '../analysis/decision';
import { Caller } from '../model/callers';
import { ITEM_METHODS } from '../model/item-grants';
import { MeshModel, NamespaceNode } from '../model/mesh';
import { isHostname, nameProblem } from '../model/names';
import { OutsideHost } from '../model/outside-host';
import { Principal, principalOf } from '../model/principal';
import { problemText } from '../model/problem';
import { WorkloadNode } from '../model/workload';
import { GatewayProvider, gatewayProviderFacts } from '../providers/gateway-provider';
import { MeshProvider, meshProviderFacts } from '../providers/mesh-provider';
import { Call, Decision } from '../values/call';
import { ICaller } from '../values/identity';
import { GatewayApiChannel } from '../values/releases';
import { tokenCaller } from '../values/token-caller';

/** Props of `AgentMesh`. */
export interface AgentMeshProps {
  /** Who proves identity and guards connections. */
  readonly provider: MeshProvider;
  /** Who reads the requests. */
  readonly gateway: GatewayProvider;
  /**
   * Home of what is defined under the mesh and names no namespace.
   *
   * @default - the namespace of the chart
   */
  readonly namespace?: string;
  /**
   * Namespaces that the team has made. The library emits the policies in them and not the Namespaces themselves: the
   * team states by naming them here that they are enrolled: by the label `istio.io/dataplane-mode: ambient` or
   * `istio-injection: enabled`, or on Linkerd by the annotations `linkerd.io/inject: enabled` and
   * `config.linkerd.io/default-inbound-policy: deny`, without which ports that no workload of the mesh names stay open.
   *
   * @default - none: each namespace that the mesh uses is made by the library
   */
  readonly existingNamespaces?: string[];
  /**
   * SPIFFE trust domain of the identities, as Istio was installed with.
   *
   * @default 'cluster.local'
   */
  readonly trustDomain?: string;
  /**
   * Other trust domains whose identities the mesh can verify and may grant something to.
   *
   * @default - none
   */
  readonly trustedDomains?: string[];
  /**
   * Channel of the Gateway API CRDs on the cluster; what it lacks is refused.
   *
   * @default GatewayApiChannel.STANDARD
   */
  readonly gatewayApiChannel?: GatewayApiChannel;
}

/**
 * The trust boundary: enrolled namespaces where traffic is mutual TLS and nobody may call anybody until a grant says so.
 * Emits, for each namespace, Namespace, PeerAuthentication (STRICT) and a deny-all AuthorizationPolicy.
 */
export class AgentMesh extends Construct {
  /**
   * The mesh in whose scope a construct is.
   *
   * @throws if there is none
   */
  public static of(construct: IConstruct): AgentMesh {
    for (let scope: IConstruct | undefined = construct; scope; scope = scope.node.scope) {
      if (scope instanceof AgentMesh) return scope;
    }
    throw new Error(`${construct.node.path || '(app)'}: not in the scope of an AgentMesh; define it under one, or pass one as \`mesh\``);
  }

  /** Home of what names no namespace. */
  public readonly namespace: string;
  private readonly context: MeshContext;
  /** The first child: what is applied in order finds its namespace there. */
  private readonly namespaces: Construct;
  /** Hosts outside that workloads name. */
  private readonly outside: Construct;
  private lastReport?: { readonly state: string; readonly lines: string[] };

  public constructor(scope: Construct, id: string, props: AgentMeshProps) {
    super(scope, id);
    this.namespaces = new Construct(this, 'namespaces');
    this.outside = new Construct(this, 'hosts-outside');
    const namespace = props.namespace ?? Chart.of(this).namespace;
    const meshFacts = meshProviderFacts.of(props.provider);
    const gatewayFacts = gatewayProviderFacts.of(props.gateway);
    const channel = props.gatewayApiChannel ?? GatewayApiChannel.STANDARD;
    const model = new MeshModel({
      origin: this.node,
      namespace: namespace ?? 'none',
      trustDomain: props.trustDomain ?? 'cluster.local',
      trustedDomains: [...props.trustedDomains ?? []],
    });
    const existing = new Set(props.existingNamespaces ?? []);
    const mesh = meshFacts.backendOn(channel);
    this.context = {
      scope: this,
      model,
      mesh,
      gateway: gatewayFacts.backendOn(mesh, meshFacts.istioRelease, channel),
      namespace: (name) => this.establish(name, existing.has(name)),
      letOut: (host) => this.letOut(host),
    };
    meshContext.give(this, this.context);
    this.namespace = model.facts.namespace;
    this.checkProps(namespace, props);
    [this.namespace, ...existing].forEach((name) => this.context.namespace(name));
    this.node.addValidation({ validate: () => this.report() });
  }

  /** Who may call whom, as text of one line each, read from what was granted. */
  public describeAccess(): string {
    return accessReport(this.context.model, this.context.mesh.tells);
  }

  /** Whether a call may be made, and why, by what was granted and routed; every mesh enforces the same or refuses the program. */
  public decide(call: Call): Decision {
    const decisions = workloadsOf(call.callee).map((callee) => this.decideFor(callee, call));
    return decisions.find(({ allowed }) => !allowed) ?? decisions[0] ?? { allowed: false, reason: `${call.callee.title} has nothing that runs` };
  }

  private decideFor(callee: WorkloadNode, call: Call): Decision {
    const { model, gateway } = this.context;
    const { endpoints = [] } = callee.requests ?? {};
    const mcp = call.tool === undefined ? undefined : { method: ITEM_METHODS.tool.use, name: call.tool };
    const { port = callee.service?.port ?? callee.ports[0], method = 'POST' } = call;
    const { path } = endpoints.find(({ methods }) => methods.includes(method)) ?? endpoints[0] ?? { path: '/' };
    const caller = call.caller && this.principalOf(call.caller);
    return decide(model, { caller, callee, port, path: call.path ?? path, method, token: tokenOf(call, callee.jwt?.issuer), mcp }, {
      routing: (node) => gateway.caller(model, node).principal,
      serving: (pool) => gateway.server(model, pool).principal,
    });
  }

  private principalOf({ callerIdentity: { namespace, serviceAccount, trustDomain } }: ICaller): Principal {
    return principalOf(trustDomain ?? this.context.model.facts.trustDomain, namespace, serviceAccount);
  }

  private checkProps(namespace: string | undefined, props: AgentMeshProps): void {
    const report = (finding: ReturnType<typeof nameProblem>) => finding &&
      this.context.model.problems.add({ path: this.node.path, ...finding, at: callSite() });
    if (namespace === undefined) {
      report({ what: 'the mesh has no namespace', got: undefined, allowed: 'the name of one', next: 'state `namespace` here or on the chart' });
    }
    const refusal = props.trustedDomains?.length ? this.context.mesh.refuses('foreign-trust-domain') : undefined;
    if (refusal) {
      report({ what: `other trust domains cannot be told apart here: ${refusal.reason}`, got: props.trustedDomains, allowed: refusal.instead, next: `use ${refusal.instead}, or drop \`trustedDomains\`` });
    }
    for (const domain of [props.trustDomain, ...props.trustedDomains ?? []]) {
      if (domain !== undefined && !isHostname(domain)) {
        report({ what: 'the trust domain is not one that SPIFFE takes', got: domain, allowed: 'a DNS name such as "cluster.local"', next: 'correct it' });
      }
    }
  }

  private establish(name: string, existing: boolean): NamespaceNode {
    const { model, mesh } = this.context;
    const known = model.namespaces.get(name);
    if (known) return known;
    const node: NamespaceNode = { name, existing };
    model.namespaces.set(name, node);
    const finding = nameProblem('the namespace', name);
    if (finding) model.problems.add({ path: this.node.path, ...finding, at: callSite() });
    mesh.establish(new Construct(this.namespaces, name || 'unnamed'), model, node);
    return node;
  }

  /** A host outside is let out of a namespace once, for whoever names it there. */
  private letOut(host: OutsideHost): void {
    const id = `${host.namespace} ${host.hostname}`.replace(/[^-a-z0-9.]+/g, '_');
    if (this.outside.node.tryFindChild(id)) return;
    this.context.mesh.letOut(new Construct(this.outside, id), this.context.model, host);
  }

  /** The identities that gateways and waypoints have, and that nothing else may have. */
  private proxies(): Caller[] {
    const { model, gateway } = this.context;
    return [
      ...gateway.proxies(model),
      ...model.waypoints.map(({ name, namespace, serviceAccount }) => ({ title: `waypoint ${name}`, principal: model.principal(namespace, serviceAccount) })),
    ];
  }

  /** cdk8s validates once for each chart and more: what it costs is paid once for each state of the mesh and the tree. */
  private report(): string[] {
    const { model, mesh, gateway } = this.context;
    const tree = this.node.root.node.findAll();
    const state = `${model.revision} ${tree.length}`;
    if (this.lastReport?.state !== state) {
      const objects = tree.filter((construct): construct is ApiObject => ApiObject.isApiObject(construct));
      const problems = [
        ...model.problems.all, ...checkMesh(model, this.proxies()),
        ...mesh.check(model, () => true), ...gateway.check(model),
        ...duplicateObjects(this, objects), ...mixedEnrolment(objects), ...mesh.checkForeign?.(model, objects) ?? [],
      ];
      this.lastReport = { state, lines: problems.map(problemText) };
    }
    return this.lastReport.lines;
  }
}

/** The good token that a call carries; of a caller who is known by one, that. */
function tokenOf({ caller, tokenIssuer, tokenSubject, tokenClaims }: Call, verified: string | undefined): TokenSaid | undefined {
  const own = caller && tokenCaller.find(caller);
  const isCarried = [own, tokenSubject, tokenClaims].some((said) => said !== undefined);
  const issuer = tokenIssuer ?? (isCarried ? verified ?? 'nobody who is known here' : undefined);
  const claims = Object.fromEntries(Object.entries({ ...own?.claims, ...tokenClaims }).map(([name, value]) => [name, [value]]));
  return issuer === undefined ? undefined : { issuer, subject: tokenSubject ?? own?.subject, claims };
}
