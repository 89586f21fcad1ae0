import { BlockList } from 'net';
import { array, assert, boolean, integer, property, tuple } from 'fast-check';
import { meantNetwork, networkOf } from '../../src/model/networks';
import { runs } from '../runs';

/** What a Kubernetes 1.36 API server said of each as the ipBlock of a NetworkPolicy: refused, or the form that it asks for. */
const VERDICTS: readonly (readonly [text: string, written: string | undefined])[] = [
  ['10.0.0.1/32', '10.0.0.1/32'],
  ['10.0.0.0/24', '10.0.0.0/24'],
  ['10.0.0.1/24', undefined],
  ['0.0.0.0/0', '0.0.0.0/0'],
  ['10.0.0.0/33', undefined],
  ['10.0.0.0/08', undefined],
  ['10.0.0.0/+8', undefined],
  ['010.0.0.0/8', undefined],
  ['10.0.0/8', undefined],
  ['10/8', undefined],
  ['0x0a000000/8', undefined],
  ['167772160/8', undefined],
  ['10.0.0.256/8', undefined],
  ['::/0', '::/0'],
  ['fd00::/64', 'fd00::/64'],
  ['fd00::1/64', undefined],
  ['fd00::1/128', 'fd00::1/128'],
  ['FD00::1/128', 'fd00::1/128'],
  ['fd00:0:0:0::1/128', 'fd00::1/128'],
  ['fd00:0:0:0:0:0:0:1/128', 'fd00::1/128'],
  ['::ffff:10.0.0.1/128', undefined],
  ['::ffff:a00:1/128', undefined],
  ['64:ff9b::10.0.0.1/128', '64:ff9b::a00:1/128'],
  ['fe80::%eth0/64', undefined],
  ['fe80::/64', 'fe80::/64'],
  ['1::2::3/64', undefined],
  ['fd00::/129', undefined],
  ['fd00::12345/128', undefined],
  ['fd00::01/128', 'fd00::1/128'],
  [' 10.0.0.0/8', undefined],
  ['10.0.0.0/8 ', undefined],
  ['10.0.0.0', undefined],
  ['/8', undefined],
  ['', undefined],
  ['10.0.0.0/', undefined],
  ['10.0.0.0/8/8', undefined],
  ['fd00:::/64', undefined],
  ['1:2:3:4:5:6:7:8/128', '1:2:3:4:5:6:7:8/128'],
  ['1:2:3:4:5:6:7::/112', '1:2:3:4:5:6:7:0/112'],
  ['1:2:3:4:5:6:7:8::/128', undefined],
  ['::1:2:3:4:5:6:7:8/128', undefined],
  ['::ffff:0:0/96', undefined],
  ['::/8', '::/8'],
  ['::ffff:10.0.0.0/104', undefined],
  ['[fd00::]/64', undefined],
  ['１0.0.0.0/8', undefined],
];

test.each(VERDICTS)('%j is the network %s', (text, written) => {
  expect(networkOf(text)?.text).toBe(written);
});

test('both forms of IPv4 in IPv6 are refused', () => {
  expect([networkOf('::10.0.0.1/128'), meantNetwork('::10.0.0.1/128')?.text]).toEqual([undefined, '10.0.0.1/32']);
});

test.each([
  ['10.0.0.1/24', '10.0.0.0/24'], ['fe80::1/64', 'fe80::/64'], ['::ffff:10.0.0.1/128', '10.0.0.1/32'], ['::ffff:a00:1/120', '10.0.0.0/24'],
  ['::ffff:0:0/95', undefined], ['pods', undefined], ['10.0.0.0/33', undefined],
])('%s means %s', (text, meant) => {
  expect(meantNetwork(text)?.text).toBe(meant);
});

test.each([
  ['10.0.0.0/8', true], ['10.0.0.0/7', false], ['9.255.255.255/32', false], ['11.0.0.0/32', false],
  ['172.16.0.0/12', true], ['172.31.255.255/32', true], ['172.15.0.1/32', false], ['172.32.0.1/32', false], ['172.35.0.1/32', false], ['172.16.0.0/11', false],
  ['192.168.7.0/24', true], ['192.169.0.1/32', false], ['192.168.0.0/15', false],
  ['100.64.0.0/10', true], ['100.127.255.255/32', true], ['100.63.0.1/32', false], ['100.128.0.1/32', false],
  ['fc00::/7', true], ['fd00::1/128', true], ['fc00::/6', false], ['fe80::/64', false], ['2001:db8::/64', false], ['fb00::1/128', false],
  ['127.0.0.1/32', false], ['169.254.169.254/32', false], ['104.18.7.0/24', false], ['0.0.0.0/0', false], ['::/0', false],
])('%s is of no address of the internet: %s', (text, expected) => {
  const network = networkOf(text) ?? meantNetwork(text);
  expect(network?.isPrivate).toBe(expected);
});

test('a network is private only if all its addresses are', () => {
  const own = new BlockList();
  for (const [address, prefix] of [['10.0.0.0', 8], ['172.16.0.0', 12], ['192.168.0.0', 16], ['100.64.0.0', 10]] as const) own.addSubnet(address, prefix);
  const octet = integer({ min: 0, max: 255 });
  const first = tuple(integer({ min: 0, max: 255 }), octet).map(([a, b]) => [[10, 100, 172, 192, a][a % 5], b]);
  assert(property(first, octet, integer({ min: 0, max: 32 }), array(boolean(), { minLength: 32, maxLength: 32 }), ([a, b], c, prefix, bits) => {
    const network = meantNetwork(`${a}.${b}.${c}.0/${prefix}`)!;
    const base = network.text.split('/')[0].split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
    const inside = bits.reduce((sum, bit, i) => sum + (bit && i >= prefix ? 2 ** (31 - i) : 0), base);
    const address = [24, 16, 8, 0].map((shift) => Math.floor(inside / 2 ** shift) % 256).join('.');
    return !network.isPrivate || own.check(address);
  }), { numRuns: runs(2000) });
});
