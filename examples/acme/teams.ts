// What other teams wrote with cdk8s-plus. Nothing here knows the mesh.
import { Chart, Cron } from 'cdk8s';
import * as kplus from 'cdk8s-plus-30';

export function otherTeams(chart: Chart) {
  const pods = (name: string, ...ports: kplus.ContainerPort[]) => ({
    serviceAccount: new kplus.ServiceAccount(chart, `${name}-account`),
    containers: [{ image: `registry.acme.example/${name}:1.0.0`, ports }],
  });
  const server = (name: string) => pods(name, { number: 8080, name: 'http' }, { number: 9090, name: 'http-metrics' });

  const supportPods = new kplus.Deployment(chart, 'support', server('support'));
  supportPods.exposeViaService({ name: 'support', ports: [{ port: 80, targetPort: 8080 }] });
  const memoryPods = new kplus.StatefulSet(chart, 'memory', {
    ...server('memory'),
    service: new kplus.Service(chart, 'memory-service', { metadata: { name: 'memory' }, clusterIP: 'None', ports: [{ port: 8080, name: 'http' }] }),
  });
  const reindexPods = new kplus.Job(chart, 'reindex', pods('reindex'));
  const evalsPods = new kplus.CronJob(chart, 'evals', { schedule: Cron.daily(), ...pods('evals') });
  return { supportPods, memoryPods, reindexPods, evalsPods };
}
