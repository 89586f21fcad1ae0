// Sends the rows of the table of boundaries as real requests through a real waypoint, to pods and to hosts outside.
import { addressOf, Check, report, Story } from './report';
import { send } from './request';
import { boundaryRows, Row } from '../access/boundary-table';

const TOKENS = JSON.parse(process.env.TOKENS!) as Record<string, string | undefined>;
const HOST = 'mcp.weather.example';

function check({ cluster }: Story, { server, tool, token, caller, allowed, title }: Row): Check {
  return {
    name: title,
    run: async () => {
      const [namespace, name] = caller.split('/');
      const [pod] = [...cluster.podsOf(namespace, { 'app.kubernetes.io/name': name }), ...cluster.podsOf(namespace, { app: name })];
      const bearer = TOKENS[token];
      const isExternal = server === 'weather';
      const { status, error, text } = await send({
        url: isExternal ? `http://${addressOf('voice/weather')}/mcp` : `http://${server}.voice/mcp`, method: 'POST', as: pod.address, timeoutMs: 4000, body: '{}',
        headers: {
          'mcp-protocol-version': '2026-07-28', 'mcp-method': 'tools/call', 'mcp-name': tool, ...(bearer !== undefined && { authorization: `Bearer ${bearer}` }),
          ...(isExternal && { host: HOST }),
        },
      });
      const refused = status === 403 || status === 401 || (status === undefined && /ECONNRESET|socket hang up|timeout|EHOSTUNREACH|ECONNREFUSED/.test(error ?? ''));
      if (allowed ? status !== 200 : !refused) throw new Error(`status ${status ?? error} ${text.slice(0, 200)}`);
      return `status ${status ?? error}`;
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

report((story) => [otherName(story), ...boundaryRows({ tokens: true, external: true }, 'refused').map((row) => check(story, row))]);
