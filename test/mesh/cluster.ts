import { readFileSync } from 'fs';
import { request } from 'https';
import { parse } from 'yaml';
import { NetworkPolicy, Pod } from './network-policy';

interface List<T> { readonly items: readonly T[] }
interface ApiPod { metadata: { name: string; namespace: string; labels?: Record<string, string> }; status: { podIP?: string } }
interface ApiNamespace { metadata: { name: string; labels?: Record<string, string> } }

/** What the cluster of a run is made of, as its API server tells. */
export class Cluster {
  public static async read(): Promise<Cluster> {
    const [pods, namespaces, policies] = await Promise.all([
      get<List<ApiPod>>('/api/v1/pods'), get<List<ApiNamespace>>('/api/v1/namespaces'), get<List<NetworkPolicy>>('/apis/networking.k8s.io/v1/networkpolicies'),
    ]);
    const labels = new Map(namespaces.items.map(({ metadata }) => [metadata.name, metadata.labels ?? {}]));
    return new Cluster(policies.items, new Map(pods.items.map(({ metadata, status }) => [`${metadata.namespace}/${metadata.name}`, {
      address: status.podIP!, namespace: metadata.namespace, labels: metadata.labels ?? {}, namespaceLabels: labels.get(metadata.namespace) ?? {},
    }])));
  }

  private constructor(public readonly networkPolicies: readonly NetworkPolicy[], private readonly pods: ReadonlyMap<string, Pod>) {}

  public pod(name: string): Pod {
    const pod = this.pods.get(name);
    if (!pod) throw new Error(`no pod ${name}; there are ${[...this.pods.keys()].join(', ')}`);
    return pod;
  }

  public podsOf(namespace: string, labels: Record<string, string>): Pod[] {
    return [...this.pods.values()].filter((pod) => pod.namespace === namespace
      && Object.entries(labels).every(([key, value]) => pod.labels[key] === value));
  }

  public at(address: string | undefined): Pod | undefined {
    return [...this.pods.values()].find((pod) => pod.address === address);
  }
}

function get<T>(path: string): Promise<T> {
  const config = parse(readFileSync(process.env.KUBECONFIG!, 'utf8'));
  return new Promise((resolve, reject) => {
    request(config.clusters[0].cluster.server + path, {
      rejectUnauthorized: false, headers: { authorization: `Bearer ${config.users[0].user.token}` },
    }, (response) => {
      let text = '';
      response.on('data', (chunk) => { text += chunk; });
      response.on('end', () => (response.statusCode === 200 ? resolve(JSON.parse(text)) : reject(new Error(`${path}: ${response.statusCode} ${text}`))));
    }).on('error', reject).end();
  });
}
