import { Construct } from 'constructs';
import { PoolBase, recordPool } from './pool-base';
import { ExistingPoolProps, IInferencePool, InferencePoolProps } from './pool-props';
import { accepted } from '../../input/guard';
import { EndpointPicker } from '../../values/endpoint-picker';
import { FailureMode } from '../../values/failure-mode';
import { freshId, Membership } from '../membership/membership';

/**
 * Model-serving pods and the endpoint picker that chooses among them. Emits an InferencePool, its endpoint picker (Deployment, Service,
 * ServiceAccount, Role, RoleBinding, ConfigMap), the workload policies of both, and the path from the gateway to the pods. The pod that
 * the picker names is the pod that serves, over mutual TLS (Gateway API Inference Extension v1.6, InferencePool v1).
 *
 * A pool is reachable only through its gateway, by every client of that gateway, including agents of the mesh. It cannot be granted to a
 * caller. Synth fails if the pool has no gateway, or if the gateway implementation supports no pools.
 *
 * @example
 * const llama = new InferencePool(mesh, 'llama', { gateway, workload });
 * gateway.addRoute('chat', { target: llama });
 */
export class InferencePool extends PoolBase {
  /** Refers to an existing InferencePool. Its endpoint picker and servers are protected by policies, but not deployed. */
  public static fromPoolName(scope: Construct, id: string, props: ExistingPoolProps): IInferencePool {
    [scope, id, props] = accepted('InferencePool.fromPoolName', [scope, id, props]);
    return new ExistingPool(scope, id, props);
  }

  public constructor(scope: Construct, id: string, props: InferencePoolProps) {
    [scope, id, props] = accepted('new InferencePool', [scope, id, props]);
    super(scope, freshId(scope, id, props.mesh), props.name);
    recordPool(this, Membership.of(this, props), {
      ...props,
      name: props.name ?? this.node.id,
      picker: props.picker ?? EndpointPicker.deploy(),
      failOpen: props.failureMode === FailureMode.FAIL_OPEN,
      existing: false,
    });
  }
}

/** An InferencePool that the library does not emit. */
class ExistingPool extends PoolBase {
  public constructor(scope: Construct, id: string, props: ExistingPoolProps) {
    super(scope, freshId(scope, id, props.mesh), props.poolName);
    recordPool(this, Membership.of(this, props), { ...props, name: props.poolName, failOpen: false, existing: true });
  }
}
