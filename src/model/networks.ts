import { isIPv4, isIPv6 } from 'net';

/** An address and how many of its bits count, such as "10.0.0.0/24". */
export function isNetwork(text: string): boolean {
  const [, address, prefix] = /^([^%]+)\/(0|[1-9][0-9]{0,2})$/.exec(text) ?? [];
  if (address === undefined) return false;
  return isIPv4(address) ? Number(prefix) <= 32 : isIPv6(address) && Number(prefix) <= 128;
}

/** Whether a network is one that is not of the internet (RFC 1918, RFC 6598, RFC 4193). */
export function isPrivate(network: string): boolean {
  return /^(10\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.|100\.(6[4-9]|[7-9]\d|1[01]\d|12[0-7])\.|f[cd])/i.test(network);
}
