import { execFileSync } from 'child_process';
import { request } from 'https';
import { join } from 'path';
import { Check, Story } from './report';
import { Answer, send } from './request';
import { INNER, INNER_SERVICE, STRANGER_PORT_HEADER } from './sidecar-manifests';

const HOST = 'voice.example.com';
const EDGE = 'voice-edge/voice-gw-istio';
const STRANGERS = ['voice/intruder', 'voice/assistant', 'voice/assistant-v1-epp', `voice/${INNER_SERVICE}`, 'voice-edge/intruder', 'elsewhere/voice-gw-istio'];

/** The inner gateway allows the edge gateway, for its hosts, and no other caller. */
export function entryChecks(story: Story): Check[] {
  const ports = process.env.INNER_PORTS!.split(',');
  const [pod] = story.cluster.podsOf('voice', { 'gateway.networking.k8s.io/gateway-name': INNER });
  const targets = ports.flatMap((port) => [`${INNER_SERVICE}.voice:${port}`, `${pod.address}:${port}`]);
  const everywhere = (name: string, expected: Expected, call: (target: string) => Promise<Answer>): Check => each(name, targets, expected, call);
  // Here and not in the checks, so that one that cannot be had is no refusal.
  const edge = certificate(EDGE);
  const forged = certificate(EDGE, false);
  return [
    everywhere('plain HTTP does not enter the inner gateway', cut, (target) => send({ url: `http://${target}/`, headers: { host: HOST } })),
    everywhere('TLS without a certificate does not enter the inner gateway', cut, (target) => enter(target, undefined)),
    everywhere('a certificate that the mesh did not sign does not enter the inner gateway', cut, (target) => enter(target, forged)),
    ...STRANGERS.map((account) => ({ account, pem: certificate(account) })).map(({ account, pem }) =>
      everywhere(`${account} of the mesh does not enter the inner gateway`, forbidden, (target) => enter(target, pem))),
    everywhere('the edge gateway enters the inner gateway for no other host', forbidden, (target) => enter(target, edge, 'other.example.com')),
    // Without it every refusal above could have another reason.
    everywhere('the edge gateway\'s identity enters the inner gateway', ({ status }) => status === 200, (target) => enter(target, edge)),
    each('another gateway does not enter the inner gateway', ports, forbidden, (port) =>
      send({ url: `http://${process.env.GATEWAY_STRANGERS_STRANGER}/`, headers: { host: HOST, [STRANGER_PORT_HEADER]: port } })),
  ];
}

type Expected = (answer: Answer) => boolean;

/** The connection is refused; a timeout would tell nothing. */
const cut: Expected = ({ status, error }) => status === undefined && error !== undefined && error !== 'timeout';

const forbidden: Expected = ({ status }) => status === 403;

function each(name: string, ways: readonly string[], expected: Expected, call: (way: string) => Promise<Answer>): Check {
  return {
    name,
    run: async () => {
      const seen = new Set<string>();
      for (const way of ways) {
        const answer = await call(way);
        if (!expected(answer)) throw new Error(`${way}: ${answer.status ?? answer.error}`);
        seen.add(String(answer.status ?? answer.error));
      }
      return `${ways.length} ways, ${[...seen].join(', ')}`;
    },
  };
}

/** A certificate and its key. The rig keeps the key of the mesh's authority among its files. */
function certificate(account: string, ofMesh = true): Buffer {
  const [namespace, name] = account.split('/');
  const authority = join(process.env.JUDGE_DIR!, 'cacerts');
  return execFileSync('openssl', [
    'req', '-x509', '-config', '/dev/null', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2', '-subj', '/',
    '-addext', `subjectAltName=critical,URI:spiffe://cluster.local/ns/${namespace}/sa/${name}`, '-keyout', '-', '-out', '-',
    ...(ofMesh ? ['-CA', join(authority, 'ca-cert.pem'), '-CAkey', join(authority, 'ca-key.pem')] : []),
  ], { stdio: ['ignore', 'pipe', 'ignore'] });
}

/** A request over TLS by a caller that does not mind who answers. */
function enter(target: string, pem: Buffer | undefined, host = HOST): Promise<Answer> {
  return new Promise((resolve) => {
    const end = (answer: Partial<Answer>) => resolve({ headers: {}, text: '', whole: false, ...answer });
    const call = request(`https://${target}/`, { cert: pem, key: pem, headers: { host }, rejectUnauthorized: false, agent: false, timeout: 5000 }, (response) => {
      response.resume();
      response.on('end', () => end({ status: response.statusCode, whole: true }));
      response.on('error', (error) => end({ error: error.message }));
    });
    call.on('timeout', () => call.destroy(new Error('timeout')));
    call.on('error', (error: NodeJS.ErrnoException) => end({ error: error.code ?? error.message }));
    call.end();
  });
}
