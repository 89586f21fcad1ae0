import { GatewayInfrastructure } from '../../model/gateway';
import { annotationProblem, isQualifiedName, MOST_INFRASTRUCTURE_ANNOTATIONS } from '../../model/names';
import { GatewayServiceType } from '../../values/gateway-service-type';
import { rangeProblem } from '../input/number-checks';
import { Membership } from '../membership/membership';

/** Props of the Service and the pods that istiod creates for a Gateway. */
export interface GatewayInfrastructureProps {
  /**
   * Annotations for the Service and the pods that istiod creates for the Gateway, such as those of the AWS Load Balancer Controller: at
   * most 15 (source: Gateway API v1.6, GatewayInfrastructure). Synth fails for annotations of Istio and Linkerd, because they change how
   * the pods join the mesh.
   *
   * @default - only the annotations that the library sets
   */
  readonly infrastructureAnnotations?: { [key: string]: string };
  /**
   * Type of the Service that istiod creates for the Gateway (source: Istio 1.31, `networking.istio.io/service-type`).
   *
   * @default GatewayServiceType.LOAD_BALANCER
   */
  readonly serviceType?: GatewayServiceType;
  /**
   * Class of the load balancer, such as "service.k8s.aws/nlb" (Kubernetes, ServiceSpec `loadBalancerClass`). Emits a ConfigMap to which
   * `parametersRef` of the Gateway refers. The API server rejects a change of the class of an existing Service. To change it, delete the
   * Service first.
   *
   * @default - the cluster's default load balancer
   */
  readonly loadBalancerClass?: string;
  /**
   * Number of trusted proxies in front of the gateway that append to `X-Forwarded-For`, such as an application load balancer: 1 to 16
   * (source: Istio 1.31, `gatewayTopology.numTrustedProxies`). The gateway then takes the client address from this header. If the number is
   * higher than the proxies that each request passes, clients can forge their address. Synth fails with providers other than
   * `GatewayProvider.istio`.
   *
   * @default - none: the source address of the connection is the client address
   */
  readonly trustedProxies?: number;
}

const MOST_PROXIES = 16;

/** Annotations of these domains configure the mesh proxy in a pod. */
const MESH_DOMAIN = /(^|\.)(istio\.io|linkerd\.io)\//;

/** Returns the infrastructure of a gateway after its checks. */
export function gatewayInfrastructure(member: Membership, props: GatewayInfrastructureProps): GatewayInfrastructure {
  const { infrastructureAnnotations: annotations = {}, serviceType, loadBalancerClass } = props;
  const trustedProxies = member.enforced('trusted-proxies', '`trustedProxies` of a gateway', props.trustedProxies);
  if (trustedProxies !== undefined) member.report(rangeProblem('trustedProxies', trustedProxies, 1, MOST_PROXIES));
  checkAnnotations(member, annotations);
  checkClass(member, serviceType, loadBalancerClass);
  return { annotations: { ...annotations }, serviceType, loadBalancerClass, trustedProxies };
}

function checkAnnotations(member: Membership, annotations: Readonly<Record<string, string>>): void {
  const keys = Object.keys(annotations);
  member.report(annotationProblem(annotations));
  const ofMesh = keys.find((key) => MESH_DOMAIN.test(key));
  if (ofMesh !== undefined) {
    member.report({
      message: '`infrastructureAnnotations` has an annotation that Istio or Linkerd interprets, which could change how the gateway is enrolled or configured', actual: ofMesh, expected: 'annotations of load balancers and other tools',
      fix: ofMesh === 'proxy.istio.io/config' ? 'remove the annotation; set `trustedProxies` to state the proxies in front of the gateway' : 'remove the annotation',
    });
  }
  const dropped = keys.find((key) => key.startsWith('gateway.networking.k8s.io/'));
  if (dropped !== undefined) {
    member.report({ message: '`infrastructureAnnotations` has an annotation with a prefix of the Gateway API, and gateway controllers ignore such annotations', actual: dropped, expected: 'annotations with another prefix', fix: 'remove the annotation' });
  }
  const most = MOST_INFRASTRUCTURE_ANNOTATIONS - 1 - Object.keys(member.context.mesh.gateways.edge.annotations ?? {}).length;
  if (keys.length > most) {
    member.report({ message: '`infrastructureAnnotations` has too many annotations', actual: keys, expected: `at most ${most}, in addition to those that the library sets`, fix: 'remove some annotations' });
  }
}

function checkClass(member: Membership, serviceType: GatewayServiceType | undefined, loadBalancerClass: string | undefined): void {
  if (loadBalancerClass === undefined) return;
  if (!isQualifiedName(loadBalancerClass)) {
    member.report({ message: '`loadBalancerClass` is not valid in Kubernetes', actual: loadBalancerClass, expected: 'a name such as "service.k8s.aws/nlb"', fix: 'correct the class' });
  }
  if (serviceType !== undefined && serviceType !== GatewayServiceType.LOAD_BALANCER) {
    member.report({ message: '`loadBalancerClass` has no effect on a Service of this type', actual: serviceType, expected: 'GatewayServiceType.LOAD_BALANCER', fix: 'remove `loadBalancerClass`, or remove `serviceType`' });
  }
}
