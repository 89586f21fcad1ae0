import { IPv4, IPv6 } from 'ipaddr.js';

/** A range of addresses. */
export interface Network {
  readonly version: 4 | 6;
  /** How many bits its addresses have in common. */
  readonly prefix: number;
  /** As Kubernetes writes it (RFC 5952): "10.0.0.0/24". */
  readonly text: string;
  /** Whether none of its addresses is of the internet (RFC 1918, RFC 6598, RFC 4193). */
  readonly isPrivate: boolean;
}

/** What a CIDR names; nothing where Kubernetes refuses it, for bits beyond the prefix or IPv4 within IPv6 too (Kubernetes 1.36, IsValidCIDR). */
export function networkOf(text: string): Network | undefined {
  const parsed = parse(text);
  return parsed && !isMapped(parsed) && firstOf(parsed).toString() === parsed.address.toString() ? described(parsed) : undefined;
}

/** A CIDR as Kubernetes asks for it; what is none stays as it is, and is refused elsewhere. */
export function networkText(text: string): string {
  return networkOf(text)?.text ?? text;
}

/** What a CIDR that is refused must mean: the network of an address, or the IPv4 within IPv6; nothing where that is not known. */
export function meantNetwork(text: string): Network | undefined {
  const parsed = parse(text);
  if (!parsed || !isMapped(parsed)) return parsed && described(parsed);
  return parsed.prefix < MAPPED_BITS ? undefined : described({ address: parsed.address.toIPv4Address(), prefix: parsed.prefix - MAPPED_BITS });
}

/** Bits before the IPv4 address in an IPv6 address that stands for one (RFC 4291, 2.5.5.2). */
const MAPPED_BITS = 96;

interface Cidr<A = IPv4 | IPv6> {
  readonly address: A;
  readonly prefix: number;
}

/** Each number in the one way to write it: other readers take "010" for octal. */
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

function described(cidr: Cidr): Network {
  const first = firstOf(cidr);
  return {
    version: first instanceof IPv4 ? 4 : 6,
    prefix: cidr.prefix,
    text: `${first instanceof IPv4 ? first.toString() : first.toRFC5952String()}/${cidr.prefix}`,
    // No network that is larger than a private range begins and ends in one.
    isPrivate: [first, lastOf(cidr)].every((end) => PRIVATE.includes(end.range())),
  };
}
