import { HttpRouteSpecRules, HttpRouteSpecRulesMatches, HttpRouteSpecRulesMatchesMethod, HttpRouteSpecRulesMatchesPathType } from '../../../imports/gateway.networking.k8s.io';
import { MODEL_LIST_PATH, MODEL_PATHS } from '../../model/model-requests';
import { PoolNode } from '../../model/pool';

/**
 * Returns the rules of a route to a pool. Two pools in one rule would share one picker, and no status would show it. With `allowedModels` the
 * rule matches only requests whose model the picker reads.
 */
export function poolRules({ name, allowedModels }: PoolNode): HttpRouteSpecRules[] {
  return [{ ...(allowedModels && { matches: modelRequests() }), backendRefs: [{ group: 'inference.networking.k8s.io', kind: 'InferencePool', name }] }];
}

function modelRequests(): HttpRouteSpecRulesMatches[] {
  const { POST, GET } = HttpRouteSpecRulesMatchesMethod;
  return [...MODEL_PATHS.map((value) => exactly(value, POST)), exactly(MODEL_LIST_PATH, GET)];
}

function exactly(value: string, method: HttpRouteSpecRulesMatchesMethod): HttpRouteSpecRulesMatches {
  return { path: { type: HttpRouteSpecRulesMatchesPathType.EXACT, value }, method };
}
