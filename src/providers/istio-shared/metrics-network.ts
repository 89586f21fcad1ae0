import { k8s } from 'cdk8s-plus-30';
import { Construct } from 'constructs';
import { HBONE_PORT, LABELS } from './istio-targets';
import { tcpPort } from './network-port';
import { MeshModel } from '../../model/mesh';
import { READINESS, ReadBy } from '../../model/proxy-metrics';
import { emit } from '../emit';

/** Returns the namespace whose pods may read metrics that prove no identity, if the mesh has a scraper in this cluster. */
function scrapingNamespace({ scraper, facts }: MeshModel): string | undefined {
  return scraper?.principal.trustDomain === facts.trustDomain ? scraper.principal.namespace : undefined;
}

/** Returns who reads the metrics of a proxy whose pods have a NetworkPolicy if the mesh has a scraper. */
export function byNetwork(model: MeshModel): ReadBy {
  if (!model.scraper) return 'anyone';
  return scrapingNamespace(model) === undefined ? 'nobody' : 'namespace';
}

/** Returns the rule that lets pods of one namespace read metrics, or no rule. */
export function scraping(model: MeshModel, ports: readonly number[]): k8s.NetworkPolicyIngressRule[] {
  const namespace = scrapingNamespace(model);
  return namespace === undefined ? [] : [{
    from: [{ namespaceSelector: { matchLabels: { [LABELS.namespaceName]: namespace } } }], ports: ports.map(tcpPort),
  }];
}

/**
 * Emits a NetworkPolicy for the pods of a Gateway that serve callers by HBONE alone, if the mesh has a scraper; its id is `network`. The
 * pods are not captured by the mesh, so anyone could connect to their metrics.
 */
export function emitMetricsNetwork(
  scope: Construct, model: MeshModel, { name, namespace }: { readonly name: string; readonly namespace: string }, ports: readonly number[],
): void {
  if (!model.scraper) return;
  emit(scope, 'network', k8s.KubeNetworkPolicy, { name: `${name}-metrics`, namespace }, {
    spec: () => ({
      podSelector: { matchLabels: { [LABELS.gatewayName]: name } },
      policyTypes: ['Ingress'],
      ingress: [{ ports: [HBONE_PORT, READINESS].map(tcpPort) }, ...scraping(model, ports)],
    }),
  });
}
