import { RequestAuthenticationSpec } from '../../../imports/security.istio.io';
import { strippedHeaders } from '../inference-extension/picker-headers';
import { gatewayRef } from '../istio-shared/istio-targets';

/** A public key whose private key does not exist anymore, so that no token can be valid. */
const NO_KEY = { kty: 'EC', crv: 'P-256', x: 'GVW1cYjSK2uyIRzXnjG95CVasKdPGulLDrS6CAW65EQ', y: 'tzoGoRxt4juaKkeT-zgLFXSH7r2-bHg2V39a2Igl1V0' };

/**
 * Returns a RequestAuthentication at an inner gateway that removes headers from requests before the endpoint picker reads them. Envoy removes the headers of
 * `outputClaimToHeaders` from every request, also from requests without a token (Envoy 1.40, tried). An HTTPRoute would remove them too late:
 * its filters run after the picker was asked. The rule reads tokens from a header that nobody sends, so it denies no request. `set` are the
 * headers that the gateway before sets, for every request, and `sessions` those by which clients name a session.
 */
export function compileStrippedHeaders(name: string, set: readonly string[], sessions: readonly string[]): RequestAuthenticationSpec {
  const headers = strippedHeaders(set, sessions);
  return {
    targetRefs: [gatewayRef(name)],
    jwtRules: [{
      issuer: 'nobody.invalid',
      jwks: JSON.stringify({ keys: [NO_KEY] }),
      fromHeaders: [{ name: 'x-no-token' }],
      outputClaimToHeaders: headers.map((header) => ({ header, claim: 'none' })),
    }],
  };
}
