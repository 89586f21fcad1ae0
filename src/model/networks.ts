import { IPv4, IPv6 } from 'ipaddr.js';

/** A range of IP addresses. */
export interface Network {
  readonly version: 4 | 6;
  /** Prefix length in bits. */
  readonly prefix: number;
  /** CIDR in the form that Kubernetes requires (RFC 5952), such as "10.0.0.0/24". */
  readonly text: string;
  /** Whether all addresses are private (RFC 1918, RFC 6598, RFC 4193). */
  readonly isPrivate: boolean;
  /** Whether all addresses are private or link-local (RFC 3927), so that none is on the internet. */
  readonly isLocal: boolean;
  /** Whether some addresses are private, and others are not. */
  readonly includesPrivate: boolean;
}

/**
 * Parses a CIDR. Returns undefined if Kubernetes rejects it, also for host bits or IPv4-mapped IPv6 addresses (Kubernetes 1.36,
 * IsValidCIDR).
 */
export function networkOf(text: string): Network | undefined {
  const parsed = parse(text);
  return parsed && !isMapped(parsed) && firstOf(parsed).toString() === parsed.address.toString() ? described(parsed) : undefined;
}

/** Returns a CIDR in the form that Kubernetes requires. Invalid text is returned unchanged; other checks reject it. */
export function networkText(text: string): string {
  return networkOf(text)?.text ?? text;
}

/** Returns the network that an invalid CIDR probably means, without host bits or IPv4-mapped IPv6. Undefined if unknown. */
export function meantNetwork(text: string): Network | undefined {
  const parsed = parse(text);
  if (!parsed || !isMapped(parsed)) return parsed && described(parsed);
  return parsed.prefix < MAPPED_BITS ? undefined : described({ address: parsed.address.toIPv4Address(), prefix: parsed.prefix - MAPPED_BITS });
}

/** Returns whether a text is an IP address. */
export function isAddress(text: string): boolean {
  return IPv4.isValidFourPartDecimal(text) || IPv6.isValid(text);
}

/** Returns whether a network includes an address. An IPv4-mapped IPv6 address is that of IPv4. */
export function includes(network: string, address: string): boolean {
  const [cidr, single] = [parse(network), parse(`${address}/${IPv4.isValidFourPartDecimal(address) ? 32 : 128}`)];
  if (!cidr || !single) return false;
  return isWithin({ ...single, address: isMapped(single) ? single.address.toIPv4Address() : single.address }, cidr);
}

/** Prefix bits of an IPv4-mapped IPv6 address (RFC 4291, 2.5.5.2). */
const MAPPED_BITS = 96;

interface Cidr<A = IPv4 | IPv6> {
  readonly address: A;
  readonly prefix: number;
}

/** Accepts only canonical numbers, because some parsers read "010" as octal. */
function parse(text: string): Cidr | undefined {
  const [, address = '', bits = ''] = /^([^/%]+)\/(0|[1-9][0-9]{0,2})$/.exec(text) ?? [];
  const prefix = Number(bits);
  if (IPv4.isValidFourPartDecimal(address)) return prefix <= 32 ? { address: IPv4.parse(address), prefix } : undefined;
  return IPv6.isValid(address) && prefix <= 128 ? { address: IPv6.parse(address), prefix } : undefined;
}

function isMapped(cidr: Cidr): cidr is Cidr<IPv6> {
  return cidr.address instanceof IPv6 && cidr.address.isIPv4MappedAddress();
}

function firstOf({ address, prefix }: Cidr): IPv4 | IPv6 {
  return address instanceof IPv4 ? IPv4.networkAddressFromCIDR(`${address}/${prefix}`) : IPv6.networkAddressFromCIDR(`${address}/${prefix}`);
}

function lastOf({ address, prefix }: Cidr): IPv4 | IPv6 {
  return address instanceof IPv4 ? IPv4.broadcastAddressFromCIDR(`${address}/${prefix}`) : IPv6.broadcastAddressFromCIDR(`${address}/${prefix}`);
}

const PRIVATE = ['private', 'carrierGradeNat', 'uniqueLocal'];

const PRIVATE_NETWORKS = ['10.0.0.0/8', '100.64.0.0/10', '172.16.0.0/12', '192.168.0.0/16', 'fc00::/7'].map((text) => parse(text)!);

function isWithin({ address }: Cidr, cidr: Cidr): boolean {
  return address.kind() === cidr.address.kind() && (address as IPv4).match(cidr.address as IPv4, cidr.prefix);
}

function described(cidr: Cidr): Network {
  const first = firstOf(cidr);
  // A network that is larger than a private range cannot begin and end in one.
  const isPrivate = [first, lastOf(cidr)].every((end) => PRIVATE.includes(end.range()));
  return {
    version: first instanceof IPv4 ? 4 : 6,
    prefix: cidr.prefix,
    text: `${first instanceof IPv4 ? first.toString() : first.toRFC5952String()}/${cidr.prefix}`,
    isPrivate,
    isLocal: isPrivate || [first, lastOf(cidr)].every((end) => end.range() === 'linkLocal'),
    includesPrivate: !isPrivate && PRIVATE_NETWORKS.some((one) => isWithin(one, cidr)),
  };
}
