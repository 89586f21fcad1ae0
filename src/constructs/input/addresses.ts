import { isSecretName, secretIn } from '../workload/secret-checks';

const HOST_LABEL = '[A-Za-z0-9_](?:[A-Za-z0-9_-]*[A-Za-z0-9_])?';
const PATH_CHARACTER = '[A-Za-z0-9._~!$&\'()*+,;=:@-]|%[0-9A-Fa-f]{2}';
const ADDRESS = new RegExp(
  `^https?://(?<host>${HOST_LABEL}(?:\\.${HOST_LABEL})*|\\[[0-9A-Fa-f:.]+\\])(?::(?<port>[0-9]{1,5}))?(?<path>(?:/(?:${PATH_CHARACTER})*)*)(?:\\?(?:${PATH_CHARACTER}|[/?])*)?$`,
);

const MOST_CHARACTERS = 2000;
const MOST_HOST = 253;
const MOST_LABEL = 63;

/**
 * Returns whether a text is a URL that all parsers interpret in the same way (RFC 3986), without parts that only browsers use. JavaScript
 * corrects URLs that Go rejects or interprets differently, such as those with "\" or dot segments.
 */
export function isAddress(text: string): boolean {
  const { host = '', port, path = '' } = text.length <= MOST_CHARACTERS ? ADDRESS.exec(text)?.groups ?? {} : {};
  if (host === '' || host.length > MOST_HOST || host.split('.').some((label) => label.length > MOST_LABEL) || !URL.canParse(text) || (port !== undefined && Number(port) === 0)) return false;
  const { hostname, pathname } = new URL(text);
  return hostname === host.toLowerCase() && (pathname === path || (path === '' && pathname === '/'));
}

/** Query parameters that contain a secret in URLs. Elsewhere, these names do not mean a secret. */
const SECRET_PARAMETERS = /^(auth|code|key|pass|pwd|sig|signature)$/i;

/** Returns the names of the query parameters of a URL that contain a secret. The secret would be written to the manifest. */
export function secretParameters(text: string): string[] {
  if (!URL.canParse(text)) return [];
  const parameters = [...new URL(text).searchParams];
  return parameters.filter(([name, value]) => value !== '' && (isSecretName(name) || SECRET_PARAMETERS.test(name) || secretIn(value) !== undefined)).map(([name]) => name);
}
