import { App, Chart, Testing } from 'cdk8s';
import { AgentMesh, AgentMeshProps, MeshProvider } from '../src';

/** An object as it is written. */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Record<string, string>;
    readonly annotations?: Record<string, string>;
  };
  readonly spec?: any;
  readonly data?: any;
  readonly [field: string]: any;
}

/** The objects of one synth. */
export class Manifests {
  public constructor(public readonly all: readonly Manifest[]) {}

  public find(kind: string, name: string, namespace = 'voice'): Manifest | undefined {
    return this.all.find((one) => one.kind === kind && one.metadata.name === name && (one.metadata.namespace ?? namespace) === namespace);
  }

  public get(kind: string, name: string, namespace = 'voice'): Manifest {
    const found = this.find(kind, name, namespace);
    if (!found) throw new Error(`no ${kind} ${namespace}/${name}; there are ${this.names().join(', ')}`);
    return found;
  }

  public names(kind?: string): string[] {
    return this.all.filter((one) => kind === undefined || one.kind === kind).map(({ kind: of, metadata }) => [of, metadata.namespace, metadata.name].filter(Boolean).join('/'));
  }
}

export type Build = (mesh: AgentMesh, chart: Chart) => void;

/** A mesh in namespace `voice`, on the default release and channel. */
export function meshOf(build: Build, props: Partial<AgentMeshProps> = {}): { app: App; chart: Chart; mesh: AgentMesh } {
  const app = new App({ outdir: '/nowhere' }); // Testing.app() makes a folder for each
  const chart = new Chart(app, 'app');
  const mesh = new AgentMesh(chart, 'mesh', { namespace: 'voice', mesh: MeshProvider.istioAmbient(), ...props });
  build(mesh, chart);
  return { app, chart, mesh };
}

export function synth(build: Build, props: Partial<AgentMeshProps> = {}): Manifests {
  return new Manifests(Testing.synth(meshOf(build, props).chart));
}

/** What a program becomes in one synth: its objects, or the lines of the report that it is refused with. */
export interface Outcome {
  readonly objects: Manifests;
  readonly problems: string[];
  /** The access report of its mesh; empty where the program is refused. */
  readonly access: string;
}

export function outcomeOf(build: Build, props: Partial<AgentMeshProps> = {}): Outcome {
  try {
    const { chart, mesh } = meshOf(build, props);
    return { objects: new Manifests(Testing.synth(chart)), problems: [], access: mesh.describeAccess() };
  } catch (error) {
    const [head, ...lines] = (error as Error).message.split('\n  ');
    if (!head.startsWith('Validation failed')) throw error;
    return { objects: new Manifests([]), problems: lines, access: '' };
  }
}

/** The lines of the report that a program is refused with; none where it is not. */
export function problemsOf(build: Build, props: Partial<AgentMeshProps> = {}): string[] {
  try {
    Testing.synth(meshOf(build, props).chart);
    return [];
  } catch (error) {
    const [head, ...lines] = (error as Error).message.split('\n  ');
    if (!head.startsWith('Validation failed')) throw error;
    return lines;
  }
}
