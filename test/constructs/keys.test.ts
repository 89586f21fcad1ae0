import { generateKeyPairSync } from 'crypto';
import { isAddress, secretParameters } from '../../src/constructs/input/addresses';
import { keySetFaults } from '../../src/constructs/input/key-checks';
import { JWKS } from '../story';

const setOf = (...keys: unknown[]) => JSON.stringify({ keys });
const rsa = (modulusLength: number) => generateKeyPairSync('rsa', { modulusLength });
const ec = (namedCurve: string) => generateKeyPairSync('ec', { namedCurve });
const own = rsa(2048);
const RSA = own.publicKey.export({ format: 'jwk' });

test.each([
  ['RSA', RSA], ['RSA with what else is said of it', { ...RSA, kid: 'one', alg: 'RS256', use: 'sig' }], ['P-256', ec('P-256').publicKey.export({ format: 'jwk' })], ['P-384', ec('P-384').publicKey.export({ format: 'jwk' })],
  ['P-521', ec('P-521').publicKey.export({ format: 'jwk' })], ['Ed25519', generateKeyPairSync('ed25519').publicKey.export({ format: 'jwk' })],
])('keys of %s verify tokens', (_, key) => {
  expect(keySetFaults(setOf(key, RSA))).toEqual([]);
});

test.each<[string, string, string[]]>([
  ['no JSON', 'keys', ['not JSON of the form {"keys": [...]}']],
  ['no object', '5', ['not JSON of the form {"keys": [...]}']],
  ['null', 'null', ['not JSON of the form {"keys": [...]}']],
  ['no list', '{"keys":{}}', ['not JSON of the form {"keys": [...]}']],
  ['an empty list', '{"keys":[]}', ['no keys']],
  ['null among keys', setOf(null, RSA), ['keys[0]: not a key']],
  ['a text', setOf(RSA, 'key'), ['keys[1]: not a key']],
  ['no numbers', setOf({ kty: 'RSA' }), ['keys[0]: a key with missing or wrong numbers']],
  ['no exponent', setOf(RSA, { kty: 'RSA', n: RSA.n }), ['keys[1]: a key with missing or wrong numbers']],
  ['empty numbers', setOf({ kty: 'RSA', n: '', e: '' }), ['keys[0]: an RSA key of 0 bits']],
  ['a point off the curve', setOf({ kty: 'EC', crv: 'P-256', x: 'a', y: 'b' }), ['keys[0]: a key with missing or wrong numbers']],
  ['a short key', setOf(rsa(1024).publicKey.export({ format: 'jwk' })), ['keys[0]: an RSA key of 1024 bits']],
  ['a curve that nobody verifies', setOf(ec('secp256k1').publicKey.export({ format: 'jwk' })), ['keys[0]: a key of curve secp256k1']],
  ['a key that signs nothing', setOf(generateKeyPairSync('x25519').publicKey.export({ format: 'jwk' })), ['keys[0]: a key of type x25519']],
  ['a private RSA key', setOf(own.privateKey.export({ format: 'jwk' })), ['keys[0]: a private key, which would be written to the manifest (d, p, q, dp, dq, qi)']],
  ['a private EC key', setOf(ec('P-256').privateKey.export({ format: 'jwk' })), ['keys[0]: a private key, which would be written to the manifest (d)']],
  ['a prime alone', setOf({ ...RSA, p: 'x' }), ['keys[0]: a private key, which would be written to the manifest (p)']],
  ['a key that both have', setOf({ kty: 'oct', k: 'x' }), ['keys[0]: a private key, which would be written to the manifest (k)']],
])('%s is reported without secrets', (_, text, faults) => {
  expect(keySetFaults(text)).toEqual(faults);
});

test('the keys used in tests are valid', () => {
  expect(keySetFaults(JWKS)).toEqual([]);
});

test.each([
  'https://issuer.example.com/keys', 'https://issuer.example.com', 'http://keycloak:8080/realms/a/protocol/openid-connect/certs', 'http://keycloak.auth.svc.cluster.local/', 'https://a.example.com:443/keys', 'https://10.0.0.1/keys',
  'https://[fd00::1]:8443/keys', 'https://login.example.com/common/discovery/keys?p=B2C_1_signin&appid=x', 'https://A.example.com/K', 'https://a.example.com/%C3%A4', 'https://a_b.example.com/keys', "https://a.example.com/x;y=1,2/(z)'",
])('%s is a valid key URL', (text) => {
  expect(isAddress(text)).toBe(true);
});

test.each([
  '', 'keys', 'ftp://a.example.com/keys', 'https://', 'https:///keys', 'https:/a/keys', 'https://a b/keys', 'https://a.example.com\\keys', 'https://a.example.com/x\\y', 'https://a.example.com/\u0001', 'https://a.example.com/\n', 'https://a.example.com/\u007f',
  'https://a.example.com/ä', 'https://ä.example.com/', 'https://u:p@a.example.com/', 'https://u@a.example.com/', 'https://a.example.com/#x', 'https://a.example.com:port/', 'https://a.example.com:0/', 'https://a.example.com:65536/',
  'https://a.example.com:/', 'https://a..example.com/', 'https://a.example.com/a/../b', 'https://a.example.com/./b', 'https://a.example.com/%zz', 'https://a.example.com/%', 'https://127.1/', 'https://0x7f.1/', 'https://[x/', 'https://[::1',
  'https://a.example.com/"x"', 'https://a.example.com/<x>', 'https://a.example.com/{x}', 'https://a.example.com/x|y', 'https://a.example.com/x^y', `https://a.example.com/${'x'.repeat(2000)}`, `https://${'a.'.repeat(127)}com/`, `https://${'a'.repeat(64)}.com/`, 'https://-a.example.com/',
])('%j is no valid key URL', (text) => {
  expect(isAddress(text)).toBe(false);
});

test.each([
  ['https://a.example.com/keys?api_key=abc', ['api_key']], ['https://a.example.com/keys?v=1&access_token=abc&key=x', ['access_token', 'key']], ['https://a.example.com/keys?x=AKIAIOSFODNN7EXAMPLE', ['x']],
  ['https://a.example.com/keys?sv=1&sig=abc', ['sig']], ['https://a.example.com/keys?code=abc', ['code']], ['https://a.example.com/keys?clientSecret=a', ['clientSecret']],
  ['https://a.example.com/keys?p=B2C_1_signin&kid=one&appid=x&max_tokens=5', []], ['https://a.example.com/keys?key=', []], ['https://a.example.com/keys', []], ['keys', []],
])('%s carries the secrets %j', (text, names) => {
  expect(secretParameters(text)).toEqual(names);
});
