import { Construct } from 'constructs';
import { gatewayFacts, IInferenceGateway } from './gateway-facts';
import { InferencePool, InferencePoolOptions } from './inference-pool';
import { InferenceRoute, InferenceRouteOptions } from './inference-route';
import { GatewayNode, HTTPS_PORT, ListenerFacts, TlsFacts } from '../../model/gateway';
import { hostnameProblem, isPort, isSubdomain, nameProblem, selectorProblem, serviceAccountProblem } from '../../model/names';
import { networkOf, networkText } from '../../model/networks';
import { Trait } from '../../model/trait';
import { networkProblem } from '../input/network-checks';
import { freshId, Membership, MeshMemberProps } from '../membership/membership';
import { CanaryRoute, CanaryRouteOptions } from '../routing/canary-route';

/** A TLS certificate in an existing Secret of type `kubernetes.io/tls`. */
export interface TlsSecretReference {
  /** Name of the Secret. */
  readonly secretName: string;
  /**
   * Namespace of the Secret. If it is not the namespace of the gateway, a ReferenceGrant for this Secret alone is emitted.
   *
   * @default - the namespace of the gateway
   */
  readonly secretNamespace?: string;
  /**
   * Name of a ConfigMap in the gateway's namespace whose `ca.crt` verifies client certificates. Clients must then present a certificate.
   * Requires Istio 1.31 or later.
   *
   * @default - none: client certificates are not required
   */
  readonly clientCaConfigMap?: string;
}

/** Props of `InferenceGateway`. */
export interface InferenceGatewayProps extends MeshMemberProps {
  /** Host names that the gateway serves: 1 to 16. Requests for other hosts are denied. */
  readonly hostnames: string[];
  /** TLS certificate of the hosts. */
  readonly tls: TlsSecretReference;
  /**
   * Name of the Gateway.
   *
   * @default - the construct id
   */
  readonly name?: string;
  /**
   * Namespace of the Gateway. Use a namespace that holds nothing else.
   *
   * @default - the namespace of the mesh with the suffix "-edge"
   */
  readonly namespace?: string;
  /**
   * Labels for the pods and the Service that istiod creates for the Gateway: at most 7.
   *
   * @default - none except the library's own
   */
  readonly infrastructureLabels?: { [key: string]: string };
  /**
   * Networks that may not connect to the gateway, as CIDRs, such as the pod networks of the cluster. Without them every pod of the
   * cluster can reach the gateway, and what its routes lead to, without a grant. Emits a NetworkPolicy for the pods of the gateway.
   *
   * Addresses count as the gateway pods see them. A load balancer with `externalTrafficPolicy: Cluster` rewrites client addresses to node
   * addresses. A pod that calls the address of such a load balancer then comes from a node address and is allowed. To deny that path too,
   * set `externalTrafficPolicy: Local` and list the node networks beside the pod networks.
   *
   * @default - none: everybody who can reach the gateway may connect
   */
  readonly deniedCidrs?: string[];
}

/** Props of `InferenceGateway.fromGatewayName`. */
export interface ExistingGatewayProps extends MeshMemberProps {
  /**
   * Name of the existing Gateway. On Linkerd its pods must be injected, and the ports of its listeners must be skipped
   * (`config.linkerd.io/skip-inbound-ports`).
   */
  readonly gatewayName: string;
  /** Namespace of the existing Gateway. Its listeners must allow routes from the namespaces of the pools and agents. */
  readonly namespace: string;
  /** Host names of the routes: 1 to 16. */
  readonly hostnames: string[];
  /**
   * Name of the listener to which the routes attach (Gateway API v1.6, ParentReference `sectionName`). Without it the routes attach to
   * the listeners of `listenerPort`, so a redirect at an existing plain HTTP listener keeps working.
   *
   * @default - every listener of `listenerPort`
   */
  readonly listener?: string;
  /**
   * Port of the listeners to which the routes attach. Use the port of an HTTP listener only if TLS ends before the Gateway, at a load
   * balancer, because everybody who reaches that port is served.
   *
   * @default - 443; if `listener` is set, the port of that listener
   */
  readonly listenerPort?: number;
  /**
   * ServiceAccount of the gateway's proxies.
   *
   * @default - the name that istiod gives it for the provider's class: the Gateway's name, "-" and the class; for istio-agentgateway the
   * Gateway's name alone
   */
  readonly serviceAccount?: string;
}

/** Most host names of an HTTPRoute (Gateway API v1.6). */
const MOST_HOSTS = 16;

/** Most labels in the infrastructure of a Gateway (Gateway API v1.6, GatewayInfrastructure). */
const MOST_LABELS = 8;

/**
 * The edge gateway for clients outside the mesh: HTTPS on port 443 for its hosts. Emits a Gateway and a policy that allows requests for
 * these hosts and no others. With GatewayProvider.istioAgentgateway there is no policy, and the listeners alone select the hosts. Pools
 * and routes of the gateway emit their own objects.
 *
 * Synth fails if the gateway implementation supports no edge gateway, or if a host is missing, repeated or invalid.
 */
export class InferenceGateway extends Construct implements IInferenceGateway {
  /** Refers to an existing Gateway. Routes attach to it, and its proxies are allowed to call the targets of these routes. */
  public static fromGatewayName(scope: Construct, id: string, props: ExistingGatewayProps): InferenceGateway {
    const { mesh, gatewayName, namespace, hostnames } = props;
    const named: InferenceGatewayProps = { mesh, namespace, hostnames, name: gatewayName, tls: { secretName: '' } };
    existingGateway.give(named, {
      serviceAccount: props.serviceAccount,
      listener: { name: props.listener, port: props.listenerPort ?? (props.listener === undefined ? HTTPS_PORT : undefined) },
    });
    return new InferenceGateway(scope, id, named);
  }

  /** Host names that the gateway serves. */
  public readonly hostnames: string[];
  private readonly member: Membership;

  public constructor(scope: Construct, id: string, props: InferenceGatewayProps) {
    super(scope, freshId(scope, id, props.mesh));
    this.member = Membership.of(this, props);
    const { model, context } = this.member;
    const existing = existingGateway.find(props);
    this.hostnames = [...props.hostnames];
    const namespace = props.namespace ?? `${model.facts.namespace}-edge`;
    const node: GatewayNode = {
      origin: this.member,
      name: this.member.name('the name of the gateway', props.name ?? this.node.id, context.gateway.nameSuffix),
      namespace,
      meshNamespace: model.facts.namespace,
      hostnames: this.hostnames,
      listener: existing?.listener ?? { port: HTTPS_PORT },
      tls: existing ? undefined : this.enforcedTls({ secretNamespace: namespace, ...props.tls }),
      infrastructureLabels: { ...props.infrastructureLabels },
      deniedNetworks: [...new Set(props.deniedCidrs?.map(networkText))],
      // In a namespace of the mesh, the deny-all policy also applies to an existing gateway, so its hosts need an ALLOW policy.
      hostsAllowed: !existing || model.namespaces.has(namespace),
      existingServiceAccount: existing && (existing.serviceAccount ?? context.gateway.serviceAccount(props.name!)),
    };
    const isRefused = this.member.refuse('gateway-route', 'a gateway', node.name);
    gatewayFacts.give(this, { node, scope: this, isRefused });
    this.checkHosts();
    if (isRefused) return;
    model.gateways.push(node);
    if (existing) {
      this.member.report(serviceAccountProblem(node.existingServiceAccount!));
      this.member.report(nameProblem('the namespace of the gateway', namespace));
      this.checkListener(node.listener);
      if (node.hostsAllowed) context.gateway.allowHosts(this, node);
      return;
    }
    this.checkTls(node.tls!);
    this.checkLabels(node);
    this.checkNetworks(node);
    context.namespace(namespace);
    context.gateway.createGateway(this, model, node);
  }

  /** Adds a pool of model servers behind this gateway. */
  public addPool(id: string, options: InferencePoolOptions): InferencePool {
    return new InferencePool(this, id, options);
  }

  /** Adds a route that sends all requests, or those with a path prefix, to one target. */
  public addRoute(id: string, options: InferenceRouteOptions): InferenceRoute {
    return new InferenceRoute(this, id, options);
  }

  /** Adds a route that splits requests between a stable version and a canary. */
  public addCanary(id: string, options: CanaryRouteOptions): CanaryRoute {
    return new CanaryRoute(this, id, options);
  }

  private checkHosts(): void {
    for (const hostname of this.hostnames) this.member.report(hostnameProblem(hostname));
    if (this.hostnames.length > MOST_HOSTS) {
      this.member.report({ message: 'the gateway has more hosts than one HTTPRoute can name', actual: this.hostnames.length, expected: `at most ${MOST_HOSTS}`, fix: 'use a wildcard host, or define a second gateway' });
    }
    if (this.hostnames.length === 0 || new Set(this.hostnames).size !== this.hostnames.length) {
      this.member.report({ message: 'the gateway has no hosts, or names one twice', actual: this.hostnames, expected: 'one or more host names, each once', fix: 'list the hosts that clients call in `hostnames`' });
    }
  }

  private checkListener({ name, port }: ListenerFacts): void {
    if (name !== undefined && !isSubdomain(name)) {
      this.member.report({ message: '`listener` is not a valid listener name', actual: name, expected: 'lower case letters, digits, "-" and "."', fix: 'use the name of a listener of the Gateway' });
    }
    if (port !== undefined && !isPort(port)) {
      this.member.report({ message: '`listenerPort` is not a valid port', actual: port, expected: 'a whole number from 1 to 65535', fix: 'correct `listenerPort`' });
    }
  }

  private enforcedTls({ clientCaConfigMap, ...tls }: TlsFacts): TlsFacts {
    const refusal = clientCaConfigMap !== undefined && this.member.refusal('client-certificates');
    if (!refusal) return { ...tls, clientCaConfigMap };
    this.member.report({ message: `client certificates cannot be verified: ${refusal.reason}`, actual: clientCaConfigMap, expected: `no \`clientCaConfigMap\` with the stated release and provider, or ${refusal.instead}`, fix: `set ${refusal.instead} if the cluster has it, or remove \`clientCaConfigMap\`` }, 'AM002');
    return tls;
  }

  private checkTls({ secretName, secretNamespace, clientCaConfigMap }: TlsFacts): void {
    for (const name of [secretName, ...clientCaConfigMap === undefined ? [] : [clientCaConfigMap]]) {
      if (!isSubdomain(name)) this.member.report({ message: 'the name of a Secret or ConfigMap of the gateway is not valid in Kubernetes', actual: name, expected: 'lower case letters, digits, "-" and "."', fix: 'correct the name' });
    }
    this.member.report(nameProblem('the namespace of the Secret', secretNamespace));
  }

  private checkNetworks({ deniedNetworks }: GatewayNode): void {
    for (const network of deniedNetworks) {
      this.member.report(networkProblem('an entry of `deniedCidrs` is not a network', network, 'deniedCidrs'));
      if (networkOf(network)?.prefix === 0) {
        this.member.report({ message: '`deniedCidrs` would deny every client of an address family', actual: network, expected: 'networks of the cluster', fix: 'list the networks of pods and nodes' });
      }
    }
  }

  private checkLabels({ infrastructureLabels }: GatewayNode): void {
    const keys = Object.keys(infrastructureLabels);
    if (keys.length > 0) this.member.report(selectorProblem(infrastructureLabels));
    const mode = infrastructureLabels['istio.io/dataplane-mode'];
    if (mode !== undefined && mode !== 'none') {
      this.member.report({
        message: 'the edge gateway is enrolled in ambient, where mTLS is STRICT: every client from outside would be denied',
        actual: { 'istio.io/dataplane-mode': mode }, expected: 'an edge gateway that is not enrolled', fix: 'remove the label; the inner gateway in front of the pools is enrolled automatically',
      });
    }
    const dropped = keys.find((key) => key.startsWith('gateway.networking.k8s.io/'));
    if (dropped !== undefined) {
      this.member.report({ message: 'an infrastructure label uses a prefix of the Gateway API, which ignores such labels', actual: dropped, expected: 'labels with a prefix of your own', fix: 'remove the label' });
    }
    if (keys.length >= MOST_LABELS) {
      this.member.report({ message: 'the gateway has too many infrastructure labels', actual: keys, expected: `at most ${MOST_LABELS - 1}, beside one label of the library`, fix: 'remove some labels' });
    }
  }
}

const existingGateway = new Trait<{ readonly serviceAccount?: string; readonly listener: ListenerFacts }>('an existing Gateway');
