import { Construct, IConstruct } from 'constructs';
import { AgentMeshProps } from './agent-mesh-props';
import { chartOf } from './mesh-chart';
import { providersOf, statedOptions } from './mesh-providers';
import { callSite } from '../../input/call-site';
import { accepted, recordedMesh, refusalAt } from '../../input/guard';
import { Caller } from '../../model/callers';
import { ACKNOWLEDGEABLE, CheckId, isCheckId } from '../../model/check-id';
import { ExternalHostNode, EXTERNAL_PORT } from '../../model/external-host';
import { ExternalNetworkNode } from '../../model/external-network';
import { MeshModel, NamespaceNode } from '../../model/mesh';
import { nameProblem, trustDomainProblem } from '../../model/names';
import { InputProblem } from '../../model/problem';
import { SYSTEM_NAMESPACES } from '../../providers/foreign/data-planes';
import { Call, Decision } from '../../values/call';
import { Cluster, clusterFacts } from '../../values/cluster';
import { IdentityGroup } from '../../values/identity';
import { MeshMetrics } from '../../values/mesh-metrics';
import { MeshProblem, meshProblem } from '../../values/mesh-problem';
import { AppChecks } from '../app/app-checks';
import { knownCallers } from '../grants/callers';
import { textProblems } from '../input/text-checks';
import { freeId, idOf, idProblem } from '../membership/construct-ids';
import { memberContext, MeshContext, meshContext } from '../membership/mesh-context';
import { Reporter, refusedBy } from '../membership/reporter';

/**
 * A set of namespaces in one service mesh, in which all traffic uses mutual TLS and every call is denied until a grant or a gateway route
 * allows it. Exceptions are the ports that a workload lists in `mediaPorts` or `unauthenticatedPorts`. For each namespace it emits on Istio
 * a Namespace (except for `existingNamespaces`), a PeerAuthentication (STRICT) and a deny-all AuthorizationPolicy, and on Linkerd a
 * Namespace with the default inbound policy `deny` and an EgressNetwork that denies external hosts. If the program has problems, synth
 * fails with one report of all of them, and nothing is written.
 *
 * @example
 * const voice = new AgentMesh(chart, 'mesh', { namespace: 'voice', mesh: MeshProvider.istioAmbient() });
 */
export class AgentMesh extends Construct {
  /**
   * Returns the mesh of a construct: the AgentMesh above it in the construct tree, or the `mesh` prop of it or of a scope above it.
   *
   * @throws if the construct belongs to no mesh
   */
  public static of(construct: IConstruct): AgentMesh {
    [construct] = accepted('AgentMesh.of', [construct]);
    return meshAround(construct);
  }

  /** Namespace of the constructs under the mesh that set no namespace. */
  public readonly namespace: string;
  private readonly context: MeshContext;
  /** The first child, so that ordered output creates namespaces before their contents. */
  private readonly namespaces: Construct;
  private readonly externalHosts: Construct;
  private readonly externalNetworks: Construct;

  public constructor(scope: Construct, id: string, props: AgentMeshProps) {
    [scope, id, props] = accepted('new AgentMesh', [scope, id, props]);
    const stated = idProblem(scope, id);
    super(scope, freeId(scope, id));
    this.namespaces = new Construct(this, 'Namespaces');
    this.externalHosts = new Construct(this, 'ExternalHosts');
    this.externalNetworks = new Construct(this, 'ExternalNetworks');
    const namespace = props.namespace ?? chartOf(this).namespace;
    const cluster = clusterFacts.of(props.cluster ?? Cluster.of());
    const app = AppChecks.of(this);
    const providers = providersOf(props);
    const { mesh } = providers;
    const model = new MeshModel({
      origin: this.node,
      namespace: namespace ?? 'none',
      trustDomain: cluster.trustDomain,
      trustedDomains: mesh.refuses('foreign-trust-domain') ? [] : [...props.trustedDomains ?? []],
      closesExternalHosts: props.closesExternalHosts === true && mesh.refuses('closed-hosts') === undefined,
      auditOnlyNamespaces: mesh.refuses('audit') ? [] : [...props.auditOnlyNamespaces ?? []],
      showsOnlyGranted: mesh.limitations.showsOnlyGranted === true,
      clusterName: cluster.name,
      dataPlaneIn: (name) => mesh.dataPlaneIn(name),
      systemNamespaces: SYSTEM_NAMESPACES,
      isProxyPort: (port) => providers.gateway.isProxyPort(port),
      cluster: app.cluster(cluster.name),
    });
    const existing = new Set(props.existingNamespaces ?? []);
    this.context = {
      scope: this,
      model,
      ...providers,
      enrollNamespace: (name) => this.establish(name, existing.has(name)),
      allowExternalHost: (host) => this.allowExternalHost(host),
      allowExternalNetwork: (network) => this.allowExternalNetwork(network),
    };
    meshContext.give(this, this.context);
    recordedMesh.give(this, { path: this.node.path, problems: model.problems });
    this.namespace = model.facts.namespace;
    this.report(stated && { ...stated, actual: id });
    this.checkProps(namespace, props);
    model.scraper = props.metrics && this.scraperOf(props.metrics);
    [this.namespace, ...existing].forEach((name) => this.context.enrollNamespace(name));
    this.node.addValidation({ validate: () => app.validate(this.context) });
  }

  /**
   * Every ServiceAccount in every namespace of the mesh, as one caller for `grantCall` and `grantPorts`. A grant also covers namespaces
   * that the program adds to the mesh after it, and pods of other teams in existing namespaces. With sidecars, pods that no construct
   * describes have no configuration for the Service of the callee and cannot use the grant.
   */
  public get members(): IdentityGroup {
    return IdentityGroup._of(`all members of mesh ${this.namespace}`, () => this.context.model);
  }

  /**
   * Returns the access report as text: who may call whom, one line for each grant, then the findings, then the problems that you
   * acknowledged (`acknowledge`). The grants are read from the constructs of the program, not from the manifests.
   */
  public describeAccess(): string {
    const { model, mesh, gateway, mcp } = this.context;
    const proxyMetrics = [...mesh.proxyMetrics?.(model) ?? [], ...gateway.proxyMetrics(model), ...mcp?.proxyMetrics(model) ?? []];
    return reports().accessReport(model, { ...mesh.limitations, proxyMetrics }, AppChecks.of(this).check(this.context));
  }

  /**
   * Writes the access report to a file, with one newline at its end. Missing folders are created. Call it when the program is complete.
   *
   * @param file path relative to the working directory, outside the output folder of the app (its files are applied to the cluster)
   * @throws if the program has problems (the error lists them as synth does), or if the file cannot be written. Nothing is written then
   */
  public writeAccess(file: string): void {
    [file] = accepted('AgentMesh#writeAccess', [file], this);
    files().writeReport(this, file, () => this.describeAccess());
  }

  /**
   * Returns whether the grants and routes of the program allow a call, with the reason. Every provider enforces this decision or fails
   * synth, with two exceptions. Where the proxies cannot distinguish the kubelet from other callers, any caller may send a GET to the
   * `healthPath` of a workload. If you acknowledged a failed check (`acknowledge`), the cluster may allow a call that is denied here: the
   * reason of the denial then lists these checks.
   *
   * @throws if the callee does not have the tool, port or host of the call, so that a typing mistake does not look like a denial
   */
  public decide(call: Call): Decision {
    [call] = accepted('AgentMesh#decide', [call], this);
    return decisions().decideCall(this.context, call, (context) => AppChecks.of(this).acknowledgedOf(context));
  }

  /**
   * Returns the problems for which synth would fail now. It does not run synth. The first AgentMesh of the app also returns the problems
   * of the whole app. Problems that you acknowledged (`acknowledge`) are left out.
   */
  public validate(): MeshProblem[] {
    return AppChecks.of(this).problemsOf(this.context).map(meshProblem);
  }

  /** Returns the findings: problems that do not fail synth. Findings that you acknowledged (`acknowledge`) are left out. */
  public findings(): MeshProblem[] {
    return AppChecks.of(this).check(this.context).findings.map(meshProblem);
  }

  /**
   * Acknowledges the problems of one check as intended, with a reason. Synth no longer fails because of them, and the access report lists
   * them with the reason. docs/reference/checks.md marks the checks that can be acknowledged. Problems of the checks AM4xx are findings,
   * which never fail synth. An acknowledgement that matches no problem is itself a finding (AM403).
   *
   * @param id id of the check, such as "AM103". The text of each problem ends with it
   * @param reason the reason, for readers of the access report
   * @param within construct whose problems are acknowledged, together with those of all constructs below it. Default: the whole mesh
   */
  public acknowledge(id: string, reason: string, within?: IConstruct): void {
    [id, reason, within] = accepted('AgentMesh#acknowledge', [id, reason, within], this);
    if (!isCheckId(id) || !ACKNOWLEDGEABLE.includes(id)) {
      this.report({ message: 'a problem of this check cannot be acknowledged', actual: id, expected: ACKNOWLEDGEABLE.join(', '), fix: 'correct the problem in the program, or pass the id of one of these checks' });
    } else if (reason.trim() === '') {
      this.report({ message: 'the acknowledgement gives no reason', actual: { id, reason }, expected: 'a reason that is not empty', fix: 'state in `reason` why the problem is intended' });
    } else {
      this.context.model.acknowledgements.push({ id, reason, path: within?.node.path });
    }
  }

  private report(problem: InputProblem | undefined, id: CheckId = 'AM001'): void {
    if (problem) this.context.model.problems.add({ id, path: this.node.path, ...problem, at: callSite() });
  }

  /** Returns the scraper as a caller, after the checks that every caller gets. */
  private scraperOf({ scraper }: MeshMetrics): Caller | undefined {
    const { context } = this;
    const refuse: Reporter['refuse'] = (...asked) => {
      const problem = refusedBy(context, ...asked);
      this.report(problem, 'AM002');
      return problem !== undefined;
    };
    const [known] = knownCallers({ model: context.model, report: (problem, id) => this.report(problem, id), refuse }, this.namespace, [scraper]);
    return known;
  }

  private checkProps(namespace: string | undefined, props: AgentMeshProps): void {
    const { trustedDomains = [] } = props;
    for (const problem of textProblems({ ...props, ...statedOptions(props) })) this.context.model.problems.addUnlessTold({ id: 'AM001', path: this.node.path, ...problem, at: callSite() });
    if (namespace === undefined) {
      this.report({ message: 'the mesh has no namespace', actual: undefined, expected: 'the name of a namespace', fix: 'set `namespace` on the AgentMesh or on its Chart' });
    }
    const refusal = trustedDomains.length > 0 ? this.context.mesh.refuses('foreign-trust-domain') : undefined;
    if (refusal) {
      this.report({ message: `\`trustedDomains\` is not supported by ${this.context.mesh.label}: ${refusal.reason}`, actual: trustedDomains, expected: refusal.instead, fix: `use ${refusal.instead}, or remove \`trustedDomains\`` }, 'AM002');
    }
    if (props.closesExternalHosts) this.report(refusedBy(this.context, 'closed-hosts', 'closing external hosts to pods of other namespaces (`closesExternalHosts`)', true), 'AM002');
    const { auditOnlyNamespaces: audited = [] } = props;
    if (audited.length > 0) this.report(refusedBy(this.context, 'audit', 'a namespace that reports what it would deny (`auditOnlyNamespaces`)', audited), 'AM002');
    for (const domain of [this.context.model.facts.trustDomain, ...trustedDomains]) {
      this.report(trustDomainProblem('the trust domain', domain));
    }
  }

  private establish(name: string, existing: boolean): NamespaceNode {
    const { model, mesh } = this.context;
    const known = model.namespaces.get(name);
    if (known) return known;
    const node: NamespaceNode = { name, existing };
    model.addNamespace(node);
    this.report(nameProblem('the namespace', name));
    mesh.enroll(new Construct(this.namespaces, idOf(name || 'unnamed', 'namespace')), model, node);
    return node;
  }

  /** Allows an external host once for each namespace, however many workloads name it. */
  private allowExternalHost(host: ExternalHostNode): void {
    const { mesh, model } = this.context;
    const port = mesh.externalHosts?.isByPort && host.port !== EXTERNAL_PORT ? ` ${host.port}` : '';
    const id = `${host.namespace} ${host.hostname}${port}`.replace(/[^-a-z0-9.]+/g, '_');
    if (this.externalHosts.node.tryFindChild(id)) return;
    mesh.externalHosts?.allow(new Construct(this.externalHosts, id), model, host);
  }

  /** Allows a port of a network once for each namespace, however many workloads state it. */
  private allowExternalNetwork(network: ExternalNetworkNode): void {
    const { namespace, cidr, port } = network;
    const id = `${namespace} ${cidr}`.replace(/[/ ]/g, '_');
    const scope = this.externalNetworks.node.tryFindChild(id) ?? new Construct(this.externalNetworks, id);
    if (!scope.node.tryFindChild(`port-${port}`)) this.context.mesh.externalNetworks?.allow(scope as Construct, network);
  }
}

/** Returns the mesh of a construct of the library. The scope of the construct was checked before. */
export function meshAround(construct: IConstruct): AgentMesh {
  for (let scope: IConstruct | undefined = construct; scope; scope = scope.node.scope) {
    const mesh = memberContext.find(scope)?.scope ?? scope;
    if (mesh instanceof AgentMesh) return mesh;
  }
  throw refusalAt(construct.node.path, undefined, [{ message: 'the construct is not in the scope of an AgentMesh', fix: 'define the construct in the scope of an AgentMesh, or pass one as `mesh`' }]);
}

// Loaded on first use, because loading them with the library would slow down every program.
/* eslint-disable @typescript-eslint/no-require-imports */
const files = () => require('./access-file') as typeof import('./access-file');
const reports = () => require('../../analysis/access-report') as typeof import('../../analysis/access-report');
const decisions = () => require('./call-decision') as typeof import('./call-decision');
/* eslint-enable @typescript-eslint/no-require-imports */
