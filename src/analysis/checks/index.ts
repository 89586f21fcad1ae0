import { ambiguousIdentities } from './ambiguous-identities';
import { borrowedProxies } from './borrowed-proxies';
import { bypassableServers } from './bypassable-servers';
import { closedGateways } from './closed-gateways';
import { conflictingRoutes } from './conflicting-routes';
import { crossedMeshes } from './crossed-meshes';
import { emptyAgents } from './empty-agents';
import { foreignNamespaces } from './foreign-namespaces';
import { generatedNames } from './generated-names';
import { hostsAllowedTwice } from './hosts-allowed-twice';
import { innerPorts } from './inner-ports';
import { mismatchedVersions } from './mismatched-versions';
import { overlappingSelectors } from './overlapping-selectors';
import { rootServices } from './root-services';
import { sharedAccounts } from './shared-accounts';
import { sharedNamespaces } from './shared-namespaces';
import { tooManyPools } from './too-many-pools';
import { uncallableGrants } from './uncallable-grants';
import { uncheckedPools } from './unchecked-pools';
import { unreadRequests } from './unread-requests';
import { withdrawnTargets } from './withdrawn-targets';
import { Caller } from '../../model/callers';
import { CheckId } from '../../model/check-id';
import { MeshModel } from '../../model/mesh';
import { CheckResult, identified, Problem } from '../../model/problem';

/** A check of the whole mesh. `proxies` are the identities of gateways, waypoints and MCP proxies. */
type MeshCheck = (model: MeshModel, proxies: readonly Caller[]) => CheckResult[];

const MESH_CHECKS: readonly (readonly [CheckId, MeshCheck])[] = [
  ['AM201', ambiguousIdentities],
  ['AM202', generatedNames],
  ['AM203', overlappingSelectors],
  ['AM204', foreignNamespaces],
  ['AM205', innerPorts],
  ['AM206', tooManyPools],
  ['AM207', closedGateways],
  ['AM208', conflictingRoutes],
  ['AM209', uncheckedPools],
  ['AM210', unreadRequests],
  ['AM211', mismatchedVersions],
  ['AM212', rootServices],
  ['AM213', hostsAllowedTwice],
  ['AM214', bypassableServers],
  ['AM215', withdrawnTargets],
  ['AM216', emptyAgents],
  ['AM217', uncallableGrants],
  ['AM218', sharedAccounts],
  ['AM219', crossedMeshes],
  ['AM221', borrowedProxies],
  ['AM223', sharedNamespaces],
];

export function checkMesh(model: MeshModel, proxies: readonly Caller[]): Problem[] {
  return MESH_CHECKS.flatMap(([id, check]) => identified(id, check(model, proxies)));
}
