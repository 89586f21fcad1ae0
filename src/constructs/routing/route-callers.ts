import { GatewayNode } from '../../model/gateway';
import { InputProblem } from '../../model/problem';
import { TokenLimits } from '../../model/token';
import { TokenCaller, tokenCaller } from '../../values/token-caller';
import { tokenLimits, tokenProblem } from '../grants/token-limits';

/** The callers of a route as they were read, with what is wrong with them. */
export interface ReadCallers {
  readonly limits: readonly TokenLimits[];
  readonly problems: readonly InputProblem[];
}

/** Most callers of one route: each is a rule in a policy of the gateway. */
const MOST = 32;

/** Returns the tokens with which clients may use a route of a gateway, each once and sorted. */
export function readCallers({ name, jwt, existingServiceAccount }: GatewayNode, stated: readonly TokenCaller[]): ReadCallers {
  if (!jwt) {
    return refused({
      message: `the route has \`callers\`, but gateway ${name} does not verify tokens`, actual: `gateway ${name} without \`jwt\``, expected: 'a gateway with `jwt`',
      fix: existingServiceAccount === undefined ? 'set `jwt` on the gateway, with the issuer of the tokens' : 'use an InferenceGateway of the app instead of the existing Gateway; or set `jwt` on an agent, if every token of its issuer may call it',
    });
  }
  if (stated.length === 0 || stated.length > MOST) {
    return refused({ message: '`callers` of the route is empty or has too many entries', actual: stated.length, expected: `1 to ${MOST} TokenCallers`, fix: 'list the clients that may use the route, remove `callers` if every client may, or use a claim that all of them have' });
  }
  const said = stated.map(({ asCaller }) => tokenCaller.of(asCaller));
  const problems = said.flatMap((one): InputProblem[] => {
    const problem = tokenProblem(one);
    return problem ? [problem] : one.caller ? [{ message: '`caller` of a TokenCaller has no effect at a gateway, because its clients have no mesh identity', actual: one.caller.asCaller.toString(), expected: 'a TokenCaller with `subject` and `claims` only', fix: 'remove `caller`' }] : [];
  });
  const limits = new Map(said.map((one) => tokenLimits(one, jwt.issuer)).map((one) => [JSON.stringify(one), one]));
  return { limits: [...limits].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, one]) => one), problems };
}

function refused(problem: InputProblem): ReadCallers {
  return { limits: [], problems: [problem] };
}
