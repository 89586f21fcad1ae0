// Calls hosts outside the cluster by the addresses that istiod gave their names, as every pod that may and may not.
import { Cluster } from './cluster';
import { addressOf, Check, report } from './report';
import { send, shakesHands } from './request';
import { DATABASE, HOST_ROWS, HostRow, SERVER, titleOf, VAULT } from '../access/hosts-table';

const ENTRIES = { 'api.models.example': 'voice/voice-external-api-models-example', 'mcp.weather.example': 'voice/weather', [VAULT]: 'voice/voice-external-vault-models-example', [DATABASE]: 'voice/voice-external-db-models-example' } as const;

function podOf(cluster: Cluster, caller: string) {
  const [namespace, name] = caller.split('/');
  return [...cluster.podsOf(namespace, { 'app.kubernetes.io/name': name }), ...cluster.podsOf(namespace, { app: name })][0];
}

/** Over TLS, whether the host's certificate is seen; in plain HTTP, what was answered. The database of the rig speaks HTTP, which no proxy reads there. */
async function seen({ host, port }: HostRow, as: string): Promise<string> {
  const address = addressOf(ENTRIES[host]);
  if (port === 443 || port === 8443) return await shakesHands(address, port, as, host) ? 'its certificate' : 'nothing';
  const { status, error } = await send({ url: `http://${address}:${port}${host === SERVER ? '/mcp' : '/'}`, method: 'POST', as, timeoutMs: 4000, body: '{}', headers: { host } });
  return `status ${status ?? error}`;
}

report(({ cluster }) => HOST_ROWS.map((row): Check => ({
  name: titleOf(row),
  run: async () => {
    const answer = await seen(row, podOf(cluster, row.caller).address);
    const isRefused = answer === 'nothing' || /status (403|.*(ECONNRESET|hang up|timeout))/.test(answer);
    const isServed = answer === 'its certificate' || answer === 'status 200';
    if (row.allowed ? !isServed : !isRefused) throw new Error(answer);
    return answer;
  },
})));
