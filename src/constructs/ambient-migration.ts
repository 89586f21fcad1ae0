import { mkdirSync, writeFileSync } from 'fs';
import { join } from 'path';
import { ApiObject, App, Chart } from 'cdk8s';
import { IstioAmbientOptions, MeshProvider } from '../providers/mesh-provider';
import { MigrationStage } from '../values/migration-stage';
import { IstioRelease } from '../values/releases';

/** A program that describes one mesh, to be run once for each step. */
export interface IMeshProgram {
  /** Describes the mesh and what is in it, under the chart and with the provider that it is given. */
  define(chart: Chart, provider: MeshProvider): void;
}

/** Options of `AmbientMigration.write`. */
export interface AmbientMigrationOptions {
  /** Namespaces of the mesh, in the order in which they move: those of callers before those of what they call. */
  readonly namespaces: string[];
  /**
   * Folder to write to.
   *
   * @default 'dist'
   */
  readonly outdir?: string;
  /**
   * Release of Istio on the cluster.
   *
   * @default IstioRelease.V1_30
   */
  readonly release?: IstioRelease;
  /**
   * Revision or tag of the control plane that injected the sidecars.
   *
   * @default - the default one, by the label `istio-injection: enabled`
   */
  readonly sidecarRevision?: string;
}

/** One state of the mesh on the way. */
interface Step {
  readonly name: string;
  readonly says: string;
  readonly stages: Readonly<Record<string, MigrationStage>>;
}

interface WrittenStep extends Step {
  readonly file: string;
  readonly yaml: string;
  /** Its objects, as kubectl names them. */
  readonly objects: readonly string[];
}

/** The way of a mesh from Istio's sidecars to ambient, one namespace at a time: permissive, enrol, strict. */
export class AmbientMigration {
  /**
   * Writes a manifest of the whole mesh for each step, numbered in the order in which they are applied, and `plan.txt`, which
   * says what to do after each. Returns the names of the files.
   *
   * @throws with the problems of the first step that has any, or where a namespace is named twice; then nothing is written
   */
  public static write(program: IMeshProgram, options: AmbientMigrationOptions): string[] {
    const { namespaces, outdir = 'dist', ...provider } = options;
    if (new Set(namespaces).size !== namespaces.length) throw new Error(`a namespace would move twice: ${namespaces.join(', ')}; name each once`);
    const steps = stepsOf(namespaces).map((step, i) => written(program, step, i, provider));
    mkdirSync(outdir, { recursive: true });
    for (const { file, yaml } of steps) writeFileSync(join(outdir, file), yaml);
    writeFileSync(join(outdir, 'plan.txt'), planOf(steps));
    return [...steps.map(({ file }) => file), 'plan.txt'];
  }

  private constructor() {}
}

/** What one namespace goes through, one after the other. */
const STAGES = [
  { name: 'permissive', stage: MigrationStage.PERMISSIVE, says: 'its pods may be called without mutual TLS from now on, but every policy still demands an identity, which plain text has not' },
  {
    name: 'enrol', stage: MigrationStage.ENROLLED,
    says: 'its pods are replaced by pods in ambient (restart those that the library does not deploy); what they call outside the cluster is no longer limited: have NetworkPolicies for it',
  },
  { name: 'strict', stage: undefined, says: 'mutual TLS is demanded again' },
];

function stepsOf(namespaces: readonly string[]): Step[] {
  const waiting = (first: number) => Object.fromEntries(namespaces.slice(first).map((name) => [name, MigrationStage.SIDECAR]));
  return [
    { name: 'start', says: `${namespaces.join(', ') || 'no namespace'} with sidecars, every other in ambient; waypoints that nobody uses yet`, stages: waiting(0) },
    ...namespaces.flatMap((namespace, i) => STAGES.map(({ name, stage, says }): Step => ({
      name: `${namespace}-${name}`, says: `${namespace}: ${says}`, stages: { ...waiting(i + 1), ...(stage && { [namespace]: stage }) },
    }))),
  ];
}

function written(program: IMeshProgram, { name, says, stages }: Step, index: number, options: IstioAmbientOptions): WrittenStep {
  const id = `${String(index).padStart(2, '0')}-${name}`;
  const app = new App();
  program.define(new Chart(app, id), MeshProvider.istioAmbient({ ...options, migration: stages }));
  const yaml = app.synthYaml();
  const objects = app.node.findAll().filter((one): one is ApiObject => ApiObject.isApiObject(one)).map(({ kind, apiGroup, name: object, metadata }) =>
    [`${kind.toLowerCase()}${apiGroup === 'core' ? '' : `.${apiGroup}`}/${object}`, ...metadata.namespace === undefined ? [] : [`-n ${metadata.namespace}`]].join(' '));
  return { name, says, stages, file: `${id}.k8s.yaml`, yaml, objects };
}

/** What to do, step by step: apply, wait, and delete what is no longer of the mesh. */
function planOf(steps: readonly WrittenStep[]): string {
  const lines = steps.flatMap(({ file, says, objects }, i) => {
    const there = new Set(objects);
    const gone = i === 0 ? [] : steps[i - 1].objects.filter((object) => !there.has(object));
    const waits = objects.filter((object) => object.startsWith('deployment.apps/')).map((object) => `kubectl rollout status ${object}`);
    return [`# ${i}. ${says}`, `kubectl apply -f ${file}`, ...waits, ...gone.sort().map((object) => `kubectl delete --ignore-not-found ${object}`), ''];
  });
  return [
    '# Apply every step, also where nothing seems to change, with `kubectl apply`: it removes the labels that an earlier step set.',
    '# While the pods of a namespace are replaced, callers with sidecars may be refused by tool servers and agents behind a waypoint',
    '# that are in ambient already; none is admitted that was not before. To go back, apply the step before.',
    '', ...lines,
  ].join('\n');
}
