import { ambiguousIdentities } from './ambiguous-identities';
import { auditedGateways } from './audited-gateways';
import { borrowedProxies } from './borrowed-proxies';
import { bypassableServers } from './bypassable-servers';
import { closedGateways } from './closed-gateways';
import { closedServers } from './closed-servers';
import { conflictingRoutes } from './conflicting-routes';
import { crossedMeshes } from './crossed-meshes';
import { emptyAgents } from './empty-agents';
import { foreignNamespaces } from './foreign-namespaces';
import { generatedNames } from './generated-names';
import { grantedCalledPorts } from './granted-called-ports';
import { hostsAllowedTwice } from './hosts-allowed-twice';
import { innerPorts } from './inner-ports';
import { leakedMetadata } from './leaked-metadata';
import { leakedPreflights } from './leaked-preflights';
import { mismatchedVersions } from './mismatched-versions';
import { mixedCallers } from './mixed-callers';
import { mixedPorts } from './mixed-ports';
import { mixedRoles } from './mixed-roles';
import { overlappingSelectors } from './overlapping-selectors';
import { sharedAccounts } from './shared-accounts';
import { sharedNamespaces } from './shared-namespaces';
import { strippedTokens } from './stripped-tokens';
import { tooManyPools } from './too-many-pools';
import { uncallableGrants } from './uncallable-grants';
import { uncheckedPools } from './unchecked-pools';
import { unknownAudits } from './unknown-audits';
import { unreadRequests } from './unread-requests';
import { unstableAgents } from './unstable-agents';
import { withdrawnTargets } from './withdrawn-targets';
import { withdrawnUrls } from './withdrawn-urls';
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
  ['AM212', unstableAgents],
  ['AM213', hostsAllowedTwice],
  ['AM214', bypassableServers],
  ['AM215', withdrawnTargets],
  ['AM216', emptyAgents],
  ['AM217', uncallableGrants],
  ['AM218', sharedAccounts],
  ['AM219', crossedMeshes],
  ['AM221', borrowedProxies],
  ['AM223', sharedNamespaces],
  ['AM224', withdrawnUrls],
  ['AM225', grantedCalledPorts],
  ['AM226', strippedTokens],
  ['AM227', leakedPreflights],
  ['AM228', mixedPorts],
  ['AM229', unknownAudits],
  ['AM230', auditedGateways],
  ['AM232', mixedCallers],
  ['AM233', leakedMetadata],
  ['AM234', closedServers],
  ['AM241', mixedRoles],
];

export function checkMesh(model: MeshModel, proxies: readonly Caller[]): Problem[] {
  return MESH_CHECKS.flatMap(([id, check]) => identified(id, check(model, proxies)));
}
