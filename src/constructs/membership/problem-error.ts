import { IConstruct } from 'constructs';
import { callSite } from '../../input/call-site';
import { InputProblem, problemText } from '../../model/problem';

/** Returns a problem of a question or command as an error: it needs an answer at once, so it is not kept for synth. */
export function problemError(construct: IConstruct, problem: InputProblem): Error {
  return new Error(problemText({ id: 'AM001', path: construct.node.path, ...problem, at: callSite() }));
}
