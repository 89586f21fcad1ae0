import { isSecretName, secretIn } from './secret-checks';

const HOST_LABEL = '[A-Za-z0-9_](?:[A-Za-z0-9_-]*[A-Za-z0-9_])?';
const PATH_CHARACTER = '[A-Za-z0-9._~!$&\'()*+,;=:@-]|%[0-9A-Fa-f]{2}';
const ADDRESS = new RegExp(
  `^https?://(?<host>${HOST_LABEL}(?:\\.${HOST_LABEL})*|\\[[0-9A-Fa-f:.]+\\])(?::(?<port>[0-9]{1,5}))?(?<path>(?:/(?:${PATH_CHARACTER})*)*)(?:\\?(?:${PATH_CHARACTER}|[/?])*)?$`,
);

const MOST_CHARACTERS = 2000;
const MOST_HOST = 253;
const MOST_LABEL = 63;

/**
 * An address of the web that everybody reads alike (RFC 3986), without what is for browsers alone: JavaScript mends much that Go refuses or
 * reads otherwise, such as "\" and dot segments.
 */
export function isAddress(text: string): boolean {
  const { host = '', port, path = '' } = text.length <= MOST_CHARACTERS ? ADDRESS.exec(text)?.groups ?? {} : {};
  if (host === '' || host.length > MOST_HOST || host.split('.').some((label) => label.length > MOST_LABEL) || !URL.canParse(text) || (port !== undefined && Number(port) === 0)) return false;
  const { hostname, pathname } = new URL(text);
  return hostname === host.toLowerCase() && (pathname === path || (path === '' && pathname === '/'));
}

/** Names of parameters that hold a secret in addresses, beside those that hold one everywhere. */
const SECRET_PARAMETERS = /^(auth|code|key|pass|pwd|sig|signature)$/i;

/** The parameters of an address that are secrets, which would stand in the manifest. */
export function secretParameters(text: string): string[] {
  if (!URL.canParse(text)) return [];
  const parameters = [...new URL(text).searchParams];
  return parameters.filter(([name, value]) => value !== '' && (isSecretName(name) || SECRET_PARAMETERS.test(name) || secretIn(value) !== undefined)).map(([name]) => name);
}
