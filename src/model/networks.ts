import { isIPv4, isIPv6 } from 'net';

/** An address and how many of its bits count, such as "10.0.0.0/24". */
export function isNetwork(text: string): boolean {
  const [, address, prefix] = /^([^%]+)\/(0|[1-9][0-9]{0,2})$/.exec(text) ?? [];
  if (address === undefined) return false;
  return isIPv4(address) ? Number(prefix) <= 32 : isIPv6(address) && Number(prefix) <= 128;
}
