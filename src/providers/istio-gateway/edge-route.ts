import { Construct } from 'constructs';
import { serviceName } from './class';
import { innerGatewayOf } from './inner-gateway';
import { RouteNode } from '../../model/route';
import { emitRoute } from '../gateway-api/edge-route';

/** Emits an edge route. A pool is reached through its port at the inner gateway, a workload through its own Service. */
export function emitEdgeRoute(scope: Construct, route: RouteNode, className: string): void {
  emitRoute(scope, route, (target) => {
    if (target.kind === 'service') return target.workload.service;
    const inner = innerGatewayOf(target.pool, className);
    return { name: serviceName(inner.name, className), port: target.pool.innerPort };
  });
}
