import { createPublicKey, JsonWebKey } from 'crypto';

/** Secret members of a JSON Web Key (RFC 7518, 6.2.2, 6.3.2, 6.4.1). */
const SECRET_MEMBERS = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k'];

/** Keys that Envoy and agentgateway can verify with: RSA keys of this minimum size (RFC 7518, 3.3), and keys of these curves. */
const LEAST_RSA_BITS = 2048;
const CURVES = ['prime256v1', 'secp384r1', 'secp521r1'];

/** Returns the faults of a JSON Web Key Set, without revealing secret values. */
export function keySetFaults(text: string): string[] {
  const keys = keysOf(text);
  if (!keys) return ['not JSON of the form {"keys": [...]}'];
  return keys.length === 0 ? ['no keys'] : keys.flatMap((key, index) => keyFault(key).map((fault) => `keys[${index}]: ${fault}`));
}

function keysOf(text: string): unknown[] | undefined {
  try {
    const { keys } = JSON.parse(text) as { readonly keys?: unknown };
    return Array.isArray(keys) ? keys : undefined;
  } catch {
    return undefined;
  }
}

function keyFault(key: unknown): string[] {
  if (typeof key !== 'object' || key === null) return ['not a key'];
  const secret = SECRET_MEMBERS.filter((member) => Object.hasOwn(key, member));
  if (secret.length > 0) return [`a private key, which would be written to the manifest (${secret.join(', ')})`];
  try {
    const { asymmetricKeyType: type, asymmetricKeyDetails: details } = createPublicKey({ key: key as JsonWebKey, format: 'jwk' });
    if (type === 'rsa') return (details?.modulusLength ?? 0) >= LEAST_RSA_BITS ? [] : [`an RSA key of ${details?.modulusLength} bits`];
    if (type === 'ec') return CURVES.includes(details?.namedCurve ?? '') ? [] : [`a key of curve ${details?.namedCurve}`];
    return type === 'ed25519' ? [] : [`a key of type ${type}`];
  } catch {
    return ['a key with missing or wrong numbers'];
  }
}
