// Sends what browsers send for web pages as real requests through a real waypoint.
import { Check, report } from './report';
import { send } from './request';
import { pageRows } from '../access/pages-table';

report(({ cluster }) => pageRows().map(({ sender, server, headers, method, path, allowed, title }): Check => ({
  name: title,
  run: async () => {
    const [namespace, name] = sender.split('/');
    const [pod] = [...cluster.podsOf(namespace, { 'app.kubernetes.io/name': name }), ...cluster.podsOf(namespace, { app: name })];
    const call = { url: `http://${server}.voice${path}`, method, headers: { ...headers }, as: pod.address, timeoutMs: 4000 };
    const { status, error } = await send({ ...call, ...(method === 'POST' && { body: '{}' }) });
    const isRefused = status === 403 || (status === undefined && /ECONNRESET|socket hang up/.test(error ?? ''));
    if (allowed ? status !== 200 : !isRefused) throw new Error(`status ${status ?? error}`);
    return `status ${status ?? 'reset'}`;
  },
})));
