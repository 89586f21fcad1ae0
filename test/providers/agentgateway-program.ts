import {
  Cluster, GatewayApiChannel, Identity, McpProvider, McpServer, McpToolBoundary, MeshProvider, Port, Workload,
} from '../../src';
import { BoundaryOptions, boundaryProps, deploy, IMAGE, JWKS } from '../story';
import { Manifests, synth } from '../synth';

export const ambient = { mcp: McpProvider.agentgateway() };
export const linkerd = { ...ambient, mesh: MeshProvider.linkerd(), cluster: Cluster.of({ gatewayApiChannel: GatewayApiChannel.EXPERIMENTAL }) };
export const who = (serviceAccount: string) => Identity.of({ namespace: 'ops', serviceAccount });
export const single = () => Workload.deploy({ image: IMAGE, ports: [Port.http(8080)], replicas: 1 });
export const issuer = 'https://issuer.example.com';
export const jwt = { issuer, jwks: JWKS };
export const offered = { tools: ['find', 'refund'], prompts: ['hello'], resources: ['crm://all', 'ui://panel'] };
export const both = () => ({ one: McpServer.of(deploy([8080]), offered), two: McpServer.of(deploy([8081]), offered) });

export type Grant = (crm: McpToolBoundary) => void;
export const crmOf = (props: BoundaryOptions = {}, grant: Grant = () => {}, on: object = ambient): Manifests => synth((mesh) => {
  grant(new McpToolBoundary(mesh, 'crm', boundaryProps(props, offered)));
}, on);
export const policy = (objects: Manifests, name: string) => objects.get('AgentgatewayPolicy', name).spec;
export const policies = (objects: Manifests) => objects.names('AgentgatewayPolicy').map((name) => name.split('/')[2]);
export const mayUse = (objects: Manifests) => policy(objects, 'crm').backend.mcp.authorization.policy.matchExpressions;
export const mayCall = (objects: Manifests) => policy(objects, 'crm-callers').traffic.authorization.policy.matchExpressions;

export const gateway = { group: 'gateway.networking.k8s.io', kind: 'Gateway', name: 'crm' };
export const backend = { group: 'agentgateway.dev', kind: 'AgentgatewayBackend', name: 'crm' };
export const held = { strategy: { inheritance: 'Override' }, targetRefs: [gateway] };
export const is = (serviceAccount: string) =>
  `source.identity.trustDomain == "cluster.local" && source.identity.namespace == "ops" && source.identity.serviceAccount == "${serviceAccount}"`;
export const isOnLinkerd = (serviceAccount: string) => `request.headers["l5d-client-id"] == "${serviceAccount}.ops.serviceaccount.identity.linkerd.cluster.local"`;
export const has = (kind: string, target: string, ...names: string[]) =>
  `has(mcp.${kind}) && mcp.${kind}.target == "${target}" && mcp.${kind}.name in [${names.map((name) => `"${name}"`).join(', ')}]`;
