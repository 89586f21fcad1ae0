import { RouteOptions } from './route-options';
import { MODEL_LIST_PATH, MODEL_PATHS } from '../../model/model-requests';
import { isPath, pathFix } from '../../model/names';
import { InputProblem } from '../../model/problem';
import { RouteTarget } from '../../model/route';
import { rangeProblem } from '../input/number-checks';

/** Maximum number of retries: an unsigned 16 bit number on Linkerd, the smallest limit of all meshes (Linkerd 2.20, policy-controller). */
const MOST_RETRIES = 65_535;

/** Returns what is wrong with the options that all routes share. */
export function routeProblems({ pathPrefix, replacePrefixMatch, retries, requestTimeoutSeconds }: RouteOptions): (InputProblem | undefined)[] {
  return [
    ...replacePrefixMatch === undefined ? [] : rewriteProblems(pathPrefix, replacePrefixMatch),
    pathPrefix === undefined || isPath(pathPrefix) ? undefined : { message: '`pathPrefix` is not a plain path', actual: pathPrefix, expected: '"/" followed by path characters, at most 1024, without empty and dot segments, without "%2f" and without escapes of letters, digits, "-", ".", "_" and "~"', fix: pathFix(pathPrefix, 'write it as in "/v1"') },
    requestTimeoutSeconds === undefined ? undefined : rangeProblem('requestTimeoutSeconds', requestTimeoutSeconds, 1, 86_400),
    ...retries ? retryProblems(retries) : [],
  ];
}

function rewriteProblems(pathPrefix: string | undefined, replacePrefixMatch: string): (InputProblem | undefined)[] {
  return [
    pathPrefix === undefined ? { message: '`replacePrefixMatch` has no prefix to replace', actual: replacePrefixMatch, expected: 'a route with `pathPrefix`', fix: 'set `pathPrefix`, or remove `replacePrefixMatch`' } : undefined,
    pathPrefix !== undefined && /^\/+$/.test(pathPrefix) && !/^\/+$/.test(replacePrefixMatch)
      ? { message: 'with `pathPrefix` "/", Envoy joins `replacePrefixMatch` and the rest of the path without a "/" between them, so the target would receive a wrong path', actual: { pathPrefix, replacePrefixMatch }, expected: 'a `pathPrefix` with a segment, such as "/desk"', fix: 'set another `pathPrefix`, or remove `replacePrefixMatch`' }
      : undefined,
    isPath(replacePrefixMatch) ? undefined : { message: '`replacePrefixMatch` is not a plain path', actual: replacePrefixMatch, expected: '"/" followed by path characters, as for `pathPrefix`', fix: pathFix(replacePrefixMatch, 'write it as in "/v1"') },
  ];
}

function retryProblems({ attempts, codes }: NonNullable<RouteOptions['retries']>): (InputProblem | undefined)[] {
  return [
    Number.isInteger(attempts) && attempts >= 1 && attempts <= MOST_RETRIES ? undefined : { message: '`attempts` of the retries is out of range', actual: attempts, expected: `whole numbers from 1 to ${MOST_RETRIES}`, fix: 'correct the number' },
    codes?.some((code) => !Number.isInteger(code) || code < 400 || code > 599)
      ? { message: '`codes` of the retries has a number that is not a status code of an error', actual: codes, expected: 'whole numbers from 400 to 599', fix: 'correct `codes`' }
      : undefined,
  ];
}

/** Returns the problem that a route forwards no path that a pool with `allowedModels` serves. */
export function unreachablePool(target: RouteTarget, { pathPrefix = '/', replacePrefixMatch }: Pick<RouteOptions, 'pathPrefix' | 'replacePrefixMatch'>): InputProblem | undefined {
  if (target.kind !== 'pool' || !target.pool.allowedModels) return undefined;
  const segmentsOf = (path: string) => path.split('/').filter(Boolean);
  const received = segmentsOf(replacePrefixMatch ?? pathPrefix);
  const isServed = [...MODEL_PATHS, MODEL_LIST_PATH].some((path) => received.every((segment, i) => segmentsOf(path)[i] === segment));
  return isServed ? undefined : {
    message: `pool ${target.pool.name} has \`allowedModels\` and serves none of the paths that the route forwards, because the endpoint picker reads no models in them`, actual: { pathPrefix, ...replacePrefixMatch !== undefined && { replacePrefixMatch } },
    expected: 'paths such as /v1/chat/completions', fix: 'set `replacePrefixMatch` to "/", or use a `pathPrefix` such as "/v1"',
  };
}
