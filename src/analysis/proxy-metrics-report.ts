import { MeshModel } from '../model/mesh';
import { ProxyMetrics } from '../model/proxy-metrics';

/** Returns the readers of the metrics of proxies that the library creates or injects, as blocks of the access report. */
export function proxyMetricsReport({ scraper }: MeshModel, all: readonly ProxyMetrics[]): string[] {
  const readers = {
    identity: scraper?.title ?? 'nobody',
    namespace: `pods of namespace ${scraper?.principal.namespace}, by NetworkPolicy: NOT AUTHENTICATED`,
    nobody: 'nobody',
    anyone: 'anyone who can reach the pods: NOT AUTHENTICATED',
  };
  return all.map(({ title, ports, readBy }) => `metrics of ${title}, ${ports.length > 1 ? 'ports' : 'port'} ${ports.join(' and ')}\n  <- ${readers[readBy]}`);
}
