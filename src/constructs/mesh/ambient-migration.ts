import { mkdirSync, writeFileSync } from 'fs';
import { join } from 'path';
import { ApiObject, App, Chart } from 'cdk8s';
import { accepted, refusalAt } from '../../input/guard';
import { IstioAmbientOptions, MeshProvider } from '../../providers/mesh-provider';
import { AccessLogs } from '../../values/access-logs';
import { MigrationStage } from '../../values/migration-stage';

/** A program that describes one mesh and is run once for each step of a migration. */
export interface IMeshProgram {
  /** Defines the mesh and its constructs under `chart`, with `provider` as its `mesh`. */
  define(chart: Chart, provider: MeshProvider): void;
}

/** Options of `AmbientMigration.write`. */
export interface AmbientMigrationOptions {
  /** Namespaces of the mesh, in the order in which they move to ambient mode. Namespaces of callers must come before namespaces of their callees. */
  readonly namespaces: string[];
  /**
   * Folder in which the manifests and the plan are written.
   *
   * @default 'dist'
   */
  readonly outdir?: string;
  /**
   * Revision or tag of the control plane that injected the sidecars.
   *
   * @default - the default revision, selected by the label `istio-injection: enabled`
   */
  readonly sidecarRevision?: string;
  /**
   * Access logs of gateways, waypoints and sidecars.
   *
   * @default AccessLogs.envoy()
   */
  readonly accessLogs?: AccessLogs;
}

/** One state of the mesh during the migration. */
interface Step {
  readonly name: string;
  readonly says: string;
  readonly stages: Readonly<Record<string, MigrationStage>>;
}

interface WrittenStep extends Step {
  readonly file: string;
  readonly yaml: string;
  /** The objects of the step, as kubectl names them. */
  readonly objects: readonly string[];
}

/**
 * Writes the manifests for the migration of a mesh from Istio sidecars to ambient mode. Namespaces move one at a time, each in three steps:
 * permissive mutual TLS, new pods in ambient mode, and STRICT mutual TLS.
 *
 * @example
 * class Support implements IMeshProgram {
 *   public define(ofStep: Chart, provider: MeshProvider): void {
 *     new AgentMesh(ofStep, 'mesh', { namespace: 'support', mesh: provider });
 *   }
 * }
 * AmbientMigration.write(new Support(), { namespaces: ['support'] });
 */
export class AmbientMigration {
  /**
   * Writes a manifest of the whole mesh for each step, numbered in the order of application, and `plan.txt`, which lists the commands of
   * each step. Returns the names of the files.
   *
   * @throws if a step has problems (the error lists the problems of the first step that has any), or if a namespace is listed twice. In
   * these cases no file is written
   */
  public static write(program: IMeshProgram, options: AmbientMigrationOptions): string[] {
    [program, options] = accepted('AmbientMigration.write', [program, options]);
    const { namespaces, outdir = 'dist', ...provider } = options;
    if (new Set(namespaces).size !== namespaces.length) {
      throw refusalAt('AmbientMigration.write', undefined, [{ message: '`namespaces` names a namespace twice', actual: namespaces, expected: 'each namespace once', fix: 'remove one of the two entries' }]);
    }
    const steps = stepsOf(namespaces).map((step, i) => written(program, step, i, provider));
    writeAll(outdir, steps);
    return [...steps.map(({ file }) => file), 'plan.txt'];
  }

  private constructor() {}
}

/** The stages of one namespace, in order. */
const STAGES = [
  { name: 'permissive', stage: MigrationStage.PERMISSIVE, says: 'its pods accept calls without mutual TLS from now on, but every policy still requires an identity, which plain text traffic does not have' },
  {
    name: 'enrol', stage: MigrationStage.ENROLLED,
    says: 'its pods are replaced by pods in ambient (restart pods that the library does not deploy); from now on the mesh does not restrict their calls to external hosts, so use NetworkPolicies for that',
  },
  { name: 'strict', stage: undefined, says: 'mutual TLS is required again' },
];

function stepsOf(namespaces: readonly string[]): Step[] {
  const waiting = (first: number) => Object.fromEntries(namespaces.slice(first).map((name) => [name, MigrationStage.SIDECAR]));
  return [
    { name: 'start', says: `${namespaces.join(', ') || 'no namespace'} with sidecars, all others in ambient; waypoints exist, but are not used yet`, stages: waiting(0) },
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

function writeAll(outdir: string, steps: readonly WrittenStep[]): void {
  try {
    mkdirSync(outdir, { recursive: true });
    for (const { file, yaml } of steps) writeFileSync(join(outdir, file), yaml);
    writeFileSync(join(outdir, 'plan.txt'), planOf(steps));
  } catch (error) {
    throw refusalAt('AmbientMigration.write', undefined, [{ message: `the folder \`outdir\` cannot be written: ${(error as Error).message}`, actual: outdir, expected: 'a folder that this process may write', fix: 'correct `outdir`' }]);
  }
}

/** Returns the plan of all steps: apply, wait, and delete the objects that are no longer part of the mesh. */
function planOf(steps: readonly WrittenStep[]): string {
  const lines = steps.flatMap(({ file, says, objects }, i) => {
    const there = new Set(objects);
    const gone = i === 0 ? [] : steps[i - 1].objects.filter((object) => !there.has(object));
    const waits = objects.filter((object) => object.startsWith('deployment.apps/')).map((object) => `kubectl rollout status ${object}`);
    return [`# ${i}. ${says}`, `kubectl apply -f ${file}`, ...waits, ...gone.sort().map((object) => `kubectl delete --ignore-not-found ${object}`), ''];
  });
  return [
    '# Apply every step with `kubectl apply`, even if nothing seems to change: it removes the labels that an earlier step set.',
    '# While the pods of a namespace are replaced, callers with sidecars may be denied by tool servers and agents behind a waypoint',
    '# that are already in ambient; no additional caller is allowed. To go back, apply the previous step.',
    '', ...lines,
  ].join('\n');
}
