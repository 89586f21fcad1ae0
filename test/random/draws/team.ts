import { ApiObject, JsonPatch } from 'cdk8s';
import * as kplus from 'cdk8s-plus-30';
import { Construct, IConstruct } from 'constructs';
import { someMesh } from './places';
import { ENROLLED, HARMLESS, KINDS, ODD_METADATA, ODD_SPECS, OPENING, TeamObject } from './team-objects';
import { text } from './texts';
import { AgentMesh } from '../../../src';
import { ACKNOWLEDGEABLE } from '../../../src/model/check-id';
import { IMAGE } from '../../story';
import { Drawing } from '../drawing';
import { called, Expr, foreign, lit } from '../expr';
import { MeshVar, TEAM, TeamPods } from '../plan';

function oddObject(on: Drawing, mesh: MeshVar): TeamObject {
  const [apiVersion, kind] = on.tape.pick(KINDS);
  const spec = on.tape.pick(ODD_SPECS);
  const metadata = on.tape.pick(ODD_METADATA);
  return { manifest: { apiVersion, kind, ...spec !== undefined && { spec }, metadata: { ...metadata as object, namespace: mesh.namespace, name: on.tape.pick(['theirs', 'agent-1', 'corp-1', mesh.namespace]) } } };
}

/** The Deployment of pods that the program says are there already. */
function deploymentOf(on: Drawing, { serviceAccount, labels, namespace, ports }: TeamPods): TeamObject {
  const spec = { serviceAccountName: serviceAccount, containers: [{ name: 'main', image: IMAGE, ports: ports.map((containerPort) => ({ containerPort })) }] };
  return {
    manifest: {
      apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: on.plan.fresh('theirs'), namespace }, spec: { selector: { matchLabels: labels }, template: { metadata: { labels }, spec } },
    },
  };
}

function teamObject(on: Drawing, mesh: MeshVar): TeamObject {
  if (on.temper === 'odd' && on.tape.oneIn(2)) return oddObject(on, mesh);
  if (on.plan.teamPods.length > 0 && on.tape.oneIn(4)) return deploymentOf(on, on.tape.pick(on.plan.teamPods));
  const { family, namespaces } = mesh;
  const name = on.plan.fresh('theirs');
  const namespace = on.tape.pick([...namespaces, 'elsewhere']);
  const own = namespaces.slice(1);
  if (own.length > 0 && on.tape.oneIn(4) && family !== 'migration') return { manifest: { apiVersion: 'v1', kind: 'Namespace', metadata: { name: on.plan.take(own), ...on.isBold ? {} : ENROLLED[family] } } };
  const { manifest, opens } = on.tape.pick(on.tape.oneIn(3) ? OPENING[family] : HARMLESS);
  return { manifest: { ...manifest, metadata: { name, namespace } }, opens };
}

/** A Deployment of cdk8s-plus, which the library knows nothing of. */
function cdk8sPlus(on: Drawing, mesh: MeshVar): void {
  const [id, scope, namespace] = [on.plan.fresh(`${TEAM}plus`), on.tape.pick(on.plan.charts), on.tape.pick(mesh.namespaces)];
  const props = { metadata: { namespace }, containers: [{ image: IMAGE, portNumber: 8000 }] };
  on.plan.add('definition', foreign(`new kplus.Deployment(${scope.text}, ${lit(id).text}, ${lit(props).text})`, (variables) => new kplus.Deployment(scope.make(variables), id, structuredClone(props))));
}

/** An object of the team, in a chart of the program; what it opens is mostly acknowledged. */
export function theirs(on: Drawing): void {
  const mesh = someMesh(on);
  if (on.tape.oneIn(8)) return cdk8sPlus(on, mesh);
  const { manifest, opens } = teamObject(on, mesh);
  const id = lit(on.plan.fresh(`${TEAM}object`));
  const scope = on.tape.pick(on.plan.charts);
  on.plan.add('definition', foreign(`new ApiObject(${scope.text}, ${id.text}, ${lit(manifest).text})`, (variables) => new ApiObject(scope.make(variables), id.make(variables), structuredClone(manifest) as { apiVersion: string; kind: string })));
  if (opens && !on.isBold) on.plan.add('definition', called(AgentMesh, mesh.expr, 'acknowledge', lit<string>(opens), lit('the team means it')));
}

/** What the team says that it means. */
export function acknowledge(on: Drawing): void {
  const { expr } = someMesh(on);
  const id = lit(on.odd(['', 'AM001', 'constructor', '__proto__', 'AM999'], () => on.tape.pick<string>(ACKNOWLEDGEABLE)));
  const within = on.tape.oneIn(3) ? constructs(on) : [];
  on.plan.add('definition', called(AgentMesh, expr, 'acknowledge', id, text(on, 'the team means it'), ...within.length > 0 ? [on.tape.pick(within)] : []));
}

function constructs(on: Drawing): Expr<IConstruct>[] {
  const { agents, boundaries, gateways, pools } = on.plan;
  return [...agents, ...boundaries, ...gateways, ...pools].map(({ expr }): Expr<Construct> => expr);
}

/** What teams do to objects: nothing that an API server would refuse. */
const CHANGES: Readonly<Record<string, (one: ApiObject) => void>> = {
  'metadata.addAnnotation(\'team\', \'voice\')': ({ metadata }) => metadata.addAnnotation('team', 'voice'),
  'metadata.addLabel(\'team\', \'voice\')': ({ metadata }) => metadata.addLabel('team', 'voice'),
  'addJsonPatch(JsonPatch.add(\'/metadata/finalizers\', [\'example.com/keep\']))': (one) => one.addJsonPatch(JsonPatch.add('/metadata/finalizers', ['example.com/keep'])),
};

/** A change of the main object of a construct, where it has one. */
export function patch(on: Drawing): void {
  const all = constructs(on);
  if (all.length === 0) return;
  const one = on.tape.pick(all);
  const change = on.tape.pick(Object.keys(CHANGES));
  on.plan.add('definition', foreign(`if (${one.text}.node.defaultChild) ApiObject.of(${one.text}).${change}`, (variables) => {
    const made = one.make(variables);
    if (made.node.defaultChild) CHANGES[change](ApiObject.of(made));
  }));
}
