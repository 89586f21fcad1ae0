import { ambiguousIdentities } from './ambiguous-identities';
import { closedGateways } from './closed-gateways';
import { conflictingRoutes } from './conflicting-routes';
import { emptyAgents } from './empty-agents';
import { foreignNamespaces } from './foreign-namespaces';
import { generatedNames } from './generated-names';
import { hostsLetOutTwice } from './hosts-let-out-twice';
import { innerPorts } from './inner-ports';
import { overlappingSelectors } from './overlapping-selectors';
import { rootServices } from './root-services';
import { tooManyPools } from './too-many-pools';
import { uncallableGrants } from './uncallable-grants';
import { unjudgedPools } from './unjudged-pools';
import { unlikeVersions } from './unlike-versions';
import { unreadRequests } from './unread-requests';
import { waysAround } from './ways-around';
import { withdrawnTargets } from './withdrawn-targets';
import { Caller } from '../../model/callers';
import { MeshModel } from '../../model/mesh';
import { Problem } from '../../model/problem';

/** What only the whole mesh can get wrong. `proxies` are the identities of gateways and waypoints. */
export function checkMesh(model: MeshModel, proxies: readonly Caller[]): Problem[] {
  return [
    ...ambiguousIdentities(model, proxies),
    ...generatedNames(model, proxies),
    ...overlappingSelectors(model),
    ...foreignNamespaces(model),
    ...innerPorts(model),
    ...tooManyPools(model),
    ...closedGateways(model),
    ...conflictingRoutes(model),
    ...unjudgedPools(model),
    ...unreadRequests(model),
    ...unlikeVersions(model),
    ...rootServices(model),
    ...hostsLetOutTwice(model),
    ...waysAround(model),
    ...withdrawnTargets(model),
    ...emptyAgents(model),
    ...uncallableGrants(model),
  ];
}
