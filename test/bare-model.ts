import { ClusterModel, MeshFacts, MeshModel } from '../src/model/mesh';

/** A mesh of which nothing is said yet, on no data plane in particular. */
export function bareModel(facts: Partial<MeshFacts> = {}): MeshModel {
  return new MeshModel({
    origin: { path: '' }, namespace: 'n', trustDomain: 'cluster.local', trustedDomains: [], closesExternalHosts: false, auditOnlyNamespaces: [], showsOnlyGranted: false, dataPlaneIn: () => 'none', systemNamespaces: [], isProxyPort: () => false,
    cluster: new ClusterModel(), ...facts,
  });
}
