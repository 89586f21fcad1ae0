import { meantNetwork, networkOf } from '../../model/networks';
import { InputProblem } from '../../model/problem';

/** Returns the problem of a CIDR in a prop, if it has one. */
export function networkProblem(message: string, text: string, prop: string): InputProblem | undefined {
  if (networkOf(text)) return undefined;
  const meant = meantNetwork(text);
  return {
    message, actual: text, expected: 'CIDRs such as "10.0.0.1/32", without bits beyond the prefix and without IPv4 in IPv6',
    fix: meant ? `write it as "${meant.text}"` : `correct \`${prop}\``,
  };
}
