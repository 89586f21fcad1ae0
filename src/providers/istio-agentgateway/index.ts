import { Construct } from 'constructs';
import { checkGateways } from './checks';
import { Caller } from '../../model/callers';
import { ConnectionRule } from '../../model/connection-rule';
import { declaredRefusal, Feature, Refusal, UnsupportedFeatures } from '../../model/feature';
import { GatewayNode } from '../../model/gateway';
import { MeshModel } from '../../model/mesh';
import { PoolNode } from '../../model/pool';
import { Problem } from '../../model/problem';
import { MERGED_METRICS, ProxyMetrics } from '../../model/proxy-metrics';
import { RouteNode } from '../../model/route';
import { forwardedLimits, WorkloadNode } from '../../model/workload';
import { GatewayBackend, MeshBackend } from '../backend';
import { checkForeignGateways } from '../foreign/gateways';
import { ForeignObjects } from '../foreign/tree-object';
import { emitRoute } from '../gateway-api/edge-route';
import { closedGateways, edgeMetrics, emitGateway, emitSecretGrant } from '../istio-shared/edge-gateway';
import { isProxyPort } from '../istio-shared/proxy-ports';
import { gatewaysOfEnvoy } from '../istio-shared/skipped-gateways';

/** GatewayClass that istiod creates for agentgateway, with the controller `istio.io/agentgateway-controller` (Istio 1.30, classinfo). */
const CLASS = 'istio-agentgateway';

const ISTIO = 'GatewayProvider.istio';

/**
 * Features that istiod does not translate for agentgateway (Istio 1.31, pilot/pkg/config/kube/agentgateway), or that agentgateway supports
 * only in part (agentgateway 1.0).
 */
const UNSUPPORTED: UnsupportedFeatures = {
  pool: {
    reason: 'agentgateway gateways that istiod deploys evaluate no AuthorizationPolicy, and the inner gateway in front of a pool needs one that allows only the edge gateway',
    instead: ISTIO,
  },
};

/** Returns the features that agentgateway does not support and Istio's own gateway does, if the mesh can run it. */
function unsupportedForClients(mesh: MeshBackend): UnsupportedFeatures {
  return {
    'gateway-timeouts': { reason: 'agentgateway limits the time until a response begins, not the time of a stream', instead: gatewaysOfEnvoy(mesh) },
    'trusted-proxies': { reason: 'istiod cannot configure agentgateway to trust proxies in front of it', instead: gatewaysOfEnvoy(mesh) },
    'gateway-jwt': { reason: 'agentgateway gateways that istiod deploys evaluate no RequestAuthentication and no AuthorizationPolicy', instead: gatewaysOfEnvoy(mesh) },
    'gateway-cors': { reason: 'it was not tested what agentgateway does with preflights from origins that are not allowed', instead: gatewaysOfEnvoy(mesh) },
    'client-certificates': { reason: 'Istio does not test client certificates on gateways of agentgateway', instead: gatewaysOfEnvoy(mesh, `${ISTIO} of IstioRelease.V1_31`) },
  };
}

/** Features that agentgateway supports on meshes whose pods accept its traffic. */
const SUPPORTED: readonly Feature[] = ['gateway-route', 'gateway-canary', 'gateway-retries'];

const PLAIN_TO_SIDECARS: Refusal = {
  reason: 'with Istio 1.30, agentgateway sends plain text to pods with sidecars, which STRICT mutual TLS refuses', instead: `IstioRelease.V1_31, or ${ISTIO}`,
};

const MOVING_PODS: Refusal = {
  reason: 'it was not tested for every step of a migration whether agentgateway sends mutual TLS to the pods', instead: ISTIO,
};

/** Facts about the cluster that the gateway depends on. */
export interface IstioAgentgatewayOptions {
  /** Features that this channel of the Gateway API does not contain. */
  readonly unsupported: UnsupportedFeatures;
  /** Whether istiod informs agentgateway which pods have sidecars, so that it uses mutual TLS to them (Istio 1.31, agw-mesh-backend-mtls). */
  readonly speaksMutualTls: boolean;
}

/**
 * agentgateway as istiod deploys it for each Gateway of its class. It serves routes but evaluates no Istio policies, so no policy is
 * emitted for it. Instead, its listeners accept only their hosts, and the workload policies of pods allow its ServiceAccount.
 */
export class IstioAgentgateway implements GatewayBackend {
  public readonly label = 'GatewayProvider.istioAgentgateway';

  /** Service, Deployment and ServiceAccount have the Gateway's own name (Istio 1.30, classinfo: DisableNameSuffix). */
  public readonly nameSuffix = '';

  public constructor(private readonly mesh: MeshBackend, private readonly options: IstioAgentgatewayOptions) {}

  public isProxyPort(port: number): boolean {
    return isProxyPort(port);
  }

  public check(model: MeshModel): Problem[] {
    return checkGateways(model, this.mesh);
  }

  public checkForeign(model: MeshModel, foreign: ForeignObjects): Problem[] {
    return checkForeignGateways(model, foreign, {
      className: CLASS, serviceAccount: (name) => this.serviceAccount(name), closed: closedGateways(model, this.mesh.gateways), inner: [],
    });
  }

  public refuses(feature: Feature): Refusal | undefined {
    const unsupported = { ...this.options.unsupported, ...unsupportedForClients(this.mesh), ...UNSUPPORTED };
    return (feature === 'pool' ? this.mesh.refuses('pool') : undefined) ?? declaredRefusal({ label: this.label, supported: SUPPORTED, unsupported }, feature)
      ?? this.refusedByPods();
  }

  public serviceAccount(gatewayName: string): string {
    return gatewayName;
  }

  public createGateway(scope: Construct, model: MeshModel, gateway: GatewayNode): void {
    emitGateway(scope, model, gateway, CLASS, this.mesh.gateways);
    emitSecretGrant(scope, gateway);
  }

  /** Emits nothing, because no policy denies requests at this gateway. */
  public allowHosts(): void {}

  public createRoute(scope: Construct, route: RouteNode): void {
    emitRoute(scope, route, (target) => (target.kind === 'service' ? target.workload.service : undefined)); // pools are refused
  }

  /** Emits nothing, because pools are refused before. */
  public createPool(): void {}

  /** Emits nothing, because pools are refused before. */
  public openPool(): void {}

  /** Synth fails for a tenant of a pool, as for the pool. */
  public createTenant(): void {}

  public connectionRules(model: MeshModel, workload: WorkloadNode): readonly ConnectionRule[] {
    const { service } = workload;
    if (!service) return [];
    return model.routesOf(workload).flatMap(({ gateway }) => forwardedLimits(workload).map((requests) => ({
      principals: [this.caller(model, gateway).principal], ports: [service.targetPort], requests,
    })));
  }

  public caller(model: MeshModel, gateway: GatewayNode): Caller {
    const serviceAccount = gateway.existingServiceAccount ?? this.serviceAccount(gateway.name);
    return { title: `gateway ${gateway.name}`, principal: model.principal(gateway.namespace, serviceAccount) };
  }

  public proxyMetrics(model: MeshModel): readonly ProxyMetrics[] {
    return edgeMetrics(model, this.mesh.gateways, [MERGED_METRICS]);
  }

  public server(model: MeshModel, pool: PoolNode): Caller {
    return this.caller(model, pool.gateway);
  }

  public proxies(model: MeshModel): readonly Caller[] {
    return model.gateways.map((gateway) => this.caller(model, gateway));
  }

  private refusedByPods(): Refusal | undefined {
    const { acceptedTransports } = this.mesh.gateways;
    if (acceptedTransports.length > 1) return MOVING_PODS;
    return acceptedTransports.includes('mutual-tls') && !this.options.speaksMutualTls ? PLAIN_TO_SIDECARS : undefined;
  }
}
