import { checkDeployment, checkPort } from './deployment-checks';
import { checkEgress, enforcedEgress } from './egress-checks';
import { Membership } from './membership';
import { mountPath } from './mount-checks';
import { checkPorts, enforcedMedia } from './port-checks';
import { checkProbes } from './probe-checks';
import { enforcedDemands } from './request-checks';
import { statedTexts } from './text-checks';
import { namespaceWaypoint } from './waypoint';
import { isMeshLabel, nameProblem, selectorProblem, serviceAccountProblem } from '../model/names';
import { JwtFacts, RequestLimits } from '../model/request-rule';
import { ServiceNode } from '../model/service';
import { WaypointNode } from '../model/waypoint';
import { protocolAt, WorkloadEgressFacts, WorkloadNode } from '../model/workload';
import { CommonDescription, Workload, WorkloadDescription, workloadDescription } from '../values/workload';
import { ExistingServiceOptions } from '../values/workload-options';

/** The place that a workload gets. */
export interface Place extends Pick<
  WorkloadNode, 'title' | 'name' | 'namespace' | 'serviceAccount' | 'labels' | 'callers' | 'routable' | 'requests' | 'items' | 'front' | 'allowedOrigins' | 'tokens'
> {
  /** The Service that the library makes for it, unless the team has said that it has one. */
  readonly service?: Pick<ServiceNode, 'name' | 'port' | 'federated' | 'circuitBreaker' | 'affinityHeader'>;
  readonly waypoint?: WaypointNode;
  /** What its pods may call outside, and who may send it what, where the workload's own description says nothing of it. */
  readonly otherwise?: Pick<WorkloadNode, 'egress' | 'jwt' | 'rateLimit'>;
}

/** Gives a workload its place; from then on `workload` stands for that place. */
export function bindWorkload(member: Membership, workload: Workload, place: Place): WorkloadNode {
  const description = workloadDescription.of(workload);
  if (description.kind === 'bound') {
    member.report({ what: `the workload already is ${description.node.title}`, got: place.title, allowed: 'one place for each workload', next: 'describe another workload with Workload.deploy or Workload.existing' });
    // Stands in, so that the rest can be checked too.
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

type Deploy = Extract<WorkloadDescription, { kind: 'deploy' }>;
type Existing = Extract<WorkloadDescription, { kind: 'existing' }>;

function deployed(member: Membership, described: Deploy, place: Place): WorkloadNode {
  const { facts } = described;
  checkDeployment(member, facts);
  member.context.namespace(place.namespace);
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
      what: `requests to ${place.title} cannot be read at a waypoint: it has no Service that is known`, got: place.waypoint.name,
      allowed: 'a workload with a Service', next: 'state the Service in Workload.existing, or drop the waypoint',
    });
  }
  member.report(selectorProblem(labels));
  const proxys = Object.keys(labels).find(isMeshLabel);
  if (proxys !== undefined) {
    member.report({ what: 'the selector names pods by a label of the mesh, and may find a gateway\'s proxies', got: proxys, allowed: 'labels of your own', next: 'select the pods by what the team labels them with' });
  }
  if (!member.model.namespaces.has(namespace)) member.report(nameProblem('the namespace of the workload', namespace));
  member.report(serviceAccountProblem(serviceAccount));
  return placed(member, described, place, {
    namespace, labels, serviceAccount, deployment: undefined,
    service: service ? statedService(member, described, service, namespace, place.waypoint)
      : place.service && ownService(described, place.service, namespace, place.waypoint),
  });
}

/** What tells pods that are deployed here from those of the team. */
type Found = Pick<WorkloadNode, 'namespace' | 'labels' | 'serviceAccount' | 'deployment' | 'service'>;

/** What it is, by its description and by its place; field by field, since a mesh has many of them, and JavaScript is slow to copy so many. */
function placed(
  member: Membership, described: CommonDescription, place: Place, { namespace, labels, serviceAccount, deployment, service }: Found,
): WorkloadNode {
  const { otherwise } = place;
  const { opaquePorts, grpcPorts, mediaPorts, healthPath, externalAuthorizer } = described;
  const ports = [...new Set(described.ports)]; // one that is stated twice is reported, and must not make two objects of one name until then
  const jwt = described.jwt ?? otherwise?.jwt;
  const node = {
    origin: member, title: place.title, name: place.name, namespace, serviceAccount, labels, deployment, service,
    ports, opaquePorts, grpcPorts, mediaPorts, healthPath, externalAuthorizer, jwt, rateLimit: described.rateLimit ?? otherwise?.rateLimit,
    callers: place.callers, items: place.items, front: place.front, allowedOrigins: place.allowedOrigins, tokens: place.tokens,
    routable: place.routable, requests: limitedBy(jwt, place.requests), egress: egressOf(member, described.egress ?? otherwise?.egress, namespace),
  };
  return node satisfies Record<keyof CommonDescription | Exclude<keyof Place, 'waypoint' | 'otherwise'>, unknown>;
}

/** Who reads what goes to hosts that are named, where the mesh has somebody: not in a namespace that the mesh was not told to take. */
function egressOf(member: Membership, egress: WorkloadEgressFacts | undefined, namespace: string): WorkloadEgressFacts | undefined {
  const { namespaces, facts } = member.model;
  if (!egress || egress.hostnames.length === 0) return egress;
  return { ...egress, waypoint: namespaceWaypoint(member, namespaces.has(namespace) ? namespace : facts.namespace) };
}

/** What requests must be, the token that all must carry with it. */
export function limitedBy(jwt: JwtFacts | undefined, requests: RequestLimits | undefined): RequestLimits | undefined {
  return jwt?.required ? { ...requests, token: { issuer: jwt.issuer } } : requests;
}

/** The Service that the library makes, to the first port. */
function ownService(
  described: CommonDescription, service: NonNullable<Place['service']>, namespace: string, waypoint: WaypointNode | undefined,
): ServiceNode {
  const [targetPort] = described.ports;
  return { ...service, namespace, targetPort, protocol: protocolAt(described, targetPort), waypoint };
}

function statedService(
  member: Membership, described: CommonDescription, service: ExistingServiceOptions, namespace: string, waypoint?: WaypointNode,
): ServiceNode {
  member.report(nameProblem('the name of the Service', service.name));
  const { ports } = described;
  const targetPort = service.targetPort ?? ports[0];
  checkPort(member, 'the port of the Service', service.port);
  if (!ports.includes(targetPort)) {
    member.report({ what: 'the Service leads to a port that the workload does not serve', got: targetPort, allowed: ports.join(', '), next: 'name a port that the pods listen on' });
  }
  return {
    name: service.name, namespace, port: service.port, targetPort, protocol: protocolAt(described, targetPort),
    headless: service.headless, statedLabels: { ...service.labels }, waypoint,
  };
}
