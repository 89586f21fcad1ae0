import { DeploymentFacts } from '../../model/deployment-facts';
import { isPath, pathFix } from '../../model/names';
import { ProbeFacts } from '../../model/pod-facts';
import { protocolAt, WorkloadNode } from '../../model/workload';
import { rangeProblem } from '../input/number-checks';
import { Membership } from '../membership/membership';

/** Reports invalid settings of the probes of a workload. */
export function checkProbeSettings(member: Membership, workload: WorkloadNode, { pod }: DeploymentFacts): void {
  const { livenessProbe, readinessProbe, startupProbe } = pod;
  const probes = { livenessProbe, readinessProbe, startupProbe };
  for (const [prop, probe] of Object.entries(probes)) checkProbe(member, workload, prop, probe);
  if (startupProbe.failureThreshold !== undefined) {
    member.report({ message: '`failureThreshold` of `startupProbe` has no effect, because `startupSeconds` sets how long the start may take', actual: startupProbe.failureThreshold, expected: 'a `startupProbe` without `failureThreshold`', fix: 'remove `failureThreshold`, and set `startupSeconds`' });
  }
  const isUsed = Object.values(probes).some(({ path, command, port }) => path === undefined && command === undefined && port === undefined);
  if (workload.healthPath !== undefined && !isUsed) {
    member.report({ message: '`healthPath` has no effect, because every probe has its own `path`, `command` or `port`', actual: workload.healthPath, expected: '`healthPath` beside a probe that sets none of `path`, `command` and `port`', fix: 'remove `healthPath`' });
  }
}

function checkProbe(member: Membership, workload: WorkloadNode, prop: string, probe: ProbeFacts): void {
  const { path, port, command } = probe;
  const wrong = (message: string, actual: unknown, expected: string, fix = `correct \`${prop}\``) => member.report({ message, actual, expected, fix });
  for (const [key, value] of [['periodSeconds', probe.periodSeconds], ['timeoutSeconds', probe.timeoutSeconds], ['failureThreshold', probe.failureThreshold]] as const) {
    if (value !== undefined) member.report(rangeProblem(`${prop}.${key}`, value, 1, 86_400));
  }
  if (command !== undefined && (path !== undefined || port !== undefined)) wrong(`\`${prop}\` has both a command and a path or port`, { command, path, port }, 'either `command`, or `path` and `port`');
  if (command?.length === 0) wrong(`the command of \`${prop}\` is empty`, command, 'a command');
  if (path !== undefined && !isPath(path)) wrong(`the path of \`${prop}\` is not a plain path`, path, '"/" followed by path characters, without a query, "//" and segments "." or ".."', pathFix(path, `correct \`${prop}\``));
  if (port !== undefined && !workload.ports.includes(port)) wrong(`the port of \`${prop}\` is not a port of the workload`, port, workload.ports.join(', ') || 'none', 'use a port of the workload, or add the port to its `ports`');
  const [first] = workload.ports;
  const probed = port ?? first;
  if (path !== undefined && probed === undefined) {wrong(`\`${prop}\` has a path, but the workload has no port to probe`, path, 'a path for a workload with a TCP port', `remove the path of \`${prop}\`, or add the port to \`ports\``);} else if ((path ?? workload.healthPath) !== undefined && command === undefined && probed !== undefined && protocolAt(workload, probed) !== 'http' && (path !== undefined || port !== undefined)) {
    wrong(`the kubelet probes the path of \`${prop}\` over HTTP/1.1, but this port is not an HTTP/1.1 port`, { path: path ?? workload.healthPath, port: probed }, 'a port that speaks HTTP', `remove the path, or let \`${prop}\` run a command`);
  }
}
