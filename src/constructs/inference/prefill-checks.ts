import { PrefillServers } from './prefill-props';
import { poolSelector } from '../../model/disaggregation';
import { servedNames } from '../../model/model-server';
import { isPort } from '../../model/names';
import { DEFAULT_ENGINE } from '../../model/picker/config';
import { disaggregationProblem } from '../../model/picker/disaggregation';
import { eventPorts, pickerSettings, PoolNode } from '../../model/pool';
import { InputProblem, listed } from '../../model/problem';
import { AppProtocol } from '../../model/service';
import { protocolAt, WorkloadNode } from '../../model/workload';
import { ROLE_LABEL, roleLabels } from '../../providers/inference-extension/roles';
import { Workload, workloadDescription } from '../../values/workload';
import { Membership } from '../membership/membership';

/** Returns whether two workloads can be the decode and the prefill servers of a pool. Reports those that other constructs use. */
export function isUsable(member: Membership, title: string, workload: Workload, prefill: Workload): boolean {
  const [decode, other] = [workloadDescription.of(workload), workloadDescription.of(prefill)];
  const report = (problem: InputProblem): boolean => {
    member.report(problem, 'AM240');
    return false;
  };
  if (workload === prefill) {
    return report({ message: `the prefill servers of ${title} are its decode servers`, actual: prefill.title, expected: 'two workloads', fix: 'define a second workload with Workload.deploy or Workload.existing' });
  }
  if (decode.kind === 'bound' || other.kind === 'bound') {
    const isShared = member.model.pools.some((pool) => decode.kind === 'bound' && other.kind === 'bound' && pool.servers === decode.node && pool.prefill?.servers === other.node);
    const used = decode.kind === 'bound' ? decode.node : other.kind === 'bound' ? other.node : undefined;
    return isShared || report({
      message: `${used!.title} cannot serve ${title} with prefill servers, because another construct already uses this workload in another way`, actual: used!.title,
      expected: 'workloads that only this pool uses, or both workloads of another pool with prefill servers', fix: 'define the decode servers and the prefill servers with Workload.deploy or Workload.existing',
    });
  }
  const stated = ([['decode', decode], ['prefill', other]] as const).flatMap(([role, one]) => (one.kind === 'deploy'
    ? Object.keys(roleLabels({ role, pool: '' })).filter((key) => Object.hasOwn(one.facts.podLabels, key)).map((key) => `${key}: ${one.facts.podLabels[key]}`) : []));
  return stated.length === 0 || report({ message: `\`podLabels\` of the servers of ${title} has a label that the library sets`, actual: stated, expected: 'no labels with the role or the pool of the pods', fix: 'remove the label' });
}

/** Reports decode and prefill servers that cannot work together, or that the endpoint picker of their pool would not tell apart. */
export function checkPrefill(member: Membership, title: string, pool: PoolNode): void {
  if (!pool.prefill) return;
  const { targetPorts, prefill: { transferPorts: [, ...transfer] } } = pool;
  if (targetPorts.length !== 1) {
    member.report({
      message: `${title} has prefill servers and several target ports, but the routing sidecar of decode pods sends prompts to one port of the prefill pods`,
      actual: [...targetPorts], expected: 'one port in `targetPorts`', fix: 'list one port in `targetPorts`; servers with prefill have no data parallel ranks',
    }, 'AM240');
    return;
  }
  const problems = [
    ...portFaults(pool, transfer), modelFault(pool, title), decodePortFault(pool, title),
    ...placeFaults(member, pool, title), ...selectorFaults(pool, title),
    variableFault(pool.servers, ['VLLM_NIXL_SIDE_CHANNEL_HOST', 'VLLM_NIXL_SIDE_CHANNEL_PORT']),
    variableFault(pool.prefill.servers, ['VLLM_NIXL_SIDE_CHANNEL_HOST', 'VLLM_NIXL_SIDE_CHANNEL_PORT', ...transfer.length > 0 ? ['UCX_TCP_PORT_RANGE'] : []]),
    ...pickerFaults(pool, title),
  ];
  for (const problem of problems) member.report(problem, 'AM240');
}

/** Returns the ports that the prefill pods need and do not have, and ports that exclude each other. */
function portFaults(pool: PoolNode, kvTransferPorts: readonly number[]): InputProblem[] {
  const { targetPorts, metricsPort, prefill } = pool;
  const { servers, transferPorts } = prefill!;
  const speaks = (port: number, protocol: AppProtocol) => isPort(port) && servers.ports.includes(port) && protocolAt(servers, port) === protocol;
  const http = [...new Set([...targetPorts, metricsPort])].filter((port) => !speaks(port, 'http'));
  const tcp = [...new Set([...transferPorts, ...eventPorts(pool)])].filter((port) => !speaks(port, 'opaque'));
  const all = [...targetPorts, ...transferPorts];
  const sorted = [...kvTransferPorts].sort((a, b) => a - b);
  return [
    ...http.map((port) => ({ message: `${servers.title} do not serve HTTP/1.1 at port ${port}, at which an InferencePool serves and the endpoint picker reads metrics in the pods of both roles`, actual: [...servers.ports], expected: `\`Port.http(${port})\` in \`ports\``, fix: `let the prefill servers listen at port ${port} and add \`Port.http(${port})\` to their \`ports\`, or correct \`targetPorts\` or \`metricsPort\` of the pool` })),
    ...tcp.map((port) => ({ message: `${servers.title} do not declare port ${port}, from which other pods read their KV cache or its events`, actual: [...servers.ports], expected: `\`Port.tcp(${port})\` in \`ports\``, fix: `add \`Port.tcp(${port})\` to the \`ports\` of the prefill servers, or correct the port in \`prefill\` or in the events of \`config\`` })),
    ...new Set(all).size === all.length ? [] : [{ message: `a port of ${servers.title} has two uses`, actual: all, expected: 'different ports for requests, for the NIXL handshake and for KV cache transfer', fix: 'correct `sideChannelPort` or `kvTransferPorts`' }],
    ...sorted.every((port, i) => port === sorted[0] + i) ? [] : [{ message: '`kvTransferPorts` has a gap, but UCX takes one range of ports', actual: [...kvTransferPorts], expected: 'consecutive ports', fix: 'list consecutive ports' }],
  ];
}

/** The routing sidecar sends a prompt to the prefill pod with the name of the model that the request has. */
function modelFault({ servers, prefill }: PoolNode, title: string): InputProblem | undefined {
  const [decode, other] = [servers, prefill!.servers].map(({ deployment }) => deployment?.modelServer && servedNames(deployment.modelServer));
  if (!decode || !other || decode.join() === other.join()) return undefined;
  return {
    message: `the decode servers and the prefill servers of ${title} serve different models`, actual: { decode, prefill: other }, expected: 'the same names in `servedModelNames` and `loraAdapters` of both', fix: 'let the servers of both roles serve the same models',
  };
}

interface ServersOfPool {
  readonly workload: Workload;
  readonly prefill?: PrefillServers;
}

/** Reports decode servers of another pool in a pool without prefill servers, whose requests would pass by the routing sidecar. */
export function checkRoles(member: Membership, title: string, { workload, prefill }: ServersOfPool): void {
  const description = workloadDescription.of(workload);
  if (prefill || description.kind !== 'bound' || !description.node.disaggregated) return;
  member.report({
    message: `requests at ${title} would pass by the routing sidecar of ${description.node.title}, which another pool uses with prefill servers`, actual: 'no `prefill`', expected: 'the same `prefill` as that pool',
    fix: 'set `prefill` with the workload of the prefill servers of that pool, or define other servers',
  }, 'AM240');
}

/** The routing sidecar and the model server of a decode pod need a port each, and requests must reach the sidecar. */
function decodePortFault({ servers, targetPorts }: PoolNode, title: string): InputProblem | undefined {
  const { ports, mediaPorts, disaggregated } = servers;
  const sidecar = disaggregated?.sidecar;
  if (!sidecar) return undefined;
  const isTaken = ports.includes(sidecar.port) || mediaPorts.some(({ port, protocol }) => protocol === 'TCP' && port === sidecar.port);
  if (isTaken) {
    return { message: `the routing sidecar of ${servers.title} listens at port ${sidecar.port}, which is also a port of the model server`, actual: sidecar.port, expected: 'another port of the model server, such as 8200', fix: 'let the model server of the decode pods listen at another port (--port=8200) and declare that port in `ports`' };
  }
  return targetPorts.includes(sidecar.port) ? undefined : {
    message: `requests at ${title} would not reach the routing sidecar of ${servers.title}`, actual: [...targetPorts], expected: `port ${sidecar.port} in \`targetPorts\``, fix: 'use the target port of the first pool of these servers',
  };
}

/** Returns what keeps the pods from being in one InferencePool, or what would open them. */
function placeFaults({ model, context }: Membership, { namespace, prefill, servers: decode, failOpen }: PoolNode, title: string): InputProblem[] {
  const { servers } = prefill!;
  const isUnlimited = decode.egress === undefined && context.mesh.limitations.allowsUnnamedHosts(namespace);
  return [
    ...servers.namespace === namespace ? [] : [{ message: `${servers.title} are in another namespace than ${title}, which selects only pods of its own namespace`, actual: servers.namespace, expected: namespace, fix: 'run the decode servers and the prefill servers in one namespace' }],
    ...!isUnlimited ? [] : [{
      message: `clients of ${title} could make its decode pods connect to any address outside the mesh, because vLLM connects to the host that \`kv_transfer_params\` in the body of a request names`, actual: 'no `egress`',
      expected: '`egress` of the decode servers, which may be empty', fix: 'set `egress` of the decode servers, with the hosts from which they load the model',
    }],
    ...!failOpen ? [] : [{ message: `without the endpoint picker, gateways would send requests at ${title} also to its prefill servers, which deny them`, actual: 'FailureMode.FAIL_OPEN', expected: 'FailureMode.FAIL_CLOSED', fix: 'remove `failureMode`' }],
    ...!model.isAuditOnly(namespace) ? [] : [{
      message: `in an audit-only namespace no gateway removes the header x-prefiller-host-port from requests, so every client of ${title} could choose a server to which decode pods send prompts`, actual: namespace,
      expected: 'a namespace that enforces', fix: 'remove the namespace from `auditOnlyNamespaces`, or add `prefill` when it enforces',
    }],
  ];
}

/** Returns labels by which the InferencePool cannot select the pods of both roles, or the picker cannot tell them apart. */
function selectorFaults(pool: PoolNode, title: string): InputProblem[] {
  const prefill = pool.prefill!.servers;
  const none = Object.keys(poolSelector(pool)).length > 0 || pool.existing ? [] : [{
    message: `no label selects both the decode pods and the prefill pods of ${title}`, actual: [{ ...pool.servers.labels }, { ...prefill.labels }],
    expected: 'a label with the same value in the `labels` of both workloads', fix: 'add a label that the pods of both roles have, and no others, to `labels` of both workloads',
  }];
  const wrong = ([['decode', pool.servers], ['prefill', prefill]] as const).filter(([role, { deployment, labels }]) => {
    const stated = labels[ROLE_LABEL];
    return !deployment && pool.picker.deployment && stated !== role && (role === 'prefill' || stated !== undefined);
  });
  return [...none, ...wrong.map(([role, { title: of, labels }]) => ({
    message: `the endpoint picker of ${title} does not take ${of} for ${role} servers`, actual: labels[ROLE_LABEL] ?? 'no role', expected: `the label ${ROLE_LABEL}=${role} in \`labels\``, fix: `label the pods ${ROLE_LABEL}=${role}, and add the label to \`labels\``,
  }))];
}

function variableFault({ title, deployment, disaggregated }: WorkloadNode, names: readonly string[]): InputProblem | undefined {
  const { env = {}, secretEnv = {} } = (disaggregated && deployment) ?? {};
  const stated = names.filter((name) => Object.hasOwn(env, name) || Object.hasOwn(secretEnv, name));
  return stated.length === 0 ? undefined : { message: `an environment variable of ${title} is set by the library`, actual: listed(stated), expected: '`sideChannelPort` and `kvTransferPorts` of `prefill`', fix: 'remove the variable' };
}

/** Returns why the picker that the library deploys would not use the prefill servers, or would send requests to them. */
function pickerFaults({ picker: { deployment }, ...rest }: PoolNode, title: string): InputProblem[] {
  if (!deployment) return [];
  const problem = disaggregationProblem(pickerSettings(rest, deployment));
  return [
    ...problem ? [{ ...problem, message: `the endpoint picker of ${title} ${problem.message}` }] : [],
    ...deployment.engine === DEFAULT_ENGINE ? [] : [{ message: `decode pods of ${title} read the KV cache of prefill pods by vLLM's NixlConnector, which this model server does not have`, actual: deployment.engine, expected: 'ModelServer.VLLM', fix: 'remove `modelServer`, or remove `prefill`' }],
  ];
}
