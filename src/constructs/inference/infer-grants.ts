import { Construct } from 'constructs';
import { GatewayFacts } from './gateway-facts';
import { PoolFacts, poolOpening } from './pool-facts';
import { Caller } from '../../model/callers';
import { MeshModel } from '../../model/mesh';
import { PoolNode } from '../../model/pool';
import { identified } from '../../model/problem';
import { Grant } from '../../values/grant';
import { ICaller } from '../../values/identity';
import { grantEach, grantTo } from '../grants/callers';

/** Allows callers inside the mesh to send requests to a pool. A pool that was not created grants nothing; its problem is reported. */
export function grantInference({ member, node }: PoolFacts, title: string, callers: readonly ICaller[]): Grant {
  if (!node) return Grant._of(title, [], [], false);
  openPool(node);
  return grantTo(member, { title, namespace: node.namespace, callers: node.callers }, callers);
}

/** Allows callers inside the mesh to send requests to every pool of a gateway, also to pools that are added later. */
export function grantAllInference({ node, member }: GatewayFacts, title: string, callers: readonly ICaller[]): Grant {
  const { model } = member;
  const grant = (caller: Caller) => model.grantToPools(node, (pool) => {
    openPool(pool);
    model.grant(pool.callers, caller);
  });
  model.checksAtSynth.push(() => identified('AM001', model.poolsOf(node).length > 0 ? [] : [{
    path: node.origin.path, message: `the grant is for the pools of ${title}, which has none`, actual: [], expected: 'a gateway with a pool', fix: 'add a pool to the gateway, or remove `grantInfer`',
  }]));
  return grantEach(member, { title: `the pools of ${title}`, namespace: model.facts.namespace, items: [] }, callers, grant);
}

/**
 * Lets a pool emit its entry with the first grant, and applies the grants of its gateway. The scope of the entry exists from the start, so that
 * the order of grants and other constructs does not change the order of objects.
 */
export function opensWithGrant(scope: Construct, model: MeshModel, pool: PoolNode, emitEntry: (scope: Construct) => void): void {
  const entry = new Construct(scope, 'entry');
  let isOpen = false;
  poolOpening.give(pool, () => {
    if (isOpen) return;
    isOpen = true;
    emitEntry(entry);
  });
  model.applyGrantsToPools(pool);
}

function openPool(pool: PoolNode): void {
  poolOpening.of(pool)();
}
