import { Plan } from './plan';
import { Build } from './runner';

/** @throws where the objects of an accepted program break what holds for all */
export function invariants(_plan: Plan, _build: Build): void {}
