// Sends requests with and without a grant into a namespace that is adopted, and reads what its proxies report.
import { readdirSync, readFileSync } from 'fs';
import { join } from 'path';
import { Check, report } from './report';
import { Answer, send } from './request';

const isAudit = process.env.STAGE === 'audit';

interface Sent {
  readonly as?: string;
  readonly to: string;
  readonly path?: string;
  readonly host?: string;
}

report(({ cluster }) => {
  const pod = (name: string, namespace = 'voice') => cluster.podsOf(namespace, { 'app.kubernetes.io/name': name })[0].address;
  const [planner, idle] = ['planner', 'idle'].map((name) => pod(name));
  const outside = cluster.pod('outside/intruder').address;
  const crm = { to: 'crm.voice', path: '/mcp' };
  const answers = ({ as, to, path = '/', host }: Sent) => send({ url: `http://${to}${path}`, method: 'POST', body: '{}', as, ...(host !== undefined && { headers: { host } }), timeoutMs: 4000 });
  const check = (name: string, sent: Sent, isServed: boolean): Check => ({ name, run: async () => seenOf(await answers(sent), isServed) });
  const served = (name: string, sent: Sent) => check(`${name} is served`, sent, true);
  const staged = (name: string, sent: Sent) => check(`${name} is served in the stage of audit alone`, sent, isAudit);
  return [
    served('a granted caller of the tools', { as: planner, ...crm }),
    staged('a caller of the tools without a grant', { as: idle, ...crm }),
    staged('a path that is not granted', { as: planner, ...crm, path: '/admin' }),
    staged('plain text to the tools', crm),
    staged('plain text of a pod outside the mesh to the pods of the tools', { as: outside, to: `${pod('crm')}:8080`, path: '/mcp' }),
    staged('a caller that goes past the waypoint', { as: planner, to: `${pod('crm')}:8080`, path: '/mcp' }),
    staged('a caller of an agent without a grant', { as: idle, to: 'planner.voice' }),
    staged('a caller of another namespace', { as: cluster.pod('elsewhere/intruder').address, to: 'planner.voice' }),
    served('a client of the host that the gateway is described with', { to: gateway(), host: 'desk.example.com' }),
    staged('a client of another host of the team\'s gateway', { to: gateway(), host: 'theirs.example.com' }),
    served('a granted caller from the adopted namespace in one that enforces', { as: planner, to: 'vault.vault' }),
    check('a caller without a grant is denied in a namespace that enforces', { as: idle, to: 'vault.vault' }, false),
    check('plain text is denied in a namespace that enforces', { to: 'vault.vault' }, false),
    { name: 'the waypoint counts what it would deny, once for each request', run: shadowDenials },
    { name: 'ztunnel gets no policy of the adopted namespace before it enforces', run: ztunnelPolicies },
  ];
});

function gateway(): string {
  return process.env.GATEWAY_VOICE_CORP!;
}

async function seenOf({ status, error }: Answer, isServed: boolean): Promise<string> {
  const isDenied = status === 403 || (status === undefined && error !== undefined && error !== 'timeout');
  if (isServed ? status !== 200 : !isDenied) throw new Error(`status ${status ?? error}`);
  return `status ${status ?? error}`;
}

/** Of the three requests that came to the waypoint, two were not granted. */
async function shadowDenials(): Promise<string> {
  const { text } = await send({ url: `http://${process.env.GATEWAY_VOICE_VOICE_WAYPOINT}:15000/stats?filter=rbac` });
  const sum = (kind: string) => text.split('\n').filter((line) => line.includes(`${kind}: `)).reduce((all, line) => all + Number(line.split(': ')[1]), 0);
  const [shadow, enforced] = [sum('rbac.istio_dry_run_allow_.shadow_denied'), sum('rbac.denied')];
  const wanted = isAudit ? [2, 0] : [0, 2];
  if (shadow !== wanted[0] || enforced !== wanted[1]) throw new Error(`${shadow} reported, ${enforced} denied:\n${text}`);
  return `${shadow} reported, ${enforced} denied`;
}

async function ztunnelPolicies(): Promise<string> {
  const dir = join(process.env.JUDGE_DIR!, 'xds', 'ztunnel');
  const text = readdirSync(dir, { recursive: true, encoding: 'utf8' }).filter((file) => /authoriz/i.test(file)).map((file) => readFileSync(join(dir, file), 'utf8')).join();
  const found = ['planner-v1-workload', 'voice-deny-all', 'vault-v1-workload'].filter((name) => text.includes(name));
  const wanted = isAudit ? ['vault-v1-workload'] : ['planner-v1-workload', 'voice-deny-all', 'vault-v1-workload'];
  if (found.join() !== wanted.join()) throw new Error(`${found.join()} of ${text.length} characters in ${readdirSync(dir).join()}`);
  return found.join();
}
