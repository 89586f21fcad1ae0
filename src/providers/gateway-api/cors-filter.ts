import { HttpRouteSpecRulesFilters, HttpRouteSpecRulesFiltersCorsAllowMethods, HttpRouteSpecRulesFiltersType } from '../../../imports/gateway.networking.k8s.io';
import { RouteNode } from '../../model/route';

/** Returns the CORS filter of a rule, if there is one. The gateway answers preflights itself. */
export function corsFilter({ cors }: Pick<RouteNode, 'cors'>): HttpRouteSpecRulesFilters[] {
  if (!cors) return [];
  return [{
    type: HttpRouteSpecRulesFiltersType.CORS,
    cors: {
      allowOrigins: [...cors.allowedOrigins],
      allowMethods: cors.allowedMethods as HttpRouteSpecRulesFiltersCorsAllowMethods[],
      ...(cors.allowedHeaders.length > 0 && { allowHeaders: [...cors.allowedHeaders] }),
      ...(cors.exposedHeaders.length > 0 && { exposeHeaders: [...cors.exposedHeaders] }),
      ...(cors.allowCredentials && { allowCredentials: true }),
      ...(cors.maxAgeSeconds !== undefined && { maxAge: cors.maxAgeSeconds }),
    },
  }];
}
