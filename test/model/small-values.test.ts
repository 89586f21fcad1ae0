import {
  EndpointPicker, ExternalHost, GatewayProvider, Identity, InferenceGateway, McpProvider, McpServer, McpToolBoundary, MediaPort, MeshProvider, Port,
  PortProtocol, TransportProtocol,
} from '../../src';
import { Callers } from '../../src/model/callers';
import { innerPortOf, shardOf } from '../../src/model/inner-port';
import { distinctPrincipals, principalOf } from '../../src/model/principal';
import { listed, ProblemLog, problemText } from '../../src/model/problem';
import { targetsOf } from '../../src/model/route';
import { Trait } from '../../src/model/trait';
import { calledPorts } from '../../src/model/workload';
import { bareModel } from '../bare-model';
import { deploy } from '../story';
import { meshOf } from '../synth';

const who = (serviceAccount: string) => principalOf('td', 'n', serviceAccount);

test('a principal is named as in its SPIFFE id', () => {
  expect(who('x').key).toBe('td/ns/n/sa/x');
});

test('equal principals are merged, in a stable order', () => {
  expect(distinctPrincipals([who('y'), who('x'), who('y')])).toEqual([who('x'), who('y')]);
});

test('a repeated grant is one grant and keeps its first title', () => {
  const callers = new Callers();
  expect(callers.isEmpty).toBe(true);
  callers.add({ title: 'b', principal: who('b') });
  callers.add({ title: 'a', principal: who('a') });
  callers.add({ title: 'again', principal: who('a') });
  expect(callers.all.map(({ title }) => title)).toEqual(['a', 'b']);
  expect(callers.isEmpty).toBe(false);
});

describe('the inner port of a pool', () => {
  test('depends only on the name', () => {
    expect([innerPortOf('assistant-v1'), innerPortOf('assistant-v2')]).toEqual([24747, 22366]);
  });
  test('is in an inner gateway by the name, about as many in each', () => {
    const counts = [0, 0, 0, 0];
    for (let i = 0; i < 2000; i++) counts[shardOf(`pool-${i}`, 4)]++;
    expect(Math.min(...counts)).toBeGreaterThan(400);
    expect([shardOf('llama', 4), shardOf('qwen', 4), shardOf('llama', 1)]).toEqual([2, 2, 0]);
  });
  test('is above application ports and below node ports', () => {
    for (let i = 0; i < 2000; i++) {
      const port = innerPortOf(`pool-${i}`);
      expect(port).toBeGreaterThanOrEqual(20_000);
      expect(port).toBeLessThan(30_000);
    }
  });
});

describe('a problem as text', () => {
  test('has path, message, actual, expected, fix, id of the check and source line', () => {
    expect(problemText({ id: 'AM001', path: 'a/b', message: 'it is wrong', actual: 3, expected: '1 or 2', fix: 'correct it', at: 'main.ts:7' }))
      .toBe('a/b: it is wrong; got 3; allowed: 1 or 2; correct it [AM001] (main.ts:7)');
  });
  test('omits missing parts', () => {
    expect(problemText({ id: 'AM001', path: '', message: 'it is wrong', fix: 'correct it' })).toBe('(app): it is wrong; correct it [AM001]');
  });
  test('says that the actual value is missing', () => {
    expect(problemText({ id: 'AM001', path: 'a', message: 'w', actual: undefined, fix: 'n' })).toBe('a: w; got nothing; n [AM001]');
  });
  test('stays one line for any names', () => {
    expect(problemText({ id: 'AM001', path: 'a\u001b', message: 'agent x\ny', fix: 'n' })).toBe('a\\u001b: agent x\\ny; n [AM001]');
  });
  test('escapes characters that reverse or break a line, and C1 controls', () => {
    expect(problemText({ id: 'AM001', path: 'a', message: 'w', actual: 'x\u009b\u007f\u2028\u202ey', fix: 'n' })).toBe('a: w; got "x\\u009b\\u007f\\u2028\\u202ey"; n [AM001]');
  });
  test('escapes control characters of the user', () => {
    expect(problemText({ id: 'AM001', path: 'a', message: 'w', actual: 'x\u001b[2J\ny', fix: 'n' })).toBe('a: w; got "x\\u001b[2J\\ny"; n [AM001]');
  });
});

test('a long value is truncated', () => {
  const line = problemText({ id: 'AM001', path: 'a', message: 'w', actual: 'x'.repeat(9998), fix: 'n' });
  expect(line).toBe(`a: w; got "${'x'.repeat(1999)}... (10000 characters); n [AM001]`);
});

test('a long list in a message is truncated', () => {
  expect(listed([])).toBe('none');
  expect(listed(['a', 'b'])).toBe('a, b');
  expect(listed('abcdefghij')).toBe('a, b, c, d, e, f, g, h and 2 more');
});

test('the specific problem of a value hides the general one', () => {
  const log = new ProblemLog();
  const of = (path: string, message: string, actual: unknown) => ({ id: 'AM001' as const, path, message, actual, fix: '' });
  for (const actual of ['a', 'b', 'c', 'd', 'e']) log.addUnlessTold(of('p', `rest of ${actual}`, actual));
  log.add(of('p', 'a is wrong', 'a'));
  log.add(of('p', 'b and c are wrong', { list: ['b', { c: 1 }] }));
  log.add(of('q', 'd is wrong elsewhere', 'd'));
  expect(log.all.map(({ message }) => message)).toEqual(['rest of d', 'rest of e', 'a is wrong', 'b and c are wrong', 'd is wrong elsewhere']);
});

test('problems are kept in the order in which they were found', () => {
  const log = new ProblemLog();
  log.add({ id: 'AM001', path: 'a', message: '1', fix: '' });
  log.add({ id: 'AM001', path: 'b', message: '2', fix: '' });
  expect(log.all.map(({ message }) => message)).toEqual(['1', '2']);
});

describe('a trait', () => {
  const trait = new Trait<number>('a Thing');
  test('is given to an object that the user froze, before and after', () => {
    const [before, after] = [{}, Object.freeze({})];
    trait.give(before, 7);
    Object.freeze(before);
    trait.give(before, 8);
    trait.give(after, 9);
    expect([trait.of(before), trait.of(after)]).toEqual([8, 9]);
  });
  test('is found on its object', () => {
    const object = {};
    trait.give(object, 7);
    expect([trait.of(object), trait.find(object)]).toEqual([7, 7]);
  });
  test('fails on another object and says what is missing', () => {
    expect(trait.find({})).toBeUndefined();
    expect(trait.find(Object.freeze({}))).toBeUndefined();
    expect(() => trait.of({})).toThrow('the object is not a Thing that this copy of cdk8s-agent-mesh created');
  });
});

const base = { origin: { path: '' }, title: '', name: '', namespace: 'n', serviceAccount: 's', labels: {}, ports: [1, 2], opaquePorts: [], grpcPorts: [], mediaPorts: [], callers: new Callers(), routable: true };

test('callers use the target port of the Service, or the first port of an existing workload', () => {
  expect(calledPorts({ ...base, service: { name: 's', namespace: 'n', port: 80, targetPort: 2 } })).toEqual([2]);
  expect(calledPorts(base)).toEqual([1]);
  expect(calledPorts({ ...base, deployment: {} as never })).toEqual([]);
});

test('a mesh trusts its own trust domain and the stated ones', () => {
  const model = bareModel({ trustDomain: 'own', trustedDomains: ['friend'] });
  expect(['own', 'friend', 'stranger'].map((domain) => model.trusts(domain))).toEqual([true, true, false]);
});

test('the targets of a route are each named once', () => {
  const pool = { kind: 'pool' as const, pool: {} as never };
  const other = { kind: 'service' as const, workload: base };
  const rules = [{ split: [{ target: pool, weight: 1 }] }, { split: [{ target: other, weight: 1 }, { target: { ...pool }, weight: 2 }] }];
  expect(targetsOf({ rules } as never)).toEqual([pool, other]);
});

describe('public getters', () => {
  test('a port of media is its protocol and its number', () => {
    const [udp, tcp] = [MediaPort.udp(40000), MediaPort.tcp(3478)];
    expect([udp, tcp].map(({ port, protocol }) => [port, protocol])).toEqual([[40000, TransportProtocol.UDP], [3478, TransportProtocol.TCP]]);
    expect([`${udp}`, `${tcp}`]).toEqual(['UDP 40000', 'TCP 3478']);
  });
  test('a port of pods is its protocol and its number', () => {
    const ports = [Port.http(8000), Port.grpc(9000), Port.tls(8443), Port.tcp(5432)];
    expect(ports.map(({ number, protocol }) => [number, protocol]))
      .toEqual([[8000, PortProtocol.HTTP], [9000, PortProtocol.GRPC], [8443, PortProtocol.TLS], [5432, PortProtocol.TCP]]);
    expect(ports.map(String)).toEqual(['HTTP 8000', 'GRPC 9000', 'TLS 8443', 'TCP 5432']);
  });
  test('a host outside is its name and its port, 443 where none is stated', () => {
    const hosts = [ExternalHost.https('api.example.com'), ExternalHost.https('api.example.com', { port: 8443 }), ExternalHost.https('api.example.com', {})];
    expect(hosts.map(({ hostname, port }) => [hostname, port])).toEqual([['api.example.com', 443], ['api.example.com', 8443], ['api.example.com', 443]]);
    expect(hosts.map(String)).toEqual(['api.example.com:443', 'api.example.com:8443', 'api.example.com:443']);
  });
  test('an identity has its names, and its trust domain if stated', () => {
    expect({ ...Identity.of({ namespace: 'n', serviceAccount: 's' }) }).toMatchObject({ namespace: 'n', serviceAccount: 's', trustDomain: undefined });
    expect(Identity.of({ namespace: 'n', serviceAccount: 's', trustDomain: 'td' }).trustDomain).toBe('td');
  });
  test('providers print as in a program', () => {
    const meshes = [MeshProvider.istioAmbient(), MeshProvider.istioSidecar(), MeshProvider.linkerd()];
    const others = [GatewayProvider.istio(), McpProvider.agentgateway()];
    expect([...meshes, ...others].map(({ label }) => label))
      .toEqual(['MeshProvider.istioAmbient', 'MeshProvider.istioSidecar', 'MeshProvider.linkerd', 'GatewayProvider.istio', 'McpProvider.agentgateway']);
  });
  test('gateways, pools and tool servers have titles and copy the lists they are given', () => {
    const hostnames = ['a.example.com'];
    const tools = ['find'];
    meshOf((mesh) => {
      const gateway = new InferenceGateway(mesh, 'gw', { hostnames, tls: { secretName: 'tls' } });
      const crm = new McpToolBoundary(mesh, 'crm', { server: McpServer.of(deploy([8080]), { tools }) });
      expect(gateway.addPool('llm', { workload: deploy(), picker: EndpointPicker.deploy() }).title).toBe('pool llm');
      expect(crm.title).toBe('tool server crm');
      for (const list of [hostnames, tools]) list.push('later');
      expect([gateway.hostnames, crm.tools]).toEqual([['a.example.com'], ['find']]);
    });
  });
});
