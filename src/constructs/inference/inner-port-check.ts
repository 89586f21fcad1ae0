import { isPort } from '../../model/names';
import { InputProblem } from '../../model/problem';

/** Ports below this one belong to the system. */
const FIRST_PORT = 1024;

/** Returns what is wrong with `innerPort` of a pool or a tenant, at which a gateway inside the mesh listens. */
export function innerPortProblem(innerPort: number, gateway: string): InputProblem | undefined {
  if (isPort(innerPort) && innerPort >= FIRST_PORT) return undefined;
  return { message: `\`innerPort\` is not a port on which ${gateway} can listen`, actual: innerPort, expected: `whole numbers from ${FIRST_PORT} to 65535`, fix: 'correct `innerPort`, or omit it' };
}
