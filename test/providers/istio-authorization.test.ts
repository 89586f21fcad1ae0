import { principalOf } from '../../src/model/principal';
import { allowConnections, allowHosts, allowRequests, denyAll } from '../../src/providers/istio-shared/istio-authorization';
import { gatewayRef, serviceRef } from '../../src/providers/istio-shared/istio-targets';
import { bareModel } from '../bare-model';

const meshWith = (trustedDomains: string[]) => bareModel({ trustedDomains });
const mesh = meshWith([]);
const who = (serviceAccount: string, trustDomain = 'cluster.local') => principalOf(trustDomain, 'n', serviceAccount);
const scope = { selector: { matchLabels: { app: 'x' } } };

test('nobody is written as an ALLOW without rules, never as an absent policy', () => {
  expect(denyAll()).toEqual({});
  expect(allowConnections(mesh, scope, [])).toEqual(scope);
  expect(allowRequests(mesh, [serviceRef('s')], [])).toEqual({ targetRefs: [{ group: '', kind: 'Service', name: 's' }] });
  expect(allowHosts([gatewayRef('g')], [])).toEqual({ targetRefs: [{ group: 'gateway.networking.k8s.io', kind: 'Gateway', name: 'g' }] });
});

test('connections are admitted by identity and port of the pods', () => {
  expect(allowConnections(mesh, scope, [{ principals: [who('a'), who('b')], ports: [80, 81] }])).toEqual({
    ...scope,
    action: 'ALLOW',
    rules: [{ from: [{ source: { serviceAccounts: ['n/a', 'n/b'] } }], to: [{ operation: { ports: ['80', '81'] } }] }],
  });
});

test('more callers than one source may list are spread over several', () => {
  const principals = Array.from({ length: 33 }, (_, i) => who(`a${i}`));
  const [{ from }] = allowConnections(mesh, scope, [{ principals, ports: [80] }]).rules!;
  expect(from!.map(({ source }) => source!.serviceAccounts!.length)).toEqual([16, 16, 1]);
  expect(from!.flatMap(({ source }) => source!.serviceAccounts)).toEqual(principals.map(({ serviceAccount }) => `n/${serviceAccount}`));
});

test('a mesh that trusts other domains names whole principals, so that a foreign namesake is another', () => {
  const [{ from }] = allowConnections(meshWith(['other.example']), scope, [{ principals: [who('a'), who('a', 'other.example')], ports: [80] }]).rules!;
  expect(from).toEqual([{ source: { principals: ['cluster.local/ns/n/sa/a', 'other.example/ns/n/sa/a'] } }]);
});

test('requests are limited to paths and methods, callers once each', () => {
  expect(allowRequests(mesh, [serviceRef('s')], [{ principals: [who('b'), who('a'), who('b')], endpoints: [{ path: '/mcp', methods: ['GET'] }] }]).rules)
    .toEqual([{ from: [{ source: { serviceAccounts: ['n/a', 'n/b'] } }], to: [{ operation: { paths: ['/mcp'], methods: ['GET'] } }] }]);
});

test('requests without limits get no empty operation, which Istio refuses', () => {
  expect(allowRequests(mesh, [serviceRef('s')], [{ principals: [who('a')] }]).rules).toEqual([{ from: [{ source: { serviceAccounts: ['n/a'] } }] }]);
});

test('a host is admitted with and without a port, a wildcard host with the port of HTTPS', () => {
  expect(allowHosts([gatewayRef('g')], ['a.example.com', '*.b.example.com']).rules)
    .toEqual([{ to: [{ operation: { hosts: ['a.example.com', 'a.example.com:*', '*.b.example.com', '*.b.example.com:443'] } }] }]);
});
