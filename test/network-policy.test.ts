import { admits, NetworkPolicy, Pod } from './mesh/network-policy';

const pod = (address: string, labels: Record<string, string>, namespace = 'a'): Pod => ({ address, labels, namespace, namespaceLabels: { name: namespace } });
const target = pod('10.0.0.1', { app: 'x' });
const caller = { address: '10.0.0.2', pod: pod('10.0.0.2', { app: 'y' }) };
const policy = (ingress: NetworkPolicy['spec']['ingress'], more: Partial<NetworkPolicy['spec']> = {}): NetworkPolicy =>
  ({ metadata: { namespace: 'a' }, spec: { podSelector: { matchLabels: { app: 'x' } }, policyTypes: ['Ingress'], ingress, ...more } });

test('a pod without a policy allows everyone', () => {
  expect(admits([], target, 80, caller)).toBe(true);
  expect(admits([policy([], { podSelector: { matchLabels: { app: 'z' } } })], target, 80, caller)).toBe(true);
  expect(admits([policy([], { policyTypes: ['Egress'] })], target, 80, caller)).toBe(true);
  expect(admits([{ ...policy([]), metadata: { namespace: 'b' } }], target, 80, caller)).toBe(true);
});

test('a policy without rules allows nobody, an empty rule everyone', () => {
  expect(admits([policy(undefined)], target, 80, caller)).toBe(false);
  expect(admits([policy([{}])], target, 80, caller)).toBe(true);
});

test('a rule allows its ports and ranges', () => {
  expect(admits([policy([{ ports: [{ port: 80 }] }])], target, 80, caller)).toBe(true);
  expect(admits([policy([{ ports: [{ port: 80 }] }])], target, 81, caller)).toBe(false);
  expect(admits([policy([{ ports: [{ port: 80, endPort: 90 }] }])], target, 85, caller)).toBe(true);
});

test('a rule allows its peers: addresses, pods of its namespace, pods of other namespaces', () => {
  expect(admits([policy([{ from: [{ ipBlock: { cidr: '10.0.0.0/24' } }] }])], target, 80, caller)).toBe(true);
  expect(admits([policy([{ from: [{ ipBlock: { cidr: '10.0.0.0/24', except: ['10.0.0.2/32'] } }] }])], target, 80, caller)).toBe(false);
  expect(admits([policy([{ from: [{ podSelector: { matchLabels: { app: 'y' } } }] }])], target, 80, caller)).toBe(true);
  expect(admits([policy([{ from: [{ podSelector: {} }] }])], target, 80, { address: '1.2.3.4' })).toBe(false);
  const far = { address: '10.0.0.3', pod: pod('10.0.0.3', {}, 'b') };
  expect(admits([policy([{ from: [{ podSelector: {} }] }])], target, 80, far)).toBe(false);
  expect(admits([policy([{ from: [{ namespaceSelector: { matchLabels: { name: 'b' } } }] }])], target, 80, far)).toBe(true);
});

test('a connection that any policy allows is allowed', () => {
  expect(admits([policy([]), policy([{}])], target, 80, caller)).toBe(true);
});
