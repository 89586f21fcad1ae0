// Sends real requests of MCP clients at gateways with routes to boundaries behind a waypoint.
import { Check, Story } from './report';
import { inParallel, send } from './request';
import { ClientRow, clientRows, TOKEN_HOST } from '../access/mcp-clients-table';

const TOKENS = JSON.parse(process.env.TOKENS!) as Record<string, string>;
const GATEWAY_LABEL = 'gateway.networking.k8s.io/gateway-name';

/** The signed token with the claims of a row. */
function nameOf({ issuer, subject, claims }: NonNullable<ClientRow['token']>): string {
  if (issuer.includes('other')) return 'other';
  return subject ?? (claims ? 'clerk' : 'bare');
}

export function mcpChecks({ cluster, ca }: Story): Check[] {
  const addressOf = (name: string) => cluster.podsOf('voice-edge', { [GATEWAY_LABEL]: name })[0].address;
  const rows = clientRows({ isProxied: false, hasTokenGateway: true });
  const ask = ({ host, path, method, headers, token, origin }: ClientRow) => send({
    url: `https://${addressOf(host === TOKEN_HOST ? 'mcp-tokens' : 'mcp-gw')}${path}`, rawPath: path, method, servername: host, ca,
    headers: {
      host, ...headers, ...(token && { authorization: `Bearer ${TOKENS[nameOf(token)]}` }),
      ...(origin !== undefined && { origin, ...(method === 'OPTIONS' && { 'access-control-request-method': 'POST', 'access-control-request-headers': 'authorization,mcp-method' }) }),
    },
  });
  const wrong = async () => (await inParallel(rows.length, 8, async (i) => {
    const row = rows[i];
    const { status, error, text, headers } = await ask(row);
    const cors = headers['access-control-allow-origin'];
    const isPreflight = row.method === 'OPTIONS';
    const isServed = status === 200 && (!isPreflight || cors === row.origin);
    return isServed === row.allowed && !(isPreflight && text !== '' && status === 200) ? [] : [`${row.title}: ${status ?? error} ${String(cors ?? '')}`];
  })).flat();
  return [
    {
      name: 'each request of an MCP client is answered as it should', run: async () => {
        const found = await wrong();
        if (found.length > 0) throw new Error(found.slice(0, 5).join('\n'));
        return `${rows.length} requests`;
      },
    },
    {
      name: 'pages may set the headers of MCP', run: async () => {
        const { headers } = await ask({ host: 'mcp.example.com', path: '/mcp', method: 'OPTIONS', origin: 'https://desk.example.com', allowed: true, title: '' });
        const allowed = String(headers['access-control-allow-headers']).toLowerCase();
        if (!allowed.includes('mcp-protocol-version') || !String(headers['access-control-allow-methods']).includes('DELETE')) throw new Error(JSON.stringify(headers));
        return allowed;
      },
    },
  ];
}
