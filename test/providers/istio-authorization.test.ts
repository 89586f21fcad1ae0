import { principalOf } from '../../src/model/principal';
import { allowConnections, allowHosts, allowRequests, denyAll } from '../../src/providers/istio-shared/istio-authorization';
import { gatewayRef, serviceRef } from '../../src/providers/istio-shared/istio-targets';
import { bareModel } from '../bare-model';

const meshWith = (trustedDomains: string[]) => bareModel({ trustedDomains });
const mesh = meshWith([]);
const who = (serviceAccount: string, trustDomain = 'cluster.local') => principalOf(trustDomain, 'n', serviceAccount);
const scope = { selector: { matchLabels: { app: 'x' } } };

test('no callers is written as an ALLOW without rules, never as a missing policy', () => {
  expect(denyAll()).toEqual({});
  expect(allowConnections(mesh, scope, [])).toEqual(scope);
  expect(allowRequests(mesh, [serviceRef('s')], [])).toEqual({ targetRefs: [{ group: '', kind: 'Service', name: 's' }] });
  expect(allowHosts([gatewayRef('g')], [])).toEqual({ targetRefs: [{ group: 'gateway.networking.k8s.io', kind: 'Gateway', name: 'g' }] });
});

test('connections are allowed by identity and pod port', () => {
  expect(allowConnections(mesh, scope, [{ principals: [who('a'), who('b')], ports: [80, 81] }])).toEqual({
    ...scope,
    action: 'ALLOW',
    rules: [{ from: [{ source: { serviceAccounts: ['n/a', 'n/b'] } }], to: [{ operation: { ports: ['80', '81'] } }] }],
  });
});

test('callers are spread over several sources when there are too many for one', () => {
  const principals = Array.from({ length: 33 }, (_, i) => who(`a${i}`));
  const [{ from }] = allowConnections(mesh, scope, [{ principals, ports: [80] }]).rules!;
  expect(from!.map(({ source }) => source!.serviceAccounts!.length)).toEqual([16, 16, 1]);
  expect(from!.flatMap(({ source }) => source!.serviceAccounts)).toEqual(principals.map(({ serviceAccount }) => `n/${serviceAccount}`));
});

test('a mesh that trusts other domains matches whole principals', () => {
  const [{ from }] = allowConnections(meshWith(['other.example']), scope, [{ principals: [who('a'), who('a', 'other.example')], ports: [80] }]).rules!;
  expect(from).toEqual([{ source: { principals: ['cluster.local/ns/n/sa/a', 'other.example/ns/n/sa/a'] } }]);
});

test('requests are limited to paths and methods, and each caller is listed once', () => {
  expect(allowRequests(mesh, [serviceRef('s')], [{ principals: [who('b'), who('a'), who('b')], endpoints: [{ path: '/mcp', methods: ['GET'] }] }]).rules)
    .toEqual([{ from: [{ source: { serviceAccounts: ['n/a', 'n/b'] } }], to: [{ operation: { paths: ['/mcp'], methods: ['GET'] } }] }]);
});

test('requests without limits get no empty operation, which Istio rejects', () => {
  expect(allowRequests(mesh, [serviceRef('s')], [{ principals: [who('a')] }]).rules).toEqual([{ from: [{ source: { serviceAccounts: ['n/a'] } }] }]);
});

test('a host is matched with and without a port, a wildcard host with port 443', () => {
  expect(allowHosts([gatewayRef('g')], ['a.example.com', '*.b.example.com']).rules)
    .toEqual([{ to: [{ operation: { hosts: ['a.example.com', 'a.example.com:*', '*.b.example.com', '*.b.example.com:443'] } }] }]);
});
