// Reads what istiod tells the inner gateway of pods that have a sidecar.
import { readFileSync } from 'fs';
import { join } from 'path';
import { Check, report, Story } from './report';
import { INNER } from './sidecar-manifests';

report((story) => ['v1', 'v2'].flatMap((version) => {
  const pool = `assistant-${version}`;
  return [
    ...peerChecks(story, `the pool ${pool}`, {
      cluster: new RegExp(`^outbound\\|54321\\|\\|${pool}-ip-`), account: 'assistant', port: 8000,
      pods: { 'app.kubernetes.io/name': 'assistant', 'app.kubernetes.io/version': version },
    }),
    ...peerChecks(story, `the picker of ${pool}`, {
      cluster: new RegExp(`^outbound\\|9002\\|\\|${pool}-epp\\.`), account: `${pool}-epp`, port: 9002,
      pods: { 'app.kubernetes.io/name': `${pool}-epp` },
    }),
  ];
}));

/** Who is called, as what istiod sends says it. */
interface Peer {
  readonly cluster: RegExp;
  readonly account: string;
  readonly port: number;
  readonly pods: Record<string, string>;
}

interface Endpoint {
  readonly endpoint: { readonly address: { readonly socketAddress?: { readonly address: string; readonly portValue: number } } };
  readonly metadata?: { readonly filterMetadata?: Record<string, Record<string, string>> };
}

interface SocketMatch { readonly match?: Record<string, string>; readonly transportSocket: { readonly name: string; readonly typedConfig: any } }

function peerChecks({ cluster }: Story, who: string, peer: Peer): Check[] {
  const tag = ({ metadata }: Endpoint) => metadata?.filterMetadata?.['envoy.transport_socket_match'] ?? {};
  return [
    {
      name: `${who} has the addresses that a picker would name`,
      run: async () => {
        const got = endpoints(peer).map(({ endpoint }) => endpoint.address.socketAddress).map((at) => (at ? `${at.address}:${at.portValue}` : 'an internal address'));
        const wanted = cluster.podsOf('voice', peer.pods).map(({ address }) => `${address}:${peer.port}`);
        if (wanted.length === 0 || got.sort().join() !== wanted.sort().join()) throw new Error(`${got.join()} instead of ${wanted.join()}`);
        return got.join();
      },
    },
    {
      name: `${who} is called with mutual TLS`,
      run: async () => {
        const [{ transportSocketMatches }] = sent('Cluster').filter(({ name }) => peer.cluster.test(name));
        const identity = `spiffe://cluster.local/ns/voice/sa/${peer.account}`;
        for (const endpoint of endpoints(peer)) {
          const socket = chosen(transportSocketMatches, tag(endpoint));
          const tls = socket?.typedConfig.commonTlsContext;
          const names: { exact: string }[] | undefined = tls?.combinedValidationContext?.defaultValidationContext?.matchSubjectAltNames;
          const verified = names?.map(({ exact }) => exact);
          const shown = tls?.tlsCertificateSdsSecretConfigs?.[0]?.name;
          if (socket?.name !== 'envoy.transport_sockets.tls' || shown !== 'default' || verified?.join() !== identity) {
            throw new Error(`by ${JSON.stringify(tag(endpoint))}: ${socket?.name}, shows ${shown}, verifies ${verified}`);
          }
        }
        return `tlsMode istio, own certificate, verifies ${identity}`;
      },
    },
  ];
}

/** The first that the endpoint's metadata match, as Envoy chooses. */
function chosen(matches: readonly SocketMatch[], tag: Record<string, string>): SocketMatch['transportSocket'] | undefined {
  return matches.find(({ match }) => Object.entries(match ?? {}).every(([key, value]) => tag[key] === value))?.transportSocket;
}

function endpoints(peer: Peer): Endpoint[] {
  const found = sent('ClusterLoadAssignment').filter(({ clusterName }) => peer.cluster.test(clusterName));
  if (found.length !== 1) throw new Error(`${found.length} clusters like ${peer.cluster}`);
  return found[0].endpoints.flatMap(({ lbEndpoints }: { lbEndpoints: Endpoint[] }) => lbEndpoints);
}

function sent(type: string): any[] {
  return JSON.parse(readFileSync(join(process.env.JUDGE_DIR!, 'xds', `voice.${INNER}-istio-0`, `${type}.json`), 'utf8'));
}
