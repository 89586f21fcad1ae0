/** Stages of a namespace: with sidecars, with sidecars and policies for both data planes, and with new pods in ambient. */
export type Stage = 'sidecar' | 'permissive' | 'enrolled';

/** The migration stage of each namespace, from sidecars to ambient. */
export class MigrationPlan {
  public constructor(private readonly stages: Readonly<Record<string, Stage>>) {}

  /** Returns the stage of a namespace, or undefined if it is already in ambient. */
  public stageOf(namespace: string): Stage | undefined {
    return Object.hasOwn(this.stages, namespace) ? this.stages[namespace] : undefined;
  }

  /** Returns whether new pods of a namespace get sidecars. */
  public hasSidecars(namespace: string): boolean {
    const stage = this.stageOf(namespace);
    return stage === 'sidecar' || stage === 'permissive';
  }

  public get namespaces(): string[] {
    return Object.keys(this.stages);
  }
}
