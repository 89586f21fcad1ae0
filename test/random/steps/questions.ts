import { tmpdir } from 'os';
import { join } from 'path';
import { IConstruct } from 'constructs';
import {
  Affinity, Agent, AgentMesh, CalleeReference, CallerReference, CanaryRoute, ExternalHost, ExternalHostProtocol, GatewayProvider, Identity,
  IdentityGroup, InferenceGateway, InferencePool, InferenceTenant,
  McpProvider, McpToolBoundary, MediaPort, MeshProvider, Port, PortProtocol, RouteTargetReference, TokenCaller, TransportProtocol, UnauthenticatedPort, Volume, Workload,
} from '../../../src';
import { Drawing } from '../drawing';
import { identity, tokenCaller } from '../draws/callers';
import { call } from '../draws/calls';
import { externalHost } from '../draws/demands';
import { someMesh } from '../draws/places';
import { deploy } from '../draws/workloads';
import { called, Expr, factory, foreign, lit, member, read } from '../expr';

const ACCESS_FILE = join(tmpdir(), 'random-programs', 'access.txt');

/** The report of a program that is not complete yet, and a line about a call that names what its callee does not have. */
const REPORTED = /^Validation failed with the following errors:\n/;
/** What an agent says that has no Service of its own name. */
const NO_SERVICE = /has no URL, because no Service has the name of the agent/;
const MISTAKEN = /^.+: .+ \[AM001\]( \([^()]+:\d+\))?$/s;

/** What a question comes to: its answer, or the text of the error that it may end with. */
function attempted<T>({ text, uses, make }: Expr<T>, expected: RegExp): Expr<T | string> {
  return {
    uses, text: `(() => { try { return ${text}; } catch (error) { return error.message; } })()`,
    make: (variables) => {
      try {
        return make(variables);
      } catch (error) {
        const { message } = error as Error;
        if (expected.test(message)) return message;
        throw error;
      }
    },
  };
}

/** What a program reads of what it has defined; nothing changes by it. */
function readings(on: Drawing): Record<string, () => Expr<unknown> | undefined> {
  const { plan, tape } = on;
  const mesh = someMesh(on);
  const ofSome = <T>(all: readonly { readonly expr: Expr<T> }[], of: (one: Expr<T>) => Expr<unknown>) =>
    () => (all.length > 0 ? of(tape.pick(all).expr) : undefined);
  const versions = plan.agents.flatMap((agent) => agent.versions);
  const anyone = () => identity(on, mesh);
  const port = () => factory(MediaPort, tape.pick(['udp', 'tcp']), lit(40_000));
  const podPort = () => factory(Port, tape.pick(['http', 'grpc', 'tls', 'tcp']), lit(8000));
  const host = () => externalHost('api.example.com');
  return {
    'AgentMesh#namespace': () => read(AgentMesh, mesh.expr, 'namespace'),
    'AgentMesh#describeAccess': () => called(AgentMesh, mesh.expr, 'describeAccess'),
    'AgentMesh#validate': () => called(AgentMesh, mesh.expr, 'validate'),
    'AgentMesh#writeAccess': () => attempted(called(AgentMesh, mesh.expr, 'writeAccess', lit(ACCESS_FILE)), REPORTED),
    'AgentMesh#findings': () => called(AgentMesh, mesh.expr, 'findings'),
    'AgentMesh.of': () => factory(AgentMesh, 'of', plan.agents.find((agent) => agent.mesh === mesh && agent.isInside)?.expr as Expr<IConstruct> | undefined ?? mesh.expr),
    'Agent#title': ofSome(plan.agents, (one) => read(Agent, one, 'title')),
    'Agent#identity': ofSome(plan.agents, (one) => read(Agent, one, 'identity')),
    'Agent#asCaller': ofSome(plan.agents, (one) => read(Agent, one, 'asCaller')),
    'Agent#asCallee': ofSome(plan.agents, (one) => read(Agent, one, 'asCallee')),
    'Agent#asRouteTarget': ofSome(plan.agents, (one) => read(Agent, one, 'asRouteTarget')),
    'Agent#serviceName': ofSome(plan.agents, (one) => attempted(read(Agent, one, 'serviceName'), NO_SERVICE)),
    'Agent#url': ofSome(plan.agents, (one) => attempted(read(Agent, one, 'url'), NO_SERVICE)),
    'AgentMesh#members': () => called(IdentityGroup, read(AgentMesh, mesh.expr, 'members'), 'toString'),
    'IdentityGroup#asCaller': () => read(IdentityGroup, factory(Identity, 'allOf', lit('ops')), 'asCaller'),
    'IdentityGroup#toString': () => called(IdentityGroup, factory(Identity, 'allOf', lit('ops')), 'toString'),
    'CallerReference#toString': () => called(CallerReference, read(Identity, anyone(), 'asCaller'), 'toString'),
    'CalleeReference#toString': ofSome(versions, (one) => called(CalleeReference, read(Workload, one, 'asCallee'), 'toString')),
    'RouteTargetReference#toString': ofSome(versions, (one) => called(RouteTargetReference, read(Workload, one, 'asRouteTarget'), 'toString')),
    'Workload#asCaller': ofSome(versions, (one) => read(Workload, one, 'asCaller')),
    'Workload#asCallee': ofSome(versions, (one) => read(Workload, one, 'asCallee')),
    'Workload#asRouteTarget': ofSome(versions, (one) => read(Workload, one, 'asRouteTarget')),
    'Workload#title': ofSome(versions, (one) => read(Workload, one, 'title')),
    'Workload#toString': () => called(Workload, tape.oneIn(2) && versions.length > 0 ? tape.pick(versions).expr : deploy(on, { mesh, mayDemand: true }).expr, 'toString'),
    'McpToolBoundary#title': ofSome(plan.boundaries, (one) => read(McpToolBoundary, one, 'title')),
    'McpToolBoundary#asCallee': ofSome(plan.boundaries, (one) => read(McpToolBoundary, one, 'asCallee')),
    'McpToolBoundary#asRouteTarget': ofSome(plan.boundaries, (one) => read(McpToolBoundary, one, 'asRouteTarget')),
    'McpToolBoundary#serviceName': ofSome(plan.boundaries, (one) => read(McpToolBoundary, one, 'serviceName')),
    'McpToolBoundary#url': ofSome(plan.boundaries, (one) => read(McpToolBoundary, one, 'url')),
    'InferenceGateway#urls': ofSome(plan.gateways, (one) => read(InferenceGateway, one, 'urls')),
    'McpToolBoundary#tools': ofSome(plan.boundaries, (one) => read(McpToolBoundary, one, 'tools')),
    'InferenceGateway#asCallee': ofSome(plan.gateways, (one) => read(InferenceGateway, one, 'asCallee')),
    'InferenceGateway#title': ofSome(plan.gateways, (one) => read(InferenceGateway, one, 'title')),
    'InferenceGateway#hostnames': ofSome(plan.gateways, (one) => read(InferenceGateway, one, 'hostnames')),
    'InferencePool#asCallee': ofSome(plan.pools, (one) => read(InferencePool, one, 'asCallee')),
    'InferencePool#asRouteTarget': ofSome(plan.pools, (one) => read(InferencePool, one, 'asRouteTarget')),
    'InferencePool#url': ofSome(plan.pools, (one) => read(InferencePool, one, 'url')),
    'InferencePool#title': ofSome(plan.pools, (one) => read(InferencePool, one, 'title')),
    'InferenceTenant#asCallee': ofSome(plan.tenants, (one) => read(InferenceTenant, one, 'asCallee')),
    'InferenceTenant#title': ofSome(plan.tenants, (one) => read(InferenceTenant, one, 'title')),
    'InferenceTenant#url': ofSome(plan.tenants, (one) => read(InferenceTenant, one, 'url')),
    'CanaryRoute#percent': ofSome(plan.canaries.map((expr) => ({ expr })), (one) => read(CanaryRoute, one, 'percent')),
    'Identity#namespace': () => read(Identity, anyone(), 'namespace'),
    'Identity#serviceAccount': () => read(Identity, anyone(), 'serviceAccount'),
    'Identity#trustDomain': () => read(Identity, anyone(), 'trustDomain'),
    'Identity#asCaller': () => read(Identity, anyone(), 'asCaller'),
    'Identity#toString': () => called(Identity, anyone(), 'toString'),
    'TokenCaller#asCaller': () => read(TokenCaller, tokenCaller(on, mesh), 'asCaller'),
    'Affinity#title': () => read(Affinity, factory(Affinity, 'nodes', lit({ zone: ['a'] })), 'title'),
    'Volume#title': () => read(Volume, factory(Volume, 'emptyDir'), 'title'),
    'MediaPort#port': () => read(MediaPort, port(), 'port'),
    'MediaPort#protocol': () => {
      const [of, protocol] = [port(), member('TransportProtocol', TransportProtocol, tape.pick(['UDP', 'TCP']))];
      return foreign(`${of.text}.protocol === ${protocol.text}`, (variables) => of.make(variables).protocol === protocol.make(variables), [read(MediaPort, of, 'protocol'), protocol]);
    },
    'MediaPort#toString': () => called(MediaPort, port(), 'toString'),
    'UnauthenticatedPort#port': () => read(UnauthenticatedPort, factory(UnauthenticatedPort, 'of', lit(9443)), 'port'),
    'UnauthenticatedPort#networks': () => read(UnauthenticatedPort, factory(UnauthenticatedPort, 'of', lit(9443)), 'networks'),
    'UnauthenticatedPort#toString': () => called(UnauthenticatedPort, factory(UnauthenticatedPort, 'of', lit(9443)), 'toString'),
    'Port#number': () => read(Port, podPort(), 'number'),
    'Port#protocol': () => {
      const [of, protocol] = [podPort(), member('PortProtocol', PortProtocol, on.choice({ 'PortProtocol.HTTP': 'HTTP', 'PortProtocol.GRPC': 'GRPC', 'PortProtocol.TLS': 'TLS', 'PortProtocol.TCP': 'TCP' }))];
      return foreign(`${of.text}.protocol === ${protocol.text}`, (variables) => of.make(variables).protocol === protocol.make(variables), [read(Port, of, 'protocol'), protocol]);
    },
    'Port#toString': () => called(Port, podPort(), 'toString'),
    'ExternalHost#hostname': () => read(ExternalHost, host(), 'hostname'),
    'ExternalHost#protocol': () => {
      const [of, protocol] = [host(), member('ExternalHostProtocol', ExternalHostProtocol, on.choice({ 'ExternalHostProtocol.TLS': 'TLS', 'ExternalHostProtocol.TCP': 'TCP' }))];
      return foreign(`${of.text}.protocol === ${protocol.text}`, (variables) => of.make(variables).protocol === protocol.make(variables), [read(ExternalHost, of, 'protocol'), protocol]);
    },
    'ExternalHost#cidrs': () => read(ExternalHost, host(), 'cidrs'),
    'ExternalHost#port': () => read(ExternalHost, host(), 'port'),
    'ExternalHost#toString': () => called(ExternalHost, host(), 'toString'),
    'MeshProvider#label': () => read(MeshProvider, factory(MeshProvider, 'linkerd'), 'label'),
    'McpProvider#label': () => read(McpProvider, factory(McpProvider, 'agentgateway'), 'label'),
    'GatewayProvider#label': () => read(GatewayProvider, factory(GatewayProvider, 'istio'), 'label'),
  };
}

/** Somebody reads something in the middle of a program. */
export function reading(on: Drawing): void {
  const asked = on.choice(readings(on))();
  if (asked) on.plan.add('question', asked);
}

/** A decision that is asked for in the middle of a program, and again when it is complete. */
export function decision(on: Drawing): void {
  const mesh = someMesh(on);
  const asked = attempted(called(AgentMesh, mesh.expr, 'decide', call(on)), MISTAKEN);
  on.plan.questions.push(asked);
  if (on.tape.oneIn(2)) on.plan.add('question', asked);
}

