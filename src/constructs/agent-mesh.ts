import { Chart } from 'cdk8s';
import { Construct, IConstruct } from 'constructs';
import { AgentMeshProps } from './agent-mesh-props';
import { AppChecks } from './app-checks';
import { callSite } from './call-site';
import { knownCallers } from './callers';
import { idOf } from './construct-ids';
import { MeshContext, meshContext } from './mesh-context';
import { Reporter, refusedBy } from './reporter';
import { textProblems } from './text-checks';
import { Caller } from '../model/callers';
import { ACKNOWLEDGEABLE, CheckId, isCheckId } from '../model/check-id';
import { ExternalHost } from '../model/external-host';
import { MeshModel, NamespaceNode } from '../model/mesh';
import { nameProblem, trustDomainProblem } from '../model/names';
import { InputProblem, problemMessage } from '../model/problem';
import { gatewayProviderFacts } from '../providers/gateway-provider';
import { meshProviderFacts } from '../providers/mesh-provider';
import { Call, Decision } from '../values/call';
import { Finding } from '../values/finding';
import { MeshMetrics } from '../values/mesh-metrics';
import { GatewayApiChannel } from '../values/releases';

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
  private readonly externalHosts: Construct;

  public constructor(scope: Construct, id: string, props: AgentMeshProps) {
    super(scope, id);
    this.namespaces = new Construct(this, 'Namespaces');
    this.externalHosts = new Construct(this, 'ExternalHosts');
    const namespace = props.namespace ?? Chart.of(this).namespace;
    const meshFacts = meshProviderFacts.of(props.provider);
    const gatewayFacts = gatewayProviderFacts.of(props.gateway);
    const channel = props.gatewayApiChannel ?? GatewayApiChannel.STANDARD;
    const app = AppChecks.of(this);
    const mesh = meshFacts.backendOn(channel);
    const model = new MeshModel({
      origin: this.node,
      namespace: namespace ?? 'none',
      trustDomain: props.trustDomain ?? 'cluster.local',
      trustedDomains: mesh.refuses('foreign-trust-domain') ? [] : [...props.trustedDomains ?? []],
      clusterName: props.clusterName,
      dataPlaneIn: (name) => mesh.dataPlaneIn(name),
      cluster: app.cluster(props.clusterName),
    });
    const existing = new Set(props.existingNamespaces ?? []);
    this.context = {
      scope: this,
      model,
      mesh,
      gateway: gatewayFacts.backendOn(mesh, meshFacts.istioRelease, channel),
      namespace: (name) => this.establish(name, existing.has(name)),
      allowExternalHost: (host) => this.allowExternalHost(host),
    };
    meshContext.give(this, this.context);
    this.namespace = model.facts.namespace;
    this.checkProps(namespace, props);
    model.scraper = props.metrics && this.scraperOf(props.metrics);
    [this.namespace, ...existing].forEach((name) => this.context.namespace(name));
    this.node.addValidation({ validate: () => app.validate(this.context) });
  }

  /** Who may call whom, as text of one line each, read from what was granted; then the findings, and what the team acknowledged. */
  public describeAccess(): string {
    return reports().accessReport(this.context.model, this.context.mesh.limitations, AppChecks.of(this).check(this.context));
  }

  /**
   * Whether a call may be made, and why, by what was granted and routed; every mesh enforces the same or refuses the program. One thing is the
   * mesh's own: where it does not tell the kubelet from others, a GET of a workload's `healthPath` is anybody's. A denial names what the team
   * acknowledged that may open the callee all the same.
   */
  public decide(call: Call): Decision {
    return decisions().decideCall(this.context, call, () => AppChecks.of(this).acknowledgedOf(this.context));
  }

  /** What the checks found that does not fail the synth, without what the team acknowledged. */
  public findings(): Finding[] {
    const { findings } = AppChecks.of(this).check(this.context);
    return findings.map((problem) => ({ id: problem.id, path: problem.path, message: problemMessage(problem) }));
  }

  /**
   * States that the team means what a check found: it no longer fails the synth, and stands in the access report with the reason. Only checks
   * of what the team's own objects contradict, and findings, can be acknowledged.
   *
   * @param id the id of the check, as in the text of the problem: "AM103"
   * @param reason why, for those who read the access report
   * @param within the construct that it holds for, and what is below it; by default the whole mesh
   */
  public acknowledge(id: string, reason: string, within?: IConstruct): void {
    if (!isCheckId(id) || !ACKNOWLEDGEABLE.includes(id)) {
      this.report({ message: 'the check cannot be acknowledged', actual: id, expected: ACKNOWLEDGEABLE.join(', '), fix: 'correct the program instead, or name one of these' });
    } else if (reason.trim() === '') {
      this.report({ message: 'the acknowledgement gives no reason', actual: { id, reason }, expected: 'a sentence', fix: 'say why the team means it' });
    } else {
      this.context.model.acknowledgements.push({ id, reason, path: within?.node.path });
    }
  }

  private report(problem: InputProblem | undefined, id: CheckId = 'AM001'): void {
    if (problem) this.context.model.problems.add({ id, path: this.node.path, ...problem, at: callSite() });
  }

  /** Checked as every caller is. */
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
    const { trustDomain, trustedDomains = [] } = props;
    const stated = { ...props, provider: meshProviderFacts.of(props.provider).options, gateway: gatewayProviderFacts.of(props.gateway).options };
    for (const problem of textProblems(stated)) this.context.model.problems.addUnlessTold({ id: 'AM001', path: this.node.path, ...problem, at: callSite() });
    if (namespace === undefined) {
      this.report({ message: 'the mesh has no namespace', actual: undefined, expected: 'the name of one', fix: 'state `namespace` here or on the chart' });
    }
    const refusal = trustedDomains.length > 0 ? this.context.mesh.refuses('foreign-trust-domain') : undefined;
    if (refusal) {
      this.report({ message: `other trust domains cannot be told apart here: ${refusal.reason}`, actual: trustedDomains, expected: refusal.instead, fix: `use ${refusal.instead}, or drop \`trustedDomains\`` }, 'AM002');
    }
    for (const domain of [trustDomain, ...trustedDomains]) {
      if (domain !== undefined) this.report(trustDomainProblem('the trust domain', domain));
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

  /** A host outside is let out of a namespace once, for whoever names it there. */
  private allowExternalHost(host: ExternalHost): void {
    const id = `${host.namespace} ${host.hostname}`.replace(/[^-a-z0-9.]+/g, '_');
    if (this.externalHosts.node.tryFindChild(id)) return;
    this.context.mesh.allowExternalHost(new Construct(this.externalHosts, id), this.context.model, host);
  }
}

// Loaded when a program asks for them, not with the library.
/* eslint-disable @typescript-eslint/no-require-imports */
const reports = () => require('../analysis/access-report') as typeof import('../analysis/access-report');
const decisions = () => require('./call-decision') as typeof import('./call-decision');
/* eslint-enable @typescript-eslint/no-require-imports */
