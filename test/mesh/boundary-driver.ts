// Sends the rows of the table of boundaries as real requests through a real waypoint, to pods and to hosts outside.
import { readFileSync } from 'fs';
import { join } from 'path';
import { Check, report, Story } from './report';
import { send, shakesHands } from './request';
import { boundaryRows, Row } from '../access/boundary-table';

const TOKENS = JSON.parse(process.env.TOKENS!) as Record<string, string | undefined>;
const HOST = 'mcp.weather.example';

/** The address that istiod gave a host outside. */
function addressOf(name: string): string {
  const all = JSON.parse(readFileSync(join(process.env.JUDGE_DIR!, 'status.json'), 'utf8')) as Record<string, { addresses?: { value: string }[] } | undefined>;
  const address = all[`ServiceEntry ${name}`]?.addresses?.find(({ value }) => value.includes('.'))?.value;
  if (address === undefined) throw new Error(`ServiceEntry ${name} has no address`);
  return address;
}

function check({ cluster }: Story, { server, tool, token, caller, allowed, title }: Row): Check {
  return {
    name: title,
    run: async () => {
      const [namespace, name] = caller.split('/');
      const [pod] = [...cluster.podsOf(namespace, { 'app.kubernetes.io/name': name }), ...cluster.podsOf(namespace, { app: name })];
      const bearer = TOKENS[token];
      const isOutside = server === 'weather';
      const { status, error, text } = await send({
        url: isOutside ? `http://${addressOf('voice/weather')}/mcp` : `http://${server}.voice/mcp`, method: 'POST', as: pod.address, timeoutMs: 4000, body: '{}',
        headers: {
          'mcp-protocol-version': '2026-07-28', 'mcp-method': 'tools/call', 'mcp-name': tool, ...(bearer !== undefined && { authorization: `Bearer ${bearer}` }),
          ...(isOutside && { host: HOST }),
        },
      });
      const refused = status === 403 || status === 401 || (status === undefined && /ECONNRESET|socket hang up|timeout|EHOSTUNREACH|ECONNREFUSED/.test(error ?? ''));
      if (allowed ? status !== 200 : !refused) throw new Error(`status ${status ?? error} ${text.slice(0, 200)}`);
      return `status ${status ?? error}`;
    },
  };
}

/** Whoever names a host comes as far as its certificate, and nobody else. */
const named = [['mailer', true], ['planner', false], ['idle', false]] as const;

function hostCheck({ cluster }: Story, caller: string, allowed: boolean): Check {
  return {
    name: `${caller} ${allowed ? 'may' : 'may not'} call a host that mailer names`,
    run: async () => {
      const [pod] = cluster.podsOf('voice', { 'app.kubernetes.io/name': caller });
      const reached = await shakesHands(addressOf('voice/voice-external-smtp-example-com'), 443, pod.address, 'smtp.example.com');
      if (reached !== allowed) throw new Error(reached ? 'it came there' : 'it did not come there');
      return reached ? 'its certificate' : 'nothing';
    },
  };
}

/** A waypoint passes on by the name that is asked for; another one's is not its business. */
const otherName = ({ cluster }: Story): Check => ({
  name: 'who may call a server outside may not ask there for another host',
  run: async () => {
    const [pod] = cluster.podsOf('voice', { 'app.kubernetes.io/name': 'planner' });
    const headers = { 'host': 'evil.example', 'mcp-protocol-version': '2026-07-28', 'mcp-method': 'tools/call', 'mcp-name': 'forecast' };
    const { status } = await send({ url: `http://${addressOf('voice/weather')}/mcp`, method: 'POST', as: pod.address, body: '{}', headers });
    if (status !== 403) throw new Error(`status ${status}`);
    return 'status 403';
  },
});

report((story) => [otherName(story), ...named.map(([caller, allowed]) => hostCheck(story, caller, allowed)), ...boundaryRows({ tokens: true, outside: true }, 'refused').map((row) => check(story, row))]);
