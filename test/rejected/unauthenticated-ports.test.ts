import { Refused, testRefused } from './corpus';
import { linkerd } from './tool-programs';
import {
  Agent, EndpointPicker, Identity, InferenceGateway, McpServer, McpToolBoundary, Port, UnauthenticatedPort, Waypoint, Workload, WorkloadOptions,
} from '../../src';
import { deploy, existing, IMAGE, JWKS } from '../story';
import { Build } from '../synth';

const caller = Identity.of({ namespace: 'n', serviceAccount: 's' });
const open = (...ports: UnauthenticatedPort[]) => ({ unauthenticatedPorts: ports });
const WEBHOOK = open(UnauthenticatedPort.of(9443));
const pods = (options: Partial<WorkloadOptions>) => Workload.deploy({ image: IMAGE, ports: [Port.http(8000), Port.http(9443)], ...options });
const withAgent = (options: Partial<WorkloadOptions>): Build => (mesh) => void new Agent(mesh, 'agent', { versions: { v1: pods(options) } });
const withPool = (options: object): Build => (mesh) => void new InferenceGateway(mesh, 'gw', { hostnames: ['a.example.com'], tls: { secretName: 'tls' } }).addPool('llm', { workload: pods(WEBHOOK), ...options });

const also = (what: string, use: string): Refused[2] => ['AM228', `port 9443 of ${what} is open to callers without an identity, and also ${use}; got 9443; allowed: ports in \`unauthenticatedPorts\` that have no other use; serve the callers without an identity at a port of their own`];

const refused: Record<string, Refused[]> = {
  'ports for callers without an identity': [
    ['that the pods do not have', withAgent(open(UnauthenticatedPort.of(9444))), 'app/mesh/agent: `unauthenticatedPorts` names a port that the workload does not have; got [9444]; allowed: 8000, 9443; add the port to `ports`, as in `Port.tcp(9443)`'],
    ['stated twice', withAgent(open(UnauthenticatedPort.of(9443), UnauthenticatedPort.of(9443, { networks: ['10.0.0.0/8'] }))), '`unauthenticatedPorts` names a port twice; got [9443,9443]; allowed: each port once; state all networks of a port in one `UnauthenticatedPort.of`'],
    ['stated twice on Linkerd', withAgent(open(UnauthenticatedPort.of(9443), UnauthenticatedPort.of(9443))), '`unauthenticatedPorts` names a port twice; got [9443,9443]', linkerd],
    ['from no network', withAgent(open(UnauthenticatedPort.of(9443, { networks: [] }))), '`networks` of port 9443 is empty, so nobody could connect; got []; allowed: one network or more, or no `networks` for every address; name the networks of the callers, or remove `networks`'],
    ['from what is no network', withAgent(open(UnauthenticatedPort.of(9443, { networks: ['10.0.0.1/8'] }))), 'an entry of `networks` of an unauthenticated port is not a network; got "10.0.0.1/8"; allowed: CIDRs such as "10.0.0.0/24", without host bits and without IPv4-mapped IPv6 addresses; write it as "10.0.0.0/8"'],
    ['that callers use', (mesh) => { new Agent(mesh, 'agent', { versions: { v1: pods({ ports: [Port.http(9443)], ...WEBHOOK }) } }); }, also('agent agent', 'the port that callers with an identity use')],
    ['that the Service of existing pods targets', (mesh) => {
      new Agent(mesh, 'agent', { versions: { v1: existing('a', { ports: [Port.http(8000), Port.http(9443)], service: { name: 'a', port: 443, targetPort: 9443 }, ...WEBHOOK }) } });
    }, also('agent agent', 'the port that callers with an identity use')],
    ['that is the endpoint of a boundary', (mesh) => { new McpToolBoundary(mesh, 'crm', { server: McpServer.of(pods({ ports: [Port.http(9443)], ...WEBHOOK }), { tools: ['t'] }) }); }, also('tool server crm', 'the port that callers with an identity use')],
    ['that is the first of existing pods, whose Service targets another', (mesh) => {
      new Agent(mesh, 'agent', { versions: { v1: existing('a', { ports: [Port.http(9443), Port.http(8000)], service: { name: 'a', port: 80, targetPort: 8000 }, ...WEBHOOK }) } });
    }, also('agent agent', 'the port that callers with an identity use')],
    ['that is granted', (mesh) => { new Agent(mesh, 'agent', { versions: { v1: pods(WEBHOOK) } }).grantPorts([9443], caller); }, also('agent agent', 'granted to identity n/s')],
    ['with metrics', withAgent({ ...WEBHOOK, metricsPort: 9443 }), also('agent agent', 'the `metricsPort`')],
    ['that serves a pool', withPool({ targetPorts: [9443] }), also('servers of pool llm', 'a port of pool llm')],
    ['that is a further port of a pool', withPool({ targetPorts: [8000, 9443] }), also('servers of pool llm', 'a port of pool llm')],
    ['with the metrics of a pool', withPool({ metricsPort: 9443 }), also('servers of pool llm', 'a port of pool llm')],
    ['that its picker serves', (mesh) => {
      const picker = EndpointPicker.existing(existing('picker', { ports: [Port.http(9002), Port.grpc(9443)], service: { name: 'picker', port: 9443, targetPort: 9443 }, ...WEBHOOK }));
      new InferenceGateway(mesh, 'gw', { hostnames: ['a.example.com'], tls: { secretName: 'tls' } }).addPool('llm', { workload: deploy(), picker });
    }, also('picker of pool llm', 'the port that callers with an identity use')],
    ['beside tokens', (mesh) => {
      new Agent(mesh, 'agent', { versions: { v1: pods({ ...WEBHOOK, jwt: { issuer: 'https://issuer.example.com', jwks: JWKS } }) }, waypoint: new Waypoint(mesh, 'way') });
    }, ['AM228', 'app/mesh/agent: agent agent has `jwt`, but requests at its unauthenticated ports need no token; got [9443]; allowed: either `jwt` or `unauthenticatedPorts`; remove `jwt` or `unauthenticatedPorts`, or serve the callers without an identity from another workload']],
  ],
};

testRefused(refused);
