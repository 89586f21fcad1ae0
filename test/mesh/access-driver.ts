// Sends the rows of the access table as real requests: each as the pod that calls, and each must end as the table says.
import { Cluster } from './cluster';
import { Check, report } from './report';
import { Answer, send, shakesHands } from './request';
import { Attempt, voiceProgram } from '../access/program';
import { callOfRow, Row, rowsOf, titleOf } from '../access/table';

const PROVIDER = 'Istio ambient';
const EXT_PROC = 9002;

const program = voiceProgram(PROVIDER);

report(({ cluster }) => [
  ...rowsOf(PROVIDER).filter(({ notSent }) => notSent === undefined).map((row): Check => ({
    name: titleOf(row),
    run: () => {
      const { attempt } = callOfRow(program, row);
      // A picker speaks TLS: a caller that sees its certificate has reached it.
      return attempt.port === EXT_PROC ? handshake(cluster, attempt, row) : request(cluster, attempt, row);
    },
  })),
  ...['/other/../mcp', '/./mcp', '/%6Dcp'].map((path): Check => ({
    name: `${path} is judged and handed on as the endpoint`,
    run: async () => {
      const [granted] = rowsOf(PROVIDER);
      const { status, text } = await answerOf(cluster, callOfRow(program, { ...granted, path }).attempt);
      if (status !== 200 || JSON.parse(text).path !== '/mcp') throw new Error(`status ${status}: ${text.slice(0, 200)}`);
      return 'the pod was asked for /mcp';
    },
  })),
]);

async function request(cluster: Cluster, attempt: Attempt, { allowed, port }: Row): Promise<string> {
  const { status, error, text } = await answerOf(cluster, attempt);
  const seen = `status ${status ?? error}`;
  if (!allowed) {
    if (!isRefusal(status, error, port !== undefined)) throw new Error(seen);
    return seen;
  }
  const { namespace, labels } = attempt.to;
  if (status !== 200) throw new Error(seen);
  const served = JSON.parse(text);
  if (served.namespace !== namespace || !Object.entries(labels).every(([key, value]) => served.labels[key] === value)) throw new Error(`served by ${served.pod}`);
  return `served by ${served.pod}`;
}

/** How proxies refuse: 400 is what Envoy says of a path that is none; where nobody listens, only a port that nobody has may be asked for. */
function isRefusal(status: number | undefined, error: string | undefined, byPort: boolean): boolean {
  if (status !== undefined) return status === 400 || status === 403;
  return /ECONNRESET|socket hang up/.test(error ?? '') || (byPort && /ECONNREFUSED/.test(error ?? ''));
}

async function handshake(cluster: Cluster, attempt: Attempt, { allowed }: Row): Promise<string> {
  const reached = await shakesHands(hostOf(cluster, attempt), attempt.port, addressOf(cluster, attempt));
  if (reached !== allowed) throw new Error(reached ? 'its certificate was seen' : 'no certificate was seen');
  return reached ? 'its certificate was seen' : 'no certificate was seen';
}

function answerOf(cluster: Cluster, attempt: Attempt): Promise<Answer> {
  const { port, path, method, headers } = attempt;
  return send({
    url: `http://${hostOf(cluster, attempt)}:${port}/`, rawPath: path, method, headers: { ...headers }, as: addressOf(cluster, attempt), timeoutMs: 4000,
    ...(method === 'POST' && { body: '{}' }),
  });
}

function addressOf(cluster: Cluster, { from }: Attempt): string {
  const [pod] = cluster.podsOf(from.namespace, from.labels);
  if (!pod) throw new Error(`no pod of ${from.namespace}/${from.name}`);
  return pod.address;
}

/** The Service, or the last pod: a pod that calls itself passes nobody. */
function hostOf(cluster: Cluster, { to, service }: Attempt): string {
  return service === undefined ? cluster.podsOf(to.namespace, to.labels).at(-1)!.address : `${service}.${to.namespace}`;
}
