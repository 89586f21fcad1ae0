import { Chart } from 'cdk8s';
import { Construct, IConstruct } from 'constructs';
import { AgentMeshProps } from './agent-mesh-props';
import { providersOf, statedOptions } from './mesh-providers';
import { callSite } from '../../input/call-site';
import { accepted, recordedMesh, refusalAt } from '../../input/guard';
import { Caller } from '../../model/callers';
import { ACKNOWLEDGEABLE, CheckId, isCheckId } from '../../model/check-id';
import { ExternalHostNode } from '../../model/external-host';
import { MeshModel, NamespaceNode } from '../../model/mesh';
import { nameProblem, trustDomainProblem } from '../../model/names';
import { InputProblem } from '../../model/problem';
import { SYSTEM_NAMESPACES } from '../../providers/foreign/data-planes';
import { Call, Decision } from '../../values/call';
import { Cluster, clusterFacts } from '../../values/cluster';
import { MeshMetrics } from '../../values/mesh-metrics';
import { MeshProblem, meshProblem } from '../../values/mesh-problem';
import { AppChecks } from '../app/app-checks';
import { knownCallers } from '../grants/callers';
import { textProblems } from '../input/text-checks';
import { freeId, idOf, idProblem } from '../membership/construct-ids';
import { memberContext, MeshContext, meshContext } from '../membership/mesh-context';
import { Reporter, refusedBy } from '../membership/reporter';

/**
 * The trust boundary: namespaces in which all traffic uses mutual TLS and every call is denied until a grant allows it. Emits, for each
 * namespace, a Namespace, a PeerAuthentication (STRICT) and a deny-all AuthorizationPolicy. If the program has problems, synth fails with
 * one report of all of them, and nothing is written.
 *
 * @example
 * const voice = new AgentMesh(chart, 'mesh', { namespace: 'voice', mesh: MeshProvider.istioAmbient() });
 */
export class AgentMesh extends Construct {
  /**
   * Returns the mesh of a construct: the one in whose scope it is defined, or that it or a scope above it names as `mesh`.
   *
   * @throws if the construct is not in the scope of a mesh
   */
  public static of(construct: IConstruct): AgentMesh {
    [construct] = accepted('AgentMesh.of', [construct]);
    return meshAround(construct);
  }

  /** Namespace of everything that is defined under the mesh without a namespace. */
  public readonly namespace: string;
  private readonly context: MeshContext;
  /** The first child, so that ordered output creates namespaces before their contents. */
  private readonly namespaces: Construct;
  private readonly externalHosts: Construct;

  public constructor(scope: Construct, id: string, props: AgentMeshProps) {
    [scope, id, props] = accepted('new AgentMesh', [scope, id, props]);
    const stated = idProblem(scope, id);
    super(scope, freeId(scope, id));
    this.namespaces = new Construct(this, 'Namespaces');
    this.externalHosts = new Construct(this, 'ExternalHosts');
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
   * Returns who may call whom as text, one line for each grant, followed by the findings and the acknowledged problems. It reads the
   * model, not the manifests.
   */
  public describeAccess(): string {
    return reports().accessReport(this.context.model, this.context.mesh.limitations, AppChecks.of(this).check(this.context));
  }

  /**
   * Writes the access report to a file, with one newline at its end. Missing folders are created. Call it when the program is complete.
   *
   * @param file path relative to the working directory, outside the output folder of the app, whose files are applied to the cluster
   * @throws the report of synth if the program has problems, and an error if the file cannot be written; nothing is written then
   */
  public writeAccess(file: string): void {
    [file] = accepted('AgentMesh#writeAccess', [file], this);
    files().writeReport(this, file, () => this.describeAccess());
  }

  /**
   * Returns whether a call is allowed, and the reason, from the grants and routes of the program. Every mesh enforces the same decision
   * or refuses the program, with one exception: on a mesh that cannot tell the kubelet from other callers, anybody may send a GET to a
   * workload's `healthPath`. A denial lists acknowledged problems that may open the callee all the same.
   *
   * @throws if the callee does not have what the call names, such as a tool or a port: a mistake must not pass for a denial
   */
  public decide(call: Call): Decision {
    [call] = accepted('AgentMesh#decide', [call], this);
    return decisions().decideCall(this.context, call, (context) => AppChecks.of(this).acknowledgedOf(context));
  }

  /**
   * Returns the problems with which synth would fail now, without a synth. Problems of the whole app are reported with its first mesh.
   * Acknowledged problems are left out.
   */
  public validate(): MeshProblem[] {
    return AppChecks.of(this).problemsOf(this.context).map(meshProblem);
  }

  /** Returns the findings: results of checks that do not fail the synth. Acknowledged findings are left out. */
  public findings(): MeshProblem[] {
    return AppChecks.of(this).check(this.context).findings.map(meshProblem);
  }

  /**
   * Acknowledges the result of a check. It then no longer fails the synth, and the access report lists it with the reason. Only findings,
   * and checks that compare the program with existing objects, can be acknowledged.
   *
   * @param id the id of the check, as in the text of the problem: "AM103"
   * @param reason the reason, for readers of the access report
   * @param within the construct for which it holds, with everything below it; by default the whole mesh
   */
  public acknowledge(id: string, reason: string, within?: IConstruct): void {
    [id, reason, within] = accepted('AgentMesh#acknowledge', [id, reason, within], this);
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

  /** Runs the same checks as for every other caller. */
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
      this.report({ message: 'the mesh has no namespace', actual: undefined, expected: 'the name of one', fix: 'state `namespace` here or on the chart' });
    }
    const refusal = trustedDomains.length > 0 ? this.context.mesh.refuses('foreign-trust-domain') : undefined;
    if (refusal) {
      this.report({ message: `other trust domains cannot be told apart here: ${refusal.reason}`, actual: trustedDomains, expected: refusal.instead, fix: `use ${refusal.instead}, or drop \`trustedDomains\`` }, 'AM002');
    }
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
    const id = `${host.namespace} ${host.hostname}`.replace(/[^-a-z0-9.]+/g, '_');
    if (this.externalHosts.node.tryFindChild(id)) return;
    this.context.mesh.externalHosts?.allow(new Construct(this.externalHosts, id), this.context.model, host);
  }
}

/** Returns the mesh of a construct of the library, whose scope was checked. */
export function meshAround(construct: IConstruct): AgentMesh {
  for (let scope: IConstruct | undefined = construct; scope; scope = scope.node.scope) {
    const mesh = memberContext.find(scope)?.scope ?? scope;
    if (mesh instanceof AgentMesh) return mesh;
  }
  throw refusalAt(construct.node.path, undefined, [{ message: 'not in the scope of an AgentMesh', fix: 'define it under one, or pass one as `mesh`' }]);
}

/** Returns the chart that the manifests of a mesh are part of. */
function chartOf(mesh: AgentMesh): Chart {
  const chart = mesh.node.scopes.reverse().find((scope): scope is Chart => Chart.isChart(scope));
  if (!chart) throw refusalAt(mesh.node.path, undefined, [{ message: '`scope` is not in a chart', fix: 'define the mesh under a Chart' }]);
  return chart;
}

// Loaded on first use, because loading them with the library would slow down every program.
/* eslint-disable @typescript-eslint/no-require-imports */
const files = () => require('./access-file') as typeof import('./access-file');
const reports = () => require('../../analysis/access-report') as typeof import('../../analysis/access-report');
const decisions = () => require('./call-decision') as typeof import('./call-decision');
/* eslint-enable @typescript-eslint/no-require-imports */
