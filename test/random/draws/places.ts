import { Construct } from 'constructs';
import { AgentMesh } from '../../../src';
import { Drawing } from '../drawing';
import { Expr } from '../expr';
import { fitting, Perhaps } from '../options';
import { MeshVar } from '../plan';

/** Where a construct is defined, and the mesh that it names where that is not in its scope. */
export interface PlaceVar {
  readonly scope: Expr<Construct>;
  readonly mesh: Perhaps<AgentMesh>;
}

/** In its mesh; or in a chart, or in another mesh, by the prop `mesh`. `options` is what has the prop. */
export function placeIn(on: Drawing, options: string, mesh: MeshVar, inside: Expr<Construct> = mesh.expr): PlaceVar {
  const elsewhere: Expr<Construct>[] = [...on.plan.charts, ...on.plan.meshes.filter((one) => one !== mesh).map(({ expr }) => expr)];
  const isExternal = on.tape.oneIn(8) || on.isSought(`${options}.mesh`);
  const isNamed = isExternal || on.tape.oneIn(30);
  return { scope: isExternal ? on.tape.pick(elsewhere) : inside, mesh: fitting(() => (isNamed ? mesh.expr : undefined)) };
}

/** A mesh of the program, mostly the first. */
export function someMesh(on: Drawing): MeshVar {
  return on.tape.oneIn(4) ? on.tape.pick(on.plan.meshes) : on.plan.meshes[0];
}

/** Of a mesh what there is, or of all where the program dares. */
export function ofMesh<T extends { readonly mesh: MeshVar }>(on: Drawing, all: readonly T[], mesh: MeshVar): readonly T[] {
  return on.isBold ? all : all.filter((one) => one.mesh === mesh);
}
