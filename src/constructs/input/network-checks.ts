import { meantNetwork, networkOf } from '../../model/networks';
import { InputProblem } from '../../model/problem';

/** Returns what is wrong with a CIDR in a prop, or nothing. */
export function networkProblem(message: string, text: string, prop: string): InputProblem | undefined {
  if (networkOf(text)) return undefined;
  const meant = meantNetwork(text);
  return {
    message, actual: text, expected: 'CIDRs such as "10.0.0.0/24", without host bits and without IPv4-mapped IPv6 addresses',
    fix: meant ? `write it as "${meant.text}"` : `correct \`${prop}\``,
  };
}
