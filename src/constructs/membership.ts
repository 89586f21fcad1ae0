import { Construct, IConstruct } from 'constructs';
import { AgentMesh } from './agent-mesh';
import { callSite } from './call-site';
import { isReservedId } from './construct-ids';
import { memberContext, MeshContext, meshContext } from './mesh-context';
import { Reporter, refusedBy } from './reporter';
import { textProblems } from './text-checks';
import { Capability, Refusal } from '../model/capability';
import { CheckId } from '../model/check-id';
import { MeshModel } from '../model/mesh';
import { nameProblem } from '../model/names';
import { InputProblem, Located } from '../model/problem';
import { refusalOf } from '../providers/backend';

/** Props of what can be defined outside the scope of its mesh. */
export interface MeshMemberProps {
  /**
   * The mesh that it belongs to.
   *
   * @default - the mesh of what it is defined under
   */
  readonly mesh?: AgentMesh;
}

/** A construct's place in its mesh, and its voice in the report of problems. */
export class Membership implements Located, Reporter {
  /** The place of a construct, by its props, whose texts are checked. */
  public static of(construct: Construct, props: MeshMemberProps): Membership {
    const { mesh } = props;
    const context = meshContext.of(mesh ?? AgentMesh.of(construct));
    if (mesh) memberContext.give(construct, context);
    const member = new Membership(construct, context);
    member.checkTexts(props);
    return member;
  }

  private constructor(public readonly construct: Construct, public readonly context: MeshContext) {}

  /** Made only where it is shown. */
  public get path(): string {
    return this.construct.node.path;
  }

  public get model(): MeshModel {
    return this.context.model;
  }

  /** Records a problem; the synth fails with all of them. */
  public report(problem: InputProblem | undefined, id: CheckId = 'AM001'): void {
    if (problem) this.model.problems.add({ id, path: this.path, ...problem, at: callSite() });
  }

  /** Records texts that would not be read as they stand, unless something else is told of them. */
  public checkTexts(stated: object, of = ''): void {
    for (const problem of textProblems(stated, of)) this.model.problems.addUnlessTold({ id: 'AM001', path: this.path, ...problem, at: callSite() });
  }

  /** Why nobody here can do something, or nothing where somebody can. */
  public refusal(capability: Capability): Refusal | undefined {
    return refusalOf(this.context.mesh, this.context.gateway, capability);
  }

  /** Records that what was asked for is enforced by nobody here, and who could; whether it was refused. */
  public refuse(capability: Capability, what: string, got: unknown): boolean {
    const refused = refusedBy(this.context, capability, what, got);
    this.report(refused, 'AM002');
    return refused !== undefined;
  }

  /** What was asked for, where somebody here enforces it; what was refused is recorded, and nothing is left of it. */
  public enforced<T>(capability: Capability, what: string, asked: T | undefined, got: unknown = asked): T | undefined {
    return asked === undefined || this.refuse(capability, what, got) ? undefined : asked;
  }

  /** The name of an object, checked where it will be used. */
  public name(what: string, name: string, appended?: string): string {
    this.report(nameProblem(what, name, appended));
    return name;
  }
}

/**
 * The id to construct with. What the constructs library refuses would end the program at once, before anything else that is
 * wrong was seen: it is recorded instead, and gets an id of its own.
 */
export function freshId(scope: IConstruct, id: string, mesh?: AgentMesh): string {
  const problem = idProblem(scope, id);
  if (!problem) return id;
  const { model } = meshContext.of(mesh ?? AgentMesh.of(scope));
  model.problems.add({ id: 'AM001', path: [scope.node.path, id].filter(Boolean).join('/'), got: id, ...problem, at: callSite() });
  let count = 2;
  while (scope.node.tryFindChild(`${id}-${count}`)) count++;
  return `${id}-${count}`;
}

function idProblem(scope: IConstruct, id: string): Omit<InputProblem, 'got'> | undefined {
  if (id === '') return { what: 'the constructs library cannot hold an empty id', allowed: 'any other id', next: 'choose another id' };
  if (isReservedId(id)) {
    return {
      what: 'the constructs library cannot hold the id, which every JavaScript object has as a property', allowed: 'any other id',
      next: 'choose another id, and state `name` if the name is meant to be this',
    };
  }
  return scope.node.tryFindChild(id) ? { what: 'the id is used twice here', allowed: 'one construct of each id in a scope', next: 'choose another id' } : undefined;
}
