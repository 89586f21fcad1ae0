import { Construct } from 'constructs';
import { Admission } from '../model/admission';
import { Caller } from '../model/callers';
import { Capability, Refusal } from '../model/capability';
import { GatewayNode } from '../model/gateway';
import { MeshModel, NamespaceNode } from '../model/mesh';
import { PoolNode } from '../model/pool';
import { RequestRule } from '../model/request-rule';
import { RouteNode } from '../model/route';
import { ServiceNode } from '../model/service';
import { WaypointNode } from '../model/waypoint';
import { WorkloadNode } from '../model/workload';

/** Why a back end cannot do something, or nothing where it can. */
export interface Capable {
  /** As in a program: "MeshProvider.istioAmbient". */
  readonly label: string;
  refuses(capability: Capability): Refusal | undefined;
}

/** Who proves identity and guards connections. Every method emits under the scope that it is given. */
export interface MeshBackend extends Capable {
  /** How a gateway's proxies join the mesh so that the mesh, not the proxy, encrypts what it sends. */
  readonly enrolment: GatewayEnrolment;
  /** Enrols a namespace and closes it, so that nobody may call anybody there, and has its proxies log and count. */
  establish(scope: Construct, namespace: NamespaceNode): void;
  /** The ServiceAccount that workloads prove themselves with; its id is `service-account`. */
  identify(scope: Construct, account: { readonly serviceAccount: string; readonly namespace: string }): void;
  /** The Deployment of a workload that is deployed here; its id is `deployment`. */
  deploy(scope: Construct, workload: WorkloadNode): void;
  /** The Service of a workload; its id is `service`. */
  offer(scope: Construct, model: MeshModel, workload: WorkloadNode, service: ServiceNode): void;
  /** The floor: the only ones who may connect to the pods, read when the object is written. */
  protect(scope: Construct, id: string, model: MeshModel, workload: WorkloadNode, admissions: () => readonly Admission[]): void;
  /** Who the grants of a workload, and what reads requests before it, let connect to its pods. */
  admissions(model: MeshModel, workload: WorkloadNode): readonly Admission[];
  /** A proxy inside the mesh that reads requests, closed. */
  openWaypoint(scope: Construct, waypoint: WaypointNode, namespaces: () => readonly string[]): void;
  /** Whether a Service of a namespace must say that no waypoint reads its requests. */
  mayBeRead(namespace: NamespaceNode | undefined): boolean;
  /** The ServiceAccount of a waypoint's proxies. */
  waypointServiceAccount(name: string): string;
  /** The only requests that a Service takes, read where its waypoint is and when the object is written. */
  guard(scope: Construct, id: string, service: ServiceNode, model: MeshModel, rule: () => RequestRule): void;
}

/** Labels of the proxies, and environment of their container. */
export interface GatewayEnrolment {
  readonly labels: Readonly<Record<string, string>>;
  readonly environment: Readonly<Record<string, string>>;
}

/** Who reads the requests of clients: hosts, routes, pools. Every method emits under the scope that it is given. */
export interface GatewayBackend extends Capable {
  /** The longest that is appended to a gateway's name, here or by its controller. */
  readonly nameSuffix: string;
  /** The ServiceAccount of a gateway's proxies. */
  serviceAccount(gatewayName: string): string;
  /** The door itself, open for its hosts and for nothing else. */
  expose(scope: Construct, model: MeshModel, gateway: GatewayNode): void;
  /** Opens a door of the team for its hosts, where the mesh has closed its namespace. */
  admitHosts(scope: Construct, gateway: GatewayNode): void;
  /** A pool, its picker, and the way from the gateway to it; what pools share is found or made under the gateway. */
  serve(scope: Construct, gatewayScope: Construct, model: MeshModel, pool: PoolNode): void;
  /** How requests are shared out. */
  route(scope: Construct, route: RouteNode): void;
  /** Who pools and routes let connect to the pods of a workload. */
  admissions(model: MeshModel, workload: WorkloadNode): readonly Admission[];
  /** Every proxy of the gateways of a mesh, as who calls. */
  proxies(model: MeshModel): readonly Caller[];
  /** What the proxies of a gateway prove to be when they call. */
  caller(model: MeshModel, gateway: GatewayNode): Caller;
}
