import { Construct, IConstruct } from 'constructs';
import { freeId, idProblem } from './construct-ids';
import { memberContext, MeshContext, meshContext } from './mesh-context';
import { PropFeatures, Reporter, refusedBy } from './reporter';
import { callSite } from '../../input/call-site';
import { recordedMesh } from '../../input/guard';
import { CheckId } from '../../model/check-id';
import { Feature, Refusal } from '../../model/feature';
import { MeshModel } from '../../model/mesh';
import { nameProblem } from '../../model/names';
import { InputProblem, Located } from '../../model/problem';
import { refusalOf } from '../../providers/refusals';
import { textProblems } from '../input/text-checks';
import { AgentMesh, meshAround } from '../mesh/agent-mesh';

/** Props of constructs that belong to a mesh. With `mesh`, they can be defined outside the scope of this mesh. */
export interface MeshMemberProps {
  /**
   * AgentMesh to which the construct belongs. The constructor throws if it finds no AgentMesh.
   *
   * @default - the AgentMesh above the construct in the construct tree, or the `mesh` of a construct above it
   */
  readonly mesh?: AgentMesh;
}

/** A construct as a member of its mesh. It records the problems of the construct. */
export class Membership implements Located, Reporter {
  /** Returns the membership of a construct, and checks all texts in the props of the construct. */
  public static of(construct: Construct, props: MeshMemberProps): Membership {
    const { mesh } = props;
    const context = meshContext.of(mesh ?? meshAround(construct));
    if (mesh) {
      memberContext.give(construct, context);
      recordedMesh.give(construct, recordedMesh.of(mesh));
    }
    const member = new Membership(construct, context);
    member.checkTexts(props);
    return member;
  }

  private constructor(public readonly construct: Construct, public readonly context: MeshContext) {}

  /** Path of the construct. It is computed on demand, because most paths are never printed. */
  public get path(): string {
    return this.construct.node.path;
  }

  public get model(): MeshModel {
    return this.context.model;
  }

  /** Records a problem. Synth fails with all recorded problems. */
  public report(problem: InputProblem | undefined, id: CheckId = 'AM001'): void {
    if (problem) this.model.problems.add({ id, path: this.path, ...problem, at: callSite() });
  }

  /** Records several problems. */
  public reportAll(problems: Iterable<InputProblem | undefined>): void {
    for (const problem of problems) this.report(problem);
  }

  /** Reports texts that YAML parsers would change or reject, unless another problem is reported for the same value. */
  public checkTexts(stated: object, of = ''): void {
    for (const problem of textProblems(stated, of)) this.model.problems.addUnlessTold({ id: 'AM001', path: this.path, ...problem, at: callSite() });
  }

  /** Returns why no provider of the mesh supports a feature, or nothing if one does. */
  public refusal(feature: Feature): Refusal | undefined {
    return refusalOf(this.context, feature);
  }

  /** Records an unsupported feature, with the provider that supports it. Returns whether the feature is unsupported. */
  public refuse(feature: Feature, what: string, got: unknown): boolean {
    const refused = refusedBy(this.context, feature, what, got);
    this.report(refused, 'AM002');
    return refused !== undefined;
  }

  /** Returns a value of the program if a provider supports its feature. Otherwise records the problem and returns nothing. */
  public enforced<T>(feature: Feature, what: string, asked: T | undefined, got: unknown = asked): T | undefined {
    return asked === undefined || this.refuse(feature, what, got) ? undefined : asked;
  }

  /** Returns the props whose features a provider supports. Records a problem for each other prop and leaves it out. */
  public supported<T extends object>(stated: T, features: PropFeatures<T>): T {
    const unsupported = Object.keys(features).filter((prop) => {
      const { feature, title } = features[prop as keyof T]!;
      return stated[prop as keyof T] !== undefined && this.refuse(feature, title, stated[prop as keyof T]);
    });
    return Object.fromEntries(Object.entries(stated).filter(([prop]) => !unsupported.includes(prop))) as T;
  }

  /** Returns the name of an object. Reports an invalid name. */
  public name(what: string, name: string, appended?: string): string {
    this.report(nameProblem(what, name, appended));
    return name;
  }
}

/**
 * Returns the id for a new construct. The constructs library throws for an invalid id, which would hide all other problems. Therefore the
 * problem is recorded, and the construct gets another id.
 */
export function freshId(scope: IConstruct, id: string, mesh?: AgentMesh): string {
  const problem = idProblem(scope, id);
  if (!problem) return id;
  const { model } = meshContext.of(mesh ?? meshAround(scope));
  model.problems.add({ id: 'AM001', path: [scope.node.path, id].filter(Boolean).join('/'), actual: id, ...problem, at: callSite() });
  return freeId(scope, id);
}
