import { IConstruct } from 'constructs';
import { callSite } from '../../input/call-site';
import { InputProblem, problemText } from '../../model/problem';

/** Returns a problem as an error. For methods that must return a value at once, so that the problem cannot wait for synth. */
export function problemError(construct: IConstruct, problem: InputProblem): Error {
  return new Error(problemText({ id: 'AM001', path: construct.node.path, ...problem, at: callSite() }));
}
