// Sends the rows of the table of tools as real requests through a real waypoint.
import { Check, report } from './report';
import { send } from './request';
import { toolRows } from '../access/tools-table';

report(({ cluster }) => [
  ...toolRows().map(({ asker, asking: { headers, method, path }, allowed, title }): Check => ({
    name: title,
    run: async () => {
      const [namespace, name] = asker.split('/');
      const [pod] = [...cluster.podsOf(namespace, { 'app.kubernetes.io/name': name }), ...cluster.podsOf(namespace, { app: name })];
      const { status, error } = await send({ url: `http://crm.voice${path}`, method, headers: { ...headers }, as: pod.address, timeoutMs: 4000, ...(method === 'POST' && { body: '{}' }) });
      const refused = status === 403 || (status === undefined && /ECONNRESET|socket hang up/.test(error ?? ''));
      if (allowed ? status !== 200 : !refused) throw new Error(`status ${status ?? error}`);
      return `status ${status ?? 'reset'}`;
    },
  })),
  ...([[undefined, 200], ['https://desk.example', 200], ['https://rebound.example', 403], ['null', 403]] as const).map(([origin, expected]): Check => ({
    name: `a page of ${origin ?? 'nowhere'} gets ${expected}`,
    run: async () => {
      const [pod] = cluster.podsOf('voice', { 'app.kubernetes.io/name': 'planner' });
      const { status } = await send({ url: 'http://desk.voice/mcp', method: 'POST', headers: { ...(origin && { origin }) }, as: pod.address, body: '{}' });
      if (status !== expected) throw new Error(`status ${status}`);
      return `status ${status}`;
    },
  })),
  {
    // One of the values is enough for Envoy: that such a request is refused is what the team states of its server.
    name: 'a name that is sent twice is let through where one of the two was granted',
    run: async () => {
      const [pod] = cluster.podsOf('voice', { 'app.kubernetes.io/name': 'planner' });
      const headers = { 'mcp-protocol-version': '2026-07-28', 'mcp-method': 'tools/call', 'mcp-name': ['find_customer', 'refund'] };
      const { status } = await send({ url: 'http://crm.voice/mcp', method: 'POST', headers: headers as never, as: pod.address, body: '{}' });
      if (status !== 200) throw new Error(`status ${status}: say so where enforcesMirroredHeaders is described`);
      return 'status 200';
    },
  },
]);
