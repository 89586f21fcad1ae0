import { bindAppPods } from './app-pods';
import { checkDeployment, checkPort } from './deployment-checks';
import { checkEgress, enforcedEgress } from './egress-checks';
import { mountedVolumes, mountPath } from './mount-checks';
import { checkPod } from './pod-checks';
import { checkPorts, enforcedMedia, enforcedUnauthenticated } from './port-checks';
import { checkProbes } from './probe-checks';
import { checkProbeSettings } from './probe-settings';
import { enforcedDemands } from './request-checks';
import { checkTransfer, checkVllm } from './vllm-checks';
import { Callers } from '../../model/callers';
import { nameProblem, selectorProblem, serviceAccountProblem } from '../../model/names';
import { listed } from '../../model/problem';
import { JwtFacts, RequestLimits } from '../../model/request-rule';
import { ServiceNode } from '../../model/service';
import { WaypointNode } from '../../model/waypoint';
import { MetricsFacts, protocolAt, WorkloadEgressFacts, WorkloadNode } from '../../model/workload';
import { isMeshLabel } from '../../providers/foreign/data-planes';
import { roleLabels } from '../../providers/inference-extension/roles';
import { CommonDescription, Workload, WorkloadDescription, workloadDescription } from '../../values/workload';
import { ExistingService } from '../../values/workload-options';
import { statedTexts } from '../input/text-checks';
import { Membership } from '../membership/membership';
import { ensureNamespaceWaypoint } from '../routing/waypoint';

/** Properties of a workload that the construct using it determines. */
export interface Place extends Pick<
  WorkloadNode, 'title' | 'name' | 'namespace' | 'serviceAccount' | 'labels' | 'callers' | 'portCallers' | 'routable' | 'requests' | 'openEndpoints' | 'items' |
  'mcpProxy' | 'allowedOrigins' | 'tokens' | 'disaggregated'
> {
  /** Service that the library creates, unless the workload describes an existing Service. */
  readonly service?: Pick<ServiceNode, 'name' | 'port' | 'federated' | 'circuitBreaker' | 'affinityHeader'>;
  /** Limits of the Service, created here or existing. */
  readonly connectionPool?: ServiceNode['connectionPool'];
  readonly waypoint?: WaypointNode;
  /** Whether the waypoint only routes requests, so that callers may also connect to the pods. */
  readonly waypointOnlyRoutes?: boolean;
  /** Defaults for options that the workload does not set. */
  readonly otherwise?: Pick<WorkloadNode, 'egress' | 'jwt' | 'rateLimit'>;
}

/** Binds a workload to a construct. Afterwards the description of `workload` is the returned node. */
export function bindWorkload(member: Membership, workload: Workload, place: Place): WorkloadNode {
  const description = workloadDescription.of(workload);
  if (description.kind === 'bound') {
    member.report({ message: `${description.node.title} already uses this workload`, actual: place.title, expected: 'one construct for each workload', fix: 'define a second workload with Workload.deploy or Workload.existing' });
    // Return a placeholder, so that the rest of the program is still checked.
    return { ...description.node, ...place, service: place.service && { ...place.service, namespace: place.namespace, targetPort: 1 } };
  }
  member.checkTexts(statedTexts(description), ` of ${place.title}`);
  const enforced = {
    ...description, ...enforcedDemands(member, description),
    mediaPorts: enforcedMedia(member, description.mediaPorts),
    unauthenticatedPorts: enforcedUnauthenticated(member, description.unauthenticatedPorts),
    egress: enforcedEgress(member, place.title, description.egress),
  };
  const node = enforced.kind === 'deploy' ? deployed(member, enforced, place) : existing(member, enforced, place);
  if (enforced.kind === 'existing' && enforced.app) bindAppPods(member, node, enforced.app);
  checkPorts(member, node, description.ports);
  checkProbes(member, node);
  if (node.deployment) checkProbeSettings(member, node, node.deployment);
  if (node.egress) checkEgress(member, node, node.egress);
  member.model.workloads.push(node);
  workloadDescription.give(workload, { kind: 'bound', node });
  return node;
}

/** A description of a workload with only the egress that the mesh can enforce. */
type Enforced<T extends CommonDescription> = Omit<T, 'egress'> & Pick<WorkloadNode, 'egress'>;
type Deploy = Enforced<Extract<WorkloadDescription, { kind: 'deploy' }>>;
type Existing = Enforced<Extract<WorkloadDescription, { kind: 'existing' }>>;

function deployed(member: Membership, described: Deploy, place: Place): WorkloadNode {
  const { facts } = described;
  checkDeployment(member, facts);
  checkPod(member, facts);
  if (described.vllm && facts.modelServer) {
    checkVllm(member, described.vllm, facts.modelServer);
    checkTransfer(member, place, facts.modelServer);
  }
  member.context.enrollNamespace(place.namespace);
  const serviceAccount = facts.existingServiceAccount ?? place.serviceAccount;
  if (facts.existingServiceAccount !== undefined) member.report(serviceAccountProblem(serviceAccount));
  const podLabels = { ...facts.podLabels, ...place.disaggregated && roleLabels(place.disaggregated) };
  return placed(member, described, place, {
    namespace: place.namespace, labels: place.labels, serviceAccount,
    deployment: { ...facts, podLabels, writablePaths: facts.writablePaths.map(mountPath), pod: { ...facts.pod, volumes: mountedVolumes(facts.pod) } },
    service: place.service && described.ports.length > 0 ? ownService(described, place, place.service) : undefined,
  });
}

function existing(member: Membership, described: Existing, place: Place): WorkloadNode {
  const { labels, serviceAccount, service, app, namespace = place.namespace } = described;
  if (place.waypoint && !service && !place.service) {
    member.report({
      message: `a waypoint inspects only requests to a Service, and Workload.existing of ${place.title} states no Service`, actual: place.waypoint.name,
      expected: 'Workload.existing with `service`', fix: 'describe the Service as `service` in Workload.existing, or remove `waypoint`',
    });
  }
  member.report(selectorProblem(labels));
  const proxys = Object.keys(labels).find(isMeshLabel);
  if (proxys !== undefined) {
    member.report({ message: 'the selector uses a label that the mesh sets on its own proxies, so it could select the pods of a gateway', actual: proxys, expected: 'labels of your own', fix: 'select the pods by labels that you set on them' });
  }
  if (!member.model.namespaces.has(namespace)) member.report(nameProblem('the namespace of the workload', namespace));
  member.report(serviceAccountProblem(serviceAccount));
  return placed(member, described, place, {
    namespace, labels, serviceAccount, deployment: undefined, ...app && { readFrom: app.pods.object.node.path, ends: app.pods.isBatch },
    service: service ? statedService(member, described, service, { ...place, namespace })
      : place.service && ownService(described, { ...place, namespace }, place.service),
  });
}

/** Fields whose source differs between deployed and existing pods. */
type Found = Pick<WorkloadNode, 'namespace' | 'labels' | 'serviceAccount' | 'deployment' | 'service' | 'readFrom' | 'ends'>;

/**
 * Returns the node of a workload from its description and its construct. It copies each field, because a mesh has many workloads and
 * spreading objects is slow.
 */
function placed(
  member: Membership, described: Enforced<CommonDescription>, place: Place,
  { namespace, labels, serviceAccount, deployment, service, readFrom, ends }: Found,
): WorkloadNode {
  const { otherwise } = place;
  const { opaquePorts, tlsPorts, grpcPorts, mediaPorts, unauthenticatedPorts, healthPath, externalAuthorizer } = described;
  const ports = [...new Set(described.ports)]; // a repeated port is reported later, and must not create two objects with one name before
  const jwt = described.jwt ?? otherwise?.jwt;
  const node = {
    origin: member, title: place.title, name: place.name, namespace, serviceAccount, labels, deployment, service, readFrom, ends,
    ports, opaquePorts, tlsPorts, grpcPorts, mediaPorts, unauthenticatedPorts, healthPath, externalAuthorizer, jwt,
    rateLimit: described.rateLimit ?? otherwise?.rateLimit,
    metrics: described.metricsPort === undefined ? undefined : metricsOf(member, described, described.metricsPort),
    callers: place.callers, portCallers: place.portCallers, items: place.items, mcpProxy: place.mcpProxy,
    allowedOrigins: place.allowedOrigins, tokens: place.tokens, disaggregated: place.disaggregated,
    routable: place.routable, requests: limitedBy(jwt, place.requests), openEndpoints: place.openEndpoints,
    egress: egressOf(member, described.egress ?? otherwise?.egress, namespace),
  };
  return node satisfies Record<Exclude<keyof CommonDescription, 'metricsPort'> | Exclude<keyof Place, 'waypoint' | 'waypointOnlyRoutes' | 'connectionPool' | 'otherwise'>, unknown>;
}

/** Returns the metrics port of a workload with the scraper of the mesh. Reports a port that the pods do not have. */
function metricsOf(member: Membership, { ports }: Pick<WorkloadNode, 'ports'>, port: number): MetricsFacts {
  if (!ports.includes(port)) {
    member.report({ message: '`metricsPort` is not a port of the workload', actual: port, expected: listed(ports.map(String)), fix: 'add the port to `ports`, as in `Port.http(9090)`' });
  }
  const callers = new Callers();
  const { model } = member;
  if (model.scraper) model.grant(callers, model.scraper);
  return { port, callers };
}

/**
 * Returns the egress of a workload with the waypoint for its external hosts, if the mesh has waypoints. It creates no waypoint in a
 * namespace that is not in the mesh.
 */
function egressOf(member: Membership, egress: WorkloadEgressFacts | undefined, namespace: string): WorkloadEgressFacts | undefined {
  const { namespaces, facts } = member.model;
  if (!egress || egress.hosts.length === 0) return egress;
  return { ...egress, waypoint: ensureNamespaceWaypoint(member, namespaces.has(namespace) ? namespace : facts.namespace) };
}

/** Returns the request limits, with the token that every request must carry. */
export function limitedBy(jwt: JwtFacts | undefined, requests: RequestLimits | undefined): RequestLimits | undefined {
  return jwt?.required ? { ...requests, token: { issuer: jwt.issuer } } : requests;
}

/** Returns the Service that the library creates for the first port. */
function ownService(
  described: Enforced<CommonDescription>, { namespace, waypoint, waypointOnlyRoutes, connectionPool }: Place, service: NonNullable<Place['service']>,
): ServiceNode {
  const [targetPort] = described.ports;
  return { ...service, namespace, targetPort, protocol: protocolAt(described, targetPort), connectionPool, waypoint, waypointOnlyRoutes };
}

function statedService(
  member: Membership, described: Enforced<CommonDescription>, service: ExistingService,
  { namespace, waypoint, waypointOnlyRoutes, connectionPool }: Place,
): ServiceNode {
  member.report(nameProblem('the name of the Service', service.name));
  const { ports } = described;
  const targetPort = service.targetPort ?? ports[0];
  checkPort(member, 'the port of the Service', service.port);
  if (!ports.includes(targetPort)) {
    member.report({ message: 'the target port of the Service is not a port of the workload', actual: targetPort, expected: ports.join(', '), fix: 'set `targetPort` to a port in `ports`' });
  }
  return {
    name: service.name, namespace, port: service.port, targetPort, protocol: protocolAt(described, targetPort),
    headless: service.headless, statedLabels: { ...service.labels }, connectionPool, waypoint, waypointOnlyRoutes,
  };
}
