import { Construct } from 'constructs';
import { PoolBase, recordPool } from './pool-base';
import { ExistingPoolProps, IInferencePool, InferencePoolProps } from './pool-props';
import { accepted } from '../../input/guard';
import { EndpointPicker } from '../../values/endpoint-picker';
import { FailureMode } from '../../values/failure-mode';
import { freshId, Membership } from '../membership/membership';

/**
 * Model-serving pods, and the endpoint picker that selects the pod for each request. Emits an InferencePool, its endpoint picker
 * (Deployment, Service, ServiceAccount, Role, RoleBinding, ConfigMap), the workload policies of the pods and of the picker, and the objects
 * for the path from the gateway to the pods. Each request is served by the pod that the picker selects, over mutual TLS (source: Gateway
 * API Inference Extension v1.6, InferencePool v1).
 *
 * Clients reach a pool through the routes of its gateway, which serve every client of the gateway. Callers inside the mesh with a grant
 * (`grantInfer`) reach it at its `url`. Synth fails if the pool has no gateway, or if the gateway implementation supports no pools.
 *
 * @example
 * // gateway: an InferenceGateway; workload: a Workload with the model servers
 * const llama = new InferencePool(mesh, 'llama', { gateway, workload });
 * gateway.addRoute('chat', { target: llama });
 */
export class InferencePool extends PoolBase {
  /** Returns an existing InferencePool. The library emits workload policies for its endpoint picker and model servers, but deploys neither. */
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
