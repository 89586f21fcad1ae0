import { Construct } from 'constructs';
import { CanaryRoute, CanaryRouteOptions } from './canary-route';
import { gatewayFacts, IInferenceGateway } from './gateway-facts';
import { InferencePool, InferencePoolOptions } from './inference-pool';
import { InferenceRoute, InferenceRouteOptions } from './inference-route';
import { freshId, Membership, MeshMemberProps } from './membership';
import { networkProblem } from './network-checks';
import { GatewayNode, HTTPS_PORT, ListenerFacts, TlsFacts } from '../model/gateway';
import { hostnameProblem, isPort, isSubdomain, nameProblem, selectorProblem, serviceAccountProblem } from '../model/names';
import { networkOf, networkText } from '../model/networks';
import { Trait } from '../model/trait';

/** A TLS certificate: a Secret of type `kubernetes.io/tls` that the team keeps. */
export interface TlsSecretReference {
  /** Name of the Secret. */
  readonly secretName: string;
  /**
   * Namespace of the Secret. Another one than the gateway's gets a ReferenceGrant for this Secret alone.
   *
   * @default - the gateway's
   */
  readonly secretNamespace?: string;
  /**
   * ConfigMap in the gateway's namespace whose `ca.crt` verifies the certificates that clients must show; from Istio 1.31.
   *
   * @default - clients show none
   */
  readonly clientCaConfigMap?: string;
}

/** Props of `InferenceGateway`. */
export interface InferenceGatewayProps extends MeshMemberProps {
  /** Host names that it answers; no others. */
  readonly hostnames: string[];
  /** The certificate of the hosts. */
  readonly tls: TlsSecretReference;
  /**
   * Name of the Gateway.
   *
   * @default - the id
   */
  readonly name?: string;
  /**
   * Namespace of the Gateway, of its own: what lives there is nothing else's neighbour.
   *
   * @default - the mesh's with "-edge" behind it
   */
  readonly namespace?: string;
  /**
   * Labels for what istiod makes of the Gateway: its pods and its Service.
   *
   * @default - none but the library's own
   */
  readonly infrastructureLabels?: { [key: string]: string };
  /**
   * Networks whose addresses may not connect to the gateway, such as the pod networks of the cluster (CIDRs). Without them every pod of the
   * cluster reaches the gateway, ungranted, and what its routes lead to. Emits a NetworkPolicy on the gateway's pods.
   *
   * Addresses count as the pods of the gateway see them. A load balancer with `externalTrafficPolicy: Cluster` rewrites those of its clients to
   * those of nodes; a pod that calls its address then comes from a node's address too, and is let in. State `externalTrafficPolicy: Local`, and
   * the networks of the nodes beside those of the pods, to close that way as well.
   *
   * @default - none: whoever reaches the gateway may connect
   */
  readonly deniedCidrs?: string[];
}

/** Props of `InferenceGateway.fromGatewayName`. */
export interface ExistingGatewayProps extends MeshMemberProps {
  /** Name of the team's Gateway. On Linkerd its pods must be injected, and the ports of its listeners skipped (`config.linkerd.io/skip-inbound-ports`). */
  readonly gatewayName: string;
  /** Its namespace. Its listeners must admit routes of the namespaces of the pools and agents. */
  readonly namespace: string;
  /** Host names that the routes take. */
  readonly hostnames: string[];
  /**
   * Name of the listener to which the routes attach (Gateway API v1.6, ParentReference `sectionName`). Without it they attach to the listeners
   * of `listenerPort`, and a redirect that the team has at its plain HTTP listener keeps standing.
   *
   * @default - every listener of `listenerPort`
   */
  readonly listener?: string;
  /**
   * Port of the listeners to which the routes attach. State the port of an HTTP listener only where TLS ends before the Gateway, at a load
   * balancer: whoever reaches the port is served.
   *
   * @default - 443; where `listener` is stated, whatever port that has
   */
  readonly listenerPort?: number;
  /**
   * ServiceAccount of its proxies.
   *
   * @default - as istiod names it for the provider's class: the Gateway's name, "-" and the class; for istio-agentgateway the name alone
   */
  readonly serviceAccount?: string;
}

/** Most host names of an HTTPRoute (Gateway API v1.6). */
const MOST_HOSTS = 16;

/** Most labels that a Gateway may hand to what is made of it (Gateway API v1.6, GatewayInfrastructure). */
const MOST_LABELS = 8;

/**
 * The door for clients outside the mesh: HTTPS on 443 for its hosts. Emits a Gateway and the policy that admits requests for
 * these hosts and no others (with GatewayProvider.istioAgentgateway the listeners alone do); what pools and routes need
 * besides comes with them.
 */
export class InferenceGateway extends Construct implements IInferenceGateway {
  /** A Gateway that the team has made; routes attach to it, and its proxies are admitted where they lead. */
  public static fromGatewayName(scope: Construct, id: string, props: ExistingGatewayProps): InferenceGateway {
    const { mesh, gatewayName, namespace, hostnames } = props;
    const named: InferenceGatewayProps = { mesh, namespace, hostnames, name: gatewayName, tls: { secretName: '' } };
    existingGateway.give(named, {
      serviceAccount: props.serviceAccount,
      listener: { name: props.listener, port: props.listenerPort ?? (props.listener === undefined ? HTTPS_PORT : undefined) },
    });
    return new InferenceGateway(scope, id, named);
  }

  /** Host names that it answers. */
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
      // In a namespace of the mesh the deny-all would close the team's gateway too.
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

  /** A pool of model servers behind this gateway. */
  public addPool(id: string, options: InferencePoolOptions): InferencePool {
    return new InferencePool(this, id, options);
  }

  /** All requests to one target. */
  public addRoute(id: string, options: InferenceRouteOptions): InferenceRoute {
    return new InferenceRoute(this, id, options);
  }

  /** Requests split between a stable version and a canary. */
  public addCanary(id: string, options: CanaryRouteOptions): CanaryRoute {
    return new CanaryRoute(this, id, options);
  }

  private checkHosts(): void {
    for (const hostname of this.hostnames) this.member.report(hostnameProblem(hostname));
    if (this.hostnames.length > MOST_HOSTS) {
      this.member.report({ message: 'the gateway has more hosts than a route can name', actual: this.hostnames.length, expected: `at most ${MOST_HOSTS}`, fix: 'use a wildcard host, or a second gateway' });
    }
    if (this.hostnames.length === 0 || new Set(this.hostnames).size !== this.hostnames.length) {
      this.member.report({ message: 'the gateway has no hosts, or one twice', actual: this.hostnames, expected: 'one host name or more, each once', fix: 'name the hosts that clients call' });
    }
  }

  private checkListener({ name, port }: ListenerFacts): void {
    if (name !== undefined && !isSubdomain(name)) {
      this.member.report({ message: 'the listener has a name that Gateways do not take', actual: name, expected: 'lower case letters, digits, "-" and "."', fix: 'name one of the listeners of the Gateway' });
    }
    if (port !== undefined && !isPort(port)) {
      this.member.report({ message: 'the port of the listener is not one that Gateways have', actual: port, expected: 'a whole number from 1 to 65535', fix: 'correct `listenerPort`' });
    }
  }

  private enforcedTls({ clientCaConfigMap, ...tls }: TlsFacts): TlsFacts {
    const refusal = clientCaConfigMap !== undefined && this.member.refusal('client-certificates');
    if (!refusal) return { ...tls, clientCaConfigMap };
    this.member.report({ message: `client certificates are not verified here: ${refusal.reason}`, actual: clientCaConfigMap, expected: `none with what the mesh states, or ${refusal.instead}`, fix: `state ${refusal.instead} if the cluster has it, or drop clientCaConfigMap` }, 'AM002');
    return tls;
  }

  private checkTls({ secretName, secretNamespace, clientCaConfigMap }: TlsFacts): void {
    for (const name of [secretName, ...clientCaConfigMap === undefined ? [] : [clientCaConfigMap]]) {
      if (!isSubdomain(name)) this.member.report({ message: 'a Secret or ConfigMap of the gateway has a name that Kubernetes refuses', actual: name, expected: 'lower case letters, digits, "-" and "."', fix: 'correct the name' });
    }
    this.member.report(nameProblem('the namespace of the Secret', secretNamespace));
  }

  private checkNetworks({ deniedNetworks }: GatewayNode): void {
    for (const network of deniedNetworks) {
      this.member.report(networkProblem('a network that the gateway refuses is none', network, 'deniedCidrs'));
      if (networkOf(network)?.prefix === 0) {
        this.member.report({ message: 'the gateway would refuse everybody of an address family', actual: network, expected: 'networks of the cluster', fix: 'name the networks of pods and nodes' });
      }
    }
  }

  private checkLabels({ infrastructureLabels }: GatewayNode): void {
    const keys = Object.keys(infrastructureLabels);
    if (keys.length > 0) this.member.report(selectorProblem(infrastructureLabels));
    const mode = infrastructureLabels['istio.io/dataplane-mode'];
    if (mode !== undefined && mode !== 'none') {
      this.member.report({
        message: 'the gateway is enrolled in ambient and mTLS is STRICT there: every client from outside would be refused',
        actual: { 'istio.io/dataplane-mode': mode }, expected: 'a gateway for outside clients that is not enrolled', fix: 'drop the label; the inner gateway before the pools is enrolled for you',
      });
    }
    const dropped = keys.find((key) => key.startsWith('gateway.networking.k8s.io/'));
    if (dropped !== undefined) {
      this.member.report({ message: 'an infrastructure label belongs to the Gateway API, which drops it', actual: dropped, expected: 'labels of your own', fix: 'drop the label' });
    }
    if (keys.length >= MOST_LABELS) {
      this.member.report({ message: 'the gateway has too many infrastructure labels', actual: keys, expected: `${MOST_LABELS - 1}, beside one of the library's`, fix: 'drop some' });
    }
  }
}

const existingGateway = new Trait<{ readonly serviceAccount?: string; readonly listener: ListenerFacts }>('a Gateway of the team');
