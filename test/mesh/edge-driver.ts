// Sends real requests at gateways: of the team, with a plain listener, and of the mesh, from outside and from pods; and at agents that speak gRPC.
import { connect } from 'http2';
import { admits } from './network-policy';
import { Check, report, Story } from './report';
import { Answer, send } from './request';

const PLANNER = 'voice/planner-0';
const NOBODYS_ADDRESS = '192.0.2.7';
const GATEWAY_LABEL = 'gateway.networking.k8s.io/gateway-name';

report((story) => [...listenerChecks(story), ...clientChecks(story), ...grpcChecks(story)]);

function expectStatus({ status, error }: Answer, wanted: number): string {
  if (status !== wanted) throw new Error(`status ${status ?? error}`);
  return `status ${status}`;
}

/** What the agent's pod saw of the protocol. */
function expectHttp2(answer: Answer): string {
  expectStatus(answer, 200);
  const { pod, proto } = JSON.parse(answer.text);
  if (proto !== 'HTTP/2.0') throw new Error(`${pod} was asked by ${proto}`);
  return `${pod} by ${proto}`;
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
    { name: 'a gateway asks pods of the cluster for no grant', run: async () => expectStatus(await send({ url: 'https://voice.example.com/spoken', as: planner.address, ca }), 200) },
    { name: 'its NetworkPolicy refuses pods at its listeners', run: async () => expectLetIn(false, 443, { address: planner.address, pod: planner }) },
    { name: 'its NetworkPolicy takes clients from outside', run: async () => expectLetIn(true, 443, { address: NOBODYS_ADDRESS }) },
    { name: 'its NetworkPolicy takes who asks for its status', run: async () => expectLetIn(true, 15021, { address: planner.address, pod: planner }) },
  ];
}

function grpcChecks({ cluster, ca }: Story): Check[] {
  return [
    { name: 'the gateway speaks HTTP/2 to a gRPC agent', run: async () => expectHttp2(await send({ url: 'https://voice.example.com/spoken', ca })) },
    { name: 'the gateway speaks HTTP/2 to a gRPC agent through its waypoint', run: async () => expectHttp2(await send({ url: 'https://voice.example.com/read', ca })) },
    { name: 'a granted agent speaks HTTP/2 to a gRPC agent through its waypoint', run: async () => expectHttp2(await sendHttp2('read.voice', cluster.pod(PLANNER).address)) },
  ];
}

/** HTTP/2 without TLS, as gRPC clients speak it. */
function sendHttp2(host: string, as: string): Promise<Answer> {
  return new Promise((resolve) => {
    const session = connect(`http://${host}:80`, { localAddress: as } as never);
    const stream = session.request({ ':path': '/', ':method': 'POST', 'content-type': 'application/grpc' });
    let text = '';
    let status: number | undefined;
    const end = (error?: Error) => {
      session.close();
      resolve({ status, headers: {}, text, whole: !error, error: error?.message });
    };
    session.on('error', end);
    stream.on('response', (headers) => { status = headers[':status']; });
    stream.on('data', (chunk: Buffer) => { text += chunk.toString(); });
    stream.on('error', end);
    stream.on('end', () => end());
    stream.end('{}');
  });
}
