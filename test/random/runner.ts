import { ApiObject, App, AppProps, IResolver } from 'cdk8s';
import { Variables } from './expr';
import { Plan, Statement, TEAM } from './plan';
import { AgentMesh, Decision } from '../../src';
import { memberContext, meshContext } from '../../src/constructs/membership/mesh-context';
import { MeshModel } from '../../src/model/mesh';
import { Manifest } from '../synth';

/** An object of a build, as it is written. */
export interface Written {
  readonly manifest: Manifest;
  /** Whether the library made it, and not the team. */
  readonly isOurs: boolean;
  /** Of its mesh, by name; empty of one without a name, and of what is in no mesh. */
  readonly cluster: string;
}

/** What cdk8s makes of an App: its objects, or the report that it is refused with. */
export type Outcome = { readonly refused: string; readonly bytes?: undefined } | { readonly refused?: undefined; readonly bytes: string };

/** How a build differs from the program as it is listed. */
export interface Twist {
  readonly app?: AppProps;
  readonly order?: (statements: readonly Statement[]) => readonly Statement[];
}

/** A program that was run, and can be asked. */
export class Build {
  public readonly app: App;
  private readonly variables: Variables = new Map();

  public constructor(private readonly plan: Plan, { app = {}, order = (all) => all }: Twist = {}) {
    this.app = new App({ ...app, outdir: '/nowhere' });
    this.variables.set('app', this.app);
    for (const { run } of order(plan.statements)) run(this.variables);
  }

  public get meshes(): AgentMesh[] {
    return this.plan.meshes.map(({ expr }) => expr.make(this.variables));
  }

  /** Everything that can be asked of a program without changing it. */
  public answers(): string {
    const decisions: (Decision | string)[] = this.plan.questions.map(({ make }) => make(this.variables));
    return JSON.stringify([this.meshes.map((mesh) => [mesh.describeAccess(), mesh.findings(), mesh.validate()]), decisions], undefined, 1);
  }

  /** Synthesizes. What cdk8s reports is an outcome; every other exception is a fault, and is thrown. */
  public synth(): Outcome {
    try {
      return { bytes: JSON.stringify(this.app.charts.map((chart) => chart.toJson())) };
    } catch (error) {
      const { message } = error as Error;
      if (!message.startsWith(REPORT)) throw error;
      return { refused: message };
    }
  }

  /** The objects of an accepted program. */
  public get objects(): Written[] {
    const all = this.app.node.findAll().filter((one): one is ApiObject => ApiObject.isApiObject(one));
    return all.map((construct) => ({ manifest: construct.toJson(), cluster: clusterOf(construct), isOurs: !construct.node.path.split('/').some((id) => id.startsWith(TEAM)) }));
  }

  /** What each mesh has been told. */
  public get models(): MeshModel[] {
    return this.meshes.map((mesh) => meshContext.of(mesh).model);
  }
}

function clusterOf({ node: { scopes } }: ApiObject): string {
  const [own] = scopes.reverse().flatMap((scope) => memberContext.find(scope) ?? meshContext.find(scope) ?? []);
  return own?.model.facts.clusterName ?? '';
}

export const REPORT = 'Validation failed with the following errors:\n  ';

/** A resolver that resolves nothing: with it cdk8s writes every field itself. */
export const IDLE: IResolver = { resolve: () => {} };

export const withoutQuestions = (all: readonly Statement[]): readonly Statement[] => all.filter(({ kind }) => kind !== 'question');

/** Every grant after everything else, the last one first, and the first of them once more. */
export function grantsTurned(all: readonly Statement[]): readonly Statement[] {
  const grants = all.filter(({ kind }) => kind === 'grant').reverse();
  return [...all.filter(({ kind }) => kind === 'definition'), ...grants, ...grants.slice(-1)];
}
