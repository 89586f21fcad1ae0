import { checkFlowControl } from './flow-control-checks';
import { checkPickerHeaders } from './picker-header-checks';
import { protocolProblems } from './picker-protocol-checks';
import { checkRendering } from './render-checks';
import { DEFAULT_ENGINE, eventPortsOf, instanceName, METRICS_EXTRACTOR, METRICS_SOURCE, PickerConfiguration, PluginSpec, recordOf, scrapesMetrics } from '../../model/picker/config';
import { judgePickerFile } from '../../model/picker/judge';
import { textsIn } from '../../model/picker/parameter-texts';
import { hasFlowControl } from '../../model/picker/per-replica';
import { enginesOf, unsupportedPlugins } from '../../model/picker/supported';
import { eventPorts, PickerDeployment, pickerSettings, PoolNode } from '../../model/pool';
import { InputProblem } from '../../model/problem';
import { Membership } from '../membership/membership';
import { isSecretName, secretIn } from '../workload/secret-checks';

/**
 * Reports what is wrong with the configuration of a picker that the library deploys: in itself, and for the pods of its pool. `metricsPort` is
 * the prop of the pool, if it is set.
 */
export function checkPickerConfig(member: Membership, pool: PoolNode, metricsPort?: number): void {
  const { deployment } = pool.picker;
  if (!deployment) return;
  const { config } = deployment;
  const findings = judgePickerFile({ apiVersion: config.apiVersion, kind: 'EndpointPickerConfig', ...pickerSettings(pool, deployment) }, config);
  member.reportAll(findings.map(({ cause: _, loads: __, ...problem }) => problem));
  for (const problem of unsupportedPlugins(config.settings, pool.prefill !== undefined)) member.report(problem, 'AM002');
  member.reportAll([...metricsProblems(config), ...engineProblems(deployment), ...portProblems(pool, config)]);
  member.reportAll(unreadProblems(deployment, metricsPort));
  member.reportAll(config.settings.plugins.flatMap(secretProblems));
  checkPickerHeaders(member, pool, config.settings);
  checkRendering(member, pool, deployment);
  member.report(sharedEventPort(pool, config));
  checkFlowControl(member, pool, config.settings);
  member.reportAll([...eventPortProblems(pool), ...protocolProblems(pool, deployment), ...queueProblems(deployment), ...renderProblems(config)]);
}

/** The library states the port and the engine, from the props of the pool, so that policies open the port that is scraped. */
function metricsProblems({ settings: { plugins, dataLayer } }: PickerConfiguration): InputProblem[] {
  const stated = [[METRICS_SOURCE, 'port', 'metricsPort'], [METRICS_EXTRACTOR, 'defaultEngine', 'modelServer']] as const;
  const isRenamed = (plugin: PluginSpec) => stated.some(([of]) => of === plugin.type) && instanceName(plugin) !== plugin.type;
  const renamed = dataLayer?.injectDefaults === false ? plugins.filter(isRenamed) : [];
  return [...renamed.map((plugin) => ({
    message: `plugin ${plugin.type} has another name, but the library opens the metrics port of the pods only for the plugin with its own name`, actual: instanceName(plugin), expected: plugin.type, fix: 'remove `name` of the plugin',
  })), ...plugins.flatMap(({ type, parameters = {} }) => stated.filter(([of, name]) => of === type && name in parameters).map(([, name, prop]) => ({
    message: `the parameter ${name} of plugin ${type} is set by the library`, actual: parameters[name], expected: `\`${prop}\``, fix: `remove the parameter and set \`${prop}\``,
  })))];
}

function engineProblems({ engine, config }: PickerDeployment): InputProblem[] {
  return enginesOf(config.settings).filter(({ engines }) => !engines.includes(engine)).map(({ type, engines, reason }) => ({
    message: `plugin ${type} of the endpoint picker has no effect with this model server, because ${reason}`, actual: engine, expected: engines.join(', '),
    fix: 'use such a model server and state it with `modelServer`, or use another `config`',
  }));
}

function portProblems({ targetPorts, metricsPort }: PoolNode, { leastTargetPorts = 1 }: PickerConfiguration): InputProblem[] {
  if (leastTargetPorts < 2) return [];
  const few = targetPorts.length >= leastTargetPorts ? [] : [{
    message: 'the endpoint picker is configured for pods with one port for each rank, but the pool has a single target port', actual: [...targetPorts], expected: `${leastTargetPorts} to 8 target ports`, fix: 'list the port of each rank in `targetPorts`, or use another `config`',
  }];
  const shared = targetPorts.includes(metricsPort) ? [] : [{
    message: 'the endpoint picker is configured for pods with one port for each rank, but reads the metrics of all ranks at one port', actual: metricsPort, expected: 'metrics at each target port', fix: 'remove `metricsPort`',
  }];
  return [...few, ...shared];
}

/** Reports props that have no effect, because the picker does not read metrics. */
function unreadProblems({ engine, config: { settings } }: PickerDeployment, metricsPort: number | undefined): InputProblem[] {
  if (scrapesMetrics(settings)) return [];
  const unread = (prop: string, actual: unknown): InputProblem => ({
    message: `the endpoint picker reads no metrics with this \`config\`, so \`${prop}\` has no effect`, actual, expected: 'no value', fix: `remove \`${prop}\`, or use another \`config\``,
  });
  return [
    ...metricsPort === undefined ? [] : [unread('metricsPort', metricsPort)],
    ...engine === DEFAULT_ENGINE || enginesOf(settings).length > 0 ? [] : [unread('modelServer', engine)],
  ];
}

/** Reports ports of KV cache events that the pods do not declare, so that no policy could open them. */
function eventPortProblems(pool: PoolNode): InputProblem[] {
  const { servers } = pool;
  if (servers.deployment?.modelServer) return []; // AM237 says more of these
  return eventPorts(pool).filter((port) => !servers.opaquePorts.includes(port) || !servers.ports.includes(port)).map((port) => ({
    message: servers.ports.includes(port)
      ? `the endpoint picker reads KV cache events at port ${port}, but ${servers.title} declares it as a port that speaks another protocol`
      : `the endpoint picker reads KV cache events at port ${port}, which is not a port of ${servers.title}`,
    actual: port, expected: `\`Port.tcp(${port})\` in \`ports\``, fix: `add \`Port.tcp(${port})\` to the \`ports\` of the workload, or correct the ports of the events in \`config\``,
  }));
}

/** Returns the problem that events and their repetition, or two ranks, would be at one port of a pod. */
function sharedEventPort(pool: PoolNode, { settings }: PickerConfiguration): InputProblem | undefined {
  const { targetPorts } = pool;
  const meant = eventPortsOf(settings).flatMap(({ first, replay }) => (replay === undefined ? [first] : [first, replay])).length * targetPorts.length;
  const ports = eventPorts(pool);
  return meant === ports.length ? undefined : {
    message: 'the endpoint picker would read KV cache events of several sources at one port of the pods', actual: [...ports], expected: `${meant} different ports, one for each target port`,
    fix: 'choose an event port and a replay port that are further apart than the number of target ports',
  };
}

/** Requests wait in the memory of the picker. */
function queueProblems({ config: { settings }, memoryMebibytes }: PickerDeployment): InputProblem[] {
  const { maxBytes } = settings.flowControl ?? {};
  const mebibytes = maxBytes === undefined ? undefined : Number(maxBytes.replace(/Mi$/, ''));
  if (!hasFlowControl(settings) || (mebibytes !== undefined && mebibytes > 0 && mebibytes < memoryMebibytes)) return [];
  return [{
    message: 'the requests that wait in the endpoint picker could need all of its memory', actual: maxBytes ?? 'no limit', expected: `a limit above 0 and below its \`memoryMebibytes\`, ${memoryMebibytes}`,
    fix: 'limit the memory of waiting requests in `config`, or raise `memoryMebibytes`',
  }];
}

/** The picker calls the render server in plain HTTP. */
function renderProblems({ settings: { plugins } }: PickerConfiguration): InputProblem[] {
  const urls = plugins.filter(({ type }) => type === 'token-producer').map(({ parameters }) => recordOf(parameters?.vllm)?.url);
  return urls.filter((url) => url !== undefined && !(typeof url === 'string' && /^http:\/\/[^/?#@\s]+$/.test(url))).map((url) => ({
    message: 'the endpoint picker cannot call the server that renders prompts to tokens at this URL', actual: url, expected: 'a URL of plain HTTP without a path, such as http://render:8000', fix: 'correct the URL; the mesh encrypts the connection',
  }));
}

/** Reports secrets in parameters, which would be written to the ConfigMap. The report never contains their values. */
function secretProblems(plugin: PluginSpec): InputProblem[] {
  return textsIn(plugin.parameters).flatMap(([place, text]) => {
    const key = place.split('.').at(-1)!;
    const shape = secretIn(text) ?? (isSecretName(key) && text !== '' ? 'the name of a secret' : undefined);
    return shape === undefined ? [] : [{
      message: `a parameter of plugin ${instanceName(plugin)} of the endpoint picker looks like a secret (${shape}) and would be written to a ConfigMap`, actual: place, expected: 'parameters without secrets', fix: 'use a server that needs no password inside the mesh, or remove the plugin',
    }];
  });
}
