import { checkDeployment, checkPort } from './deployment-checks';
import { Membership } from './membership';
import { checkPorts } from './port-checks';
import { Callers } from '../model/callers';
import { ItemGrants } from '../model/item-grants';
import { isMeshLabel, nameProblem, selectorProblem, serviceAccountProblem } from '../model/names';
import { RequestLimits } from '../model/request-rule';
import { ServiceNode } from '../model/service';
import { ToolFront } from '../model/tool-front';
import { WaypointNode } from '../model/waypoint';
import { WorkloadNode } from '../model/workload';
import { CommonDescription, Workload, WorkloadDescription, workloadDescription } from '../values/workload';

/** The place that a workload gets. */
export interface Place {
  readonly title: string;
  readonly name: string;
  readonly namespace: string;
  /** ServiceAccount and labels, where the library deploys it. */
  readonly serviceAccount: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly callers: Callers;
  /** Whether gateways may lead to it. */
  readonly routable: boolean;
  /** The Service that the library makes for it, unless the team has said that it has one. */
  readonly service?: Pick<ServiceNode, 'name' | 'port' | 'federated' | 'circuitBreaker' | 'affinityHeader'>;
  /** The only requests that its callers may make. */
  readonly requests?: RequestLimits;
  readonly items?: ItemGrants;
  /** The only web pages whose requests it takes. */
  readonly allowedOrigins?: readonly string[];
  /** Who alone connects to it, where callers come to a proxy that reads MCP. */
  readonly front?: ToolFront;
  readonly waypoint?: WaypointNode;
}

/** Gives a workload its place; from then on `workload` stands for that place. */
export function bindWorkload(member: Membership, workload: Workload, place: Place): WorkloadNode {
  const description = workloadDescription.of(workload);
  if (description.kind === 'bound') {
    member.report({ what: `the workload already is ${description.node.title}`, got: place.title, allowed: 'one place for each workload', next: 'describe another workload with Workload.deploy or Workload.existing' });
    // Stands in, so that the rest can be checked too.
    return { ...description.node, ...place, service: place.service && { ...place.service, namespace: place.namespace, targetPort: 1 } };
  }
  const node = description.kind === 'deploy' ? deployed(member, description, place) : existing(member, description, place);
  checkPorts(member, node);
  if (node.deployment) member.context.namespace(node.namespace);
  member.model.workloads.push(node);
  workloadDescription.give(workload, { kind: 'bound', node });
  return node;
}

type Deploy = Extract<WorkloadDescription, { kind: 'deploy' }>;
type Existing = Extract<WorkloadDescription, { kind: 'existing' }>;

function deployed(member: Membership, { kind: _, facts, ...common }: Deploy, place: Place): WorkloadNode {
  checkDeployment(member, facts);
  const { title, name, namespace, labels, callers, routable } = place;
  const serviceAccount = facts.existingServiceAccount ?? place.serviceAccount;
  if (facts.existingServiceAccount !== undefined) member.report(serviceAccountProblem(serviceAccount));
  return {
    ...common, origin: member, title, name, namespace, serviceAccount, labels, callers, routable, deployment: facts,
    requests: limits(common, place), items: place.items, front: place.front, allowedOrigins: place.allowedOrigins,
    service: place.service && common.ports.length > 0 ? ownService(common, place.service, namespace, place.waypoint) : undefined,
  };
}

function existing(member: Membership, description: Existing, place: Place): WorkloadNode {
  const { labels, serviceAccount, ports, opaquePorts, mediaPorts, healthPath, rateLimit, jwt, externalAuthorizer } = description;
  if (place.waypoint && !description.service && !place.service) {
    member.report({
      what: `requests to ${place.title} cannot be read at a waypoint: it has no Service that is known`, got: place.waypoint.name,
      allowed: 'a workload with a Service', next: 'state the Service in Workload.existing, or drop the waypoint',
    });
  }
  const namespace = description.namespace ?? place.namespace;
  member.report(selectorProblem(labels));
  const proxys = Object.keys(labels).find(isMeshLabel);
  if (proxys !== undefined) {
    member.report({ what: 'the selector names pods by a label of the mesh, and may find a gateway\'s proxies', got: proxys, allowed: 'labels of your own', next: 'select the pods by what the team labels them with' });
  }
  if (!member.model.namespaces.has(namespace)) member.report(nameProblem('the namespace of the workload', namespace));
  member.report(serviceAccountProblem(serviceAccount));
  return {
    origin: member, title: place.title, name: place.name, namespace, serviceAccount, labels, callers: place.callers, routable: place.routable,
    ports, opaquePorts, mediaPorts, healthPath, rateLimit, jwt, externalAuthorizer,
    requests: limits(description, place), items: place.items, front: place.front, allowedOrigins: place.allowedOrigins,
    service: statedService(member, description, namespace, place.waypoint)
      ?? (place.service && ownService(description, place.service, namespace, place.waypoint)),
  };
}

function limits({ jwt }: CommonDescription, { requests }: Place): RequestLimits | undefined {
  return jwt ? { ...requests, tokenIssuer: jwt.issuer } : requests;
}

/** The Service that the library makes, to the first port. */
function ownService(
  { ports, opaquePorts }: CommonDescription, service: NonNullable<Place['service']>, namespace: string, waypoint: WaypointNode | undefined,
): ServiceNode {
  const [targetPort] = ports;
  return { ...service, namespace, targetPort, opaque: opaquePorts.includes(targetPort), waypoint };
}

function statedService(member: Membership, description: Existing, namespace: string, waypoint?: WaypointNode): ServiceNode | undefined {
  const { service } = description;
  if (!service) return undefined;
  member.report(nameProblem('the name of the Service', service.name));
  const targetPort = service.targetPort ?? description.ports[0];
  checkPort(member, 'the port of the Service', service.port);
  if (!description.ports.includes(targetPort)) {
    member.report({ what: 'the Service leads to a port that the workload does not serve', got: targetPort, allowed: description.ports.join(', '), next: 'name a port that the pods listen on' });
  }
  return {
    name: service.name, namespace, port: service.port, targetPort, opaque: description.opaquePorts.includes(targetPort),
    statedLabels: { ...service.labels }, waypoint,
  };
}
