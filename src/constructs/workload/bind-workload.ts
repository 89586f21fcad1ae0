import { checkDeployment, checkPort } from './deployment-checks';
import { checkEgress, enforcedEgress } from './egress-checks';
import { mountPath } from './mount-checks';
import { checkPorts, enforcedMedia } from './port-checks';
import { checkProbes } from './probe-checks';
import { enforcedDemands } from './request-checks';
import { nameProblem, selectorProblem, serviceAccountProblem } from '../../model/names';
import { JwtFacts, RequestLimits } from '../../model/request-rule';
import { ServiceNode } from '../../model/service';
import { WaypointNode } from '../../model/waypoint';
import { protocolAt, WorkloadEgressFacts, WorkloadNode } from '../../model/workload';
import { isMeshLabel } from '../../providers/foreign/data-planes';
import { CommonDescription, Workload, WorkloadDescription, workloadDescription } from '../../values/workload';
import { ExistingService } from '../../values/workload-options';
import { statedTexts } from '../input/text-checks';
import { Membership } from '../membership/membership';
import { ensureNamespaceWaypoint } from '../routing/waypoint';

/** What a construct determines of its workload. */
export interface Place extends Pick<
  WorkloadNode, 'title' | 'name' | 'namespace' | 'serviceAccount' | 'labels' | 'callers' | 'routable' | 'requests' | 'items' | 'mcpProxy' | 'allowedOrigins' | 'tokens'
> {
  /** The Service that the library creates for it, unless the workload describes an existing one. */
  readonly service?: Pick<ServiceNode, 'name' | 'port' | 'federated' | 'circuitBreaker' | 'affinityHeader'>;
  readonly waypoint?: WaypointNode;
  /** Defaults for what the description of the workload does not set. */
  readonly otherwise?: Pick<WorkloadNode, 'egress' | 'jwt' | 'rateLimit'>;
}

/** Binds a workload to a construct. From then on the description of `workload` is the bound node. */
export function bindWorkload(member: Membership, workload: Workload, place: Place): WorkloadNode {
  const description = workloadDescription.of(workload);
  if (description.kind === 'bound') {
    member.report({ message: `the workload is already used by ${description.node.title}`, actual: place.title, expected: 'a workload of its own for each construct', fix: 'define another workload with Workload.deploy or Workload.existing' });
    // A placeholder, so that the rest of the program is still checked.
    return { ...description.node, ...place, service: place.service && { ...place.service, namespace: place.namespace, targetPort: 1 } };
  }
  member.checkTexts(statedTexts(description), ` of ${place.title}`);
  const enforced = {
    ...description, ...enforcedDemands(member, description),
    mediaPorts: enforcedMedia(member, description.mediaPorts), egress: enforcedEgress(member, place.title, description.egress),
  };
  const node = enforced.kind === 'deploy' ? deployed(member, enforced, place) : existing(member, enforced, place);
  checkPorts(member, node, description.ports);
  checkProbes(member, node);
  if (node.egress) checkEgress(member, node, node.egress);
  member.model.workloads.push(node);
  workloadDescription.give(workload, { kind: 'bound', node });
  return node;
}

/** A description whose egress the mesh can enforce. */
type Enforced<T extends CommonDescription> = Omit<T, 'egress'> & Pick<WorkloadNode, 'egress'>;
type Deploy = Enforced<Extract<WorkloadDescription, { kind: 'deploy' }>>;
type Existing = Enforced<Extract<WorkloadDescription, { kind: 'existing' }>>;

function deployed(member: Membership, described: Deploy, place: Place): WorkloadNode {
  const { facts } = described;
  checkDeployment(member, facts);
  member.context.enrollNamespace(place.namespace);
  const serviceAccount = facts.existingServiceAccount ?? place.serviceAccount;
  if (facts.existingServiceAccount !== undefined) member.report(serviceAccountProblem(serviceAccount));
  return placed(member, described, place, {
    namespace: place.namespace, labels: place.labels, serviceAccount,
    deployment: { ...facts, writablePaths: facts.writablePaths.map(mountPath) },
    service: place.service && described.ports.length > 0 ? ownService(described, place.service, place.namespace, place.waypoint) : undefined,
  });
}

function existing(member: Membership, described: Existing, place: Place): WorkloadNode {
  const { labels, serviceAccount, service, namespace = place.namespace } = described;
  if (place.waypoint && !service && !place.service) {
    member.report({
      message: `a waypoint cannot inspect requests to ${place.title}: no Service of its existing pods is known`, actual: place.waypoint.name,
      expected: 'a workload with a Service', fix: 'describe the Service in Workload.existing, or remove the waypoint',
    });
  }
  member.report(selectorProblem(labels));
  const proxys = Object.keys(labels).find(isMeshLabel);
  if (proxys !== undefined) {
    member.report({ message: 'the selector uses a label of the mesh, so it may select the proxies of a gateway', actual: proxys, expected: 'labels of your own', fix: 'select the pods by your own labels' });
  }
  if (!member.model.namespaces.has(namespace)) member.report(nameProblem('the namespace of the workload', namespace));
  member.report(serviceAccountProblem(serviceAccount));
  return placed(member, described, place, {
    namespace, labels, serviceAccount, deployment: undefined,
    service: service ? statedService(member, described, service, namespace, place.waypoint)
      : place.service && ownService(described, place.service, namespace, place.waypoint),
  });
}

/** Fields that differ between pods that are deployed here and existing pods. */
type Found = Pick<WorkloadNode, 'namespace' | 'labels' | 'serviceAccount' | 'deployment' | 'service'>;

/**
 * Returns the node of a workload, from its description and its construct. It copies field by field, because a mesh has many workloads and
 * spreading objects is slow.
 */
function placed(
  member: Membership, described: Enforced<CommonDescription>, place: Place, { namespace, labels, serviceAccount, deployment, service }: Found,
): WorkloadNode {
  const { otherwise } = place;
  const { opaquePorts, grpcPorts, mediaPorts, healthPath, externalAuthorizer } = described;
  const ports = [...new Set(described.ports)]; // one that is stated twice is reported, and must not make two objects of one name until then
  const jwt = described.jwt ?? otherwise?.jwt;
  const node = {
    origin: member, title: place.title, name: place.name, namespace, serviceAccount, labels, deployment, service,
    ports, opaquePorts, grpcPorts, mediaPorts, healthPath, externalAuthorizer, jwt, rateLimit: described.rateLimit ?? otherwise?.rateLimit,
    callers: place.callers, items: place.items, mcpProxy: place.mcpProxy, allowedOrigins: place.allowedOrigins, tokens: place.tokens,
    routable: place.routable, requests: limitedBy(jwt, place.requests), egress: egressOf(member, described.egress ?? otherwise?.egress, namespace),
  };
  return node satisfies Record<keyof CommonDescription | Exclude<keyof Place, 'waypoint' | 'otherwise'>, unknown>;
}

/**
 * Returns the egress of a workload with the waypoint that inspects calls to named hosts, if the mesh has one. The waypoint is never
 * created in a namespace that is not in the mesh.
 */
function egressOf(member: Membership, egress: WorkloadEgressFacts | undefined, namespace: string): WorkloadEgressFacts | undefined {
  const { namespaces, facts } = member.model;
  if (!egress || egress.hostnames.length === 0) return egress;
  return { ...egress, waypoint: ensureNamespaceWaypoint(member, namespaces.has(namespace) ? namespace : facts.namespace) };
}

/** Returns the request limits, with the token that every request must carry. */
export function limitedBy(jwt: JwtFacts | undefined, requests: RequestLimits | undefined): RequestLimits | undefined {
  return jwt?.required ? { ...requests, token: { issuer: jwt.issuer } } : requests;
}

/** Returns the Service that the library creates for the first port. */
function ownService(
  described: Enforced<CommonDescription>, service: NonNullable<Place['service']>, namespace: string, waypoint: WaypointNode | undefined,
): ServiceNode {
  const [targetPort] = described.ports;
  return { ...service, namespace, targetPort, protocol: protocolAt(described, targetPort), waypoint };
}

function statedService(
  member: Membership, described: Enforced<CommonDescription>, service: ExistingService, namespace: string, waypoint?: WaypointNode,
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
    headless: service.headless, statedLabels: { ...service.labels }, waypoint,
  };
}
