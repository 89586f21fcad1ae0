// Sends real requests at gateways: of the team, with a plain listener, and of the mesh, from outside and from pods; and at agents that speak gRPC.
import { expectCopies } from './copies';
import { tokenChecks } from './edge-clients';
import { grpcChecks } from './edge-grpc';
import { mcpChecks } from './edge-mcp';
import { callGrpc, METHOD, STATUS } from './grpc';
import { admits } from './network-policy';
import { Check, report, Story } from './report';
import { Answer, send } from './request';

const PLANNER = 'voice/planner-v1-0';
const NOBODYS_ADDRESS = '192.0.2.7';
const GATEWAY_LABEL = 'gateway.networking.k8s.io/gateway-name';

const CHECKS = [grpcChecks, listenerChecks, clientChecks, routeChecks, tokenChecks, mcpChecks];

report((story) => CHECKS.flatMap((checksOf) => checksOf(story)));

function expectStatus({ status, error }: Answer, wanted: number): string {
  if (status !== wanted) throw new Error(`status ${status ?? error}`);
  return `status ${status}`;
}

function gatewayPod({ cluster }: Story, name: string) {
  return cluster.podsOf('voice-edge', { [GATEWAY_LABEL]: name })[0];
}

function listenerChecks(story: Story): Check[] {
  const { address } = gatewayPod(story, 'corp');
  const host = 'desk.example.com';
  return [
    { name: 'the team\'s gateway serves the route over HTTPS', run: async () => expectStatus(await send({ url: `https://${address}/api`, servername: host, headers: { host }, ca: story.ca }), 200) },
    { name: 'plain HTTP is redirected, as the team says', run: async () => expectStatus(await send({ url: `http://${address}/api`, headers: { host } }), 301) },
  ];
}

/** The rig enforces no NetworkPolicies: what one says is evaluated, and what reaches the proxy without it is tried. */
function clientChecks(story: Story): Check[] {
  const { cluster, ca } = story;
  const gateway = gatewayPod(story, 'voice-gw');
  const planner = cluster.pod(PLANNER);
  const isLetIn = (port: number, from: Parameters<typeof admits>[3]) => admits(cluster.networkPolicies, gateway, port, from);
  const expectLetIn = (expected: boolean, port: number, from: Parameters<typeof admits>[3]) => {
    if (isLetIn(port, from) !== expected) throw new Error(`port ${port} is ${expected ? 'closed' : 'open'}`);
    return `port ${port} is ${expected ? 'open' : 'closed'}`;
  };
  return [
    {
      name: 'a gateway asks pods of the cluster for no grant',
      run: async () => {
        const { status, error } = await callGrpc({ url: 'https://voice.example.com', method: METHOD.plan, as: planner.address, ca });
        if (status !== STATUS.OK) throw new Error(`status ${status ?? error}`);
        return `status ${status}`;
      },
    },
    { name: 'its NetworkPolicy refuses pods at its listeners', run: async () => expectLetIn(false, 443, { address: planner.address, pod: planner }) },
    { name: 'its NetworkPolicy takes clients from outside', run: async () => expectLetIn(true, 443, { address: NOBODYS_ADDRESS }) },
    { name: 'its NetworkPolicy takes who asks for its status', run: async () => expectLetIn(true, 15021, { address: planner.address, pod: planner }) },
  ];
}

/** Requests as a load balancer sends them that ended TLS. */
function routeChecks(story: Story): Check[] {
  const { address } = gatewayPod(story, 'behind-lb');
  const host = 'lb.example.com';
  const served = async (path: string, headers: Record<string, string> = {}) => {
    const answer = await send({ url: `http://${address}:443${path}`, headers: { host, ...headers } });
    expectStatus(answer, 200);
    const { pod, path: seen } = JSON.parse(answer.text);
    return `${pod.replace(/-v1-\d$/, '')} ${seen}`;
  };
  const expectServed = async (cases: readonly (readonly [path: string, headers: Record<string, string>, expected: string])[]) => {
    for (const [path, headers, expected] of cases) {
      const seen = await served(path, headers);
      if (seen !== expected) throw new Error(`${path} ${JSON.stringify(headers)}: ${seen}`);
    }
    return `${cases.length} requests`;
  };
  return [
    { name: 'a gateway behind a load balancer serves plain HTTP at the port of TLS', run: () => served('/') },
    { name: 'it denies other hosts', run: async () => expectStatus(await send({ url: `http://${address}:443/`, headers: { host: 'other.example.com' } }), 403) },
    {
      name: 'the most headers decide between routes of one path', run: () => expectServed([
        ['/', {}, 'frontend /'], ['/', { 'x-desk': 'north' }, 'north /'], ['/', { 'X-Desk': 'north', 'x-tier': 'gold' }, 'frontend /'], ['/', { 'x-desk': 'North' }, 'frontend /'], ['/', { 'x-tier': 'gold' }, 'frontend /'],
      ]),
    },
    {
      name: 'the path prefix is replaced', run: () => expectServed([
        ['/desk', {}, 'north /'], ['/desk/', {}, 'north /'], ['/desk/v1/x', {}, 'north /v1/x'], ['/desks', {}, 'frontend /desks'], ['/old', {}, 'north /new/v1'], ['/old/x?y=z', {}, 'north /new/v1/x?y=z'],
      ]),
    },
    { name: 'copies of requests reach a mirror', run: () => expectCopies(address, 'copies', () => served('/')) },
    { name: 'copies of requests reach a mirror behind a waypoint', run: () => expectCopies(address, 'guarded', () => served('/', { 'x-desk': 'north' })) },
  ];
}
