/** How far a namespace is: with sidecars, with sidecars and guarded for both, new pods in ambient. */
export const STAGES = ['sidecar', 'permissive', 'enrolled'] as const;

export type Stage = typeof STAGES[number];

/** How far each namespace of a mesh is on its way from sidecars to ambient. */
export class MigrationPlan {
  public constructor(private readonly stages: Readonly<Record<string, Stage>>) {}

  /** Nothing where a namespace has arrived. */
  public stageOf(namespace: string): Stage | undefined {
    return Object.hasOwn(this.stages, namespace) ? this.stages[namespace] : undefined;
  }

  /** Whether the pods that start there now get sidecars. */
  public hasSidecars(namespace: string): boolean {
    const stage = this.stageOf(namespace);
    return stage === 'sidecar' || stage === 'permissive';
  }

  public get namespaces(): string[] {
    return Object.keys(this.stages);
  }
}
