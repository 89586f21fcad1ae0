import { RouteCors } from './route-options';
import { InputProblem } from '../../model/problem';
import { CorsFacts } from '../../model/route';
import { rangeProblem } from '../input/number-checks';
import { isOrigin } from '../input/origins';

/** Methods of the CORS filter (Gateway API v1.6, HTTPMethodWithWildcard). */
const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'CONNECT', 'OPTIONS', 'TRACE', 'PATCH'];

const HEADER = /^[A-Za-z0-9!#$%&'+\-.^_`|~]{1,256}$/;

const MOST = 64;

/** Returns the CORS settings of a route with their defaults, without repeated entries. */
export function corsFacts(stated: RouteCors): CorsFacts {
  const { allowedOrigins, allowedMethods = ['GET', 'POST'], allowedHeaders = ['authorization', 'content-type'], exposedHeaders = [] } = stated;
  return {
    allowedOrigins: [...new Set(allowedOrigins)], allowedMethods: [...new Set(allowedMethods)], allowedHeaders: [...new Set(allowedHeaders)],
    exposedHeaders: [...new Set(exposedHeaders)], allowCredentials: stated.allowCredentials ?? false, maxAgeSeconds: stated.maxAgeSeconds,
  };
}

/** Returns what is wrong with the CORS settings of a route. */
export function corsProblems(cors: CorsFacts): InputProblem[] {
  const { allowedOrigins, allowedMethods, allowedHeaders, exposedHeaders, allowCredentials, maxAgeSeconds } = cors;
  const problems: InputProblem[] = [];
  const isEvery = allowedOrigins.length === 1 && allowedOrigins[0] === '*';
  const bad = allowedOrigins.find((origin) => !isOrigin(origin));
  if (allowedOrigins.length === 0 || allowedOrigins.length > MOST || (bad !== undefined && !isEvery)) {
    problems.push({ message: '`allowedOrigins` of `cors` is empty, too long, or has an entry that is not an origin', actual: bad ?? allowedOrigins.length, expected: `1 to ${MOST} origins as browsers send them: "https://" or "http://", a host, and a port if it is not the default one; or "*" alone`, fix: 'write each as in "https://desk.example.com"' });
  }
  if (isEvery && allowCredentials) {
    problems.push({ message: '`allowedOrigins` "*" with `allowCredentials` would let web pages of every origin send credentials and read the responses', actual: { allowedOrigins, allowCredentials }, expected: 'single origins in `allowedOrigins`, or no `allowCredentials`', fix: 'list the origins, or remove `allowCredentials`' });
  }
  const method = allowedMethods.find((one) => !METHODS.includes(one));
  if (method !== undefined || allowedMethods.length === 0) {
    problems.push({ message: '`allowedMethods` of `cors` is empty or has an entry that is not an HTTP method', actual: method ?? allowedMethods, expected: METHODS.join(', '), fix: 'write methods in upper case' });
  }
  const header = [...allowedHeaders, ...exposedHeaders].find((one) => one === '*' || !HEADER.test(one));
  if (header !== undefined || allowedHeaders.length > MOST || exposedHeaders.length > MOST) {
    problems.push({ message: '`allowedHeaders` or `exposedHeaders` of `cors` is too long or has an entry that is not a header name', actual: header ?? Math.max(allowedHeaders.length, exposedHeaders.length), expected: `at most ${MOST} names of headers, without "*"`, fix: 'list each header that web pages use' });
  }
  const range = maxAgeSeconds === undefined ? undefined : rangeProblem('maxAgeSeconds', maxAgeSeconds, 1, 86_400);
  return range ? [...problems, range] : problems;
}
