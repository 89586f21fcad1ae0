import { ApiObject } from 'cdk8s';
import { Construct } from 'constructs';
import { autoscaledObject, otherAutoscalers, otherDeployment, statedReplicas } from './autoscaled-objects';
import { PoolAutoscaling } from './pool-autoscaling';
import { AutoscalingFacts } from '../../model/autoscaling';
import { isPort, isSubdomain } from '../../model/names';
import { hasFlowControl } from '../../model/picker/per-replica';
import { PoolNode } from '../../model/pool';
import { CheckResult, identified, InputProblem } from '../../model/problem';
import { emitAutoscaling } from '../../providers/inference-extension/autoscaling';
import { rangeProblem } from '../input/number-checks';
import { Membership } from '../membership/membership';

/** Emits the autoscaling of the model servers of a pool, if it has any, and reports why it could not work. */
export function autoscale(scope: Construct, member: Membership, pool: PoolNode, stated: PoolAutoscaling | undefined): void {
  if (!stated) return;
  const { servers } = pool;
  const object = autoscaledObject(scope, pool);
  const facts = factsOf(pool, stated, object);
  const { serverAddress, seriesLabels, deploymentName } = stated;
  member.checkTexts({ serverAddress, seriesLabels, deploymentName }, ' of `autoscaling`');
  member.reportAll([
    addressProblem(serverAddress), ...numberProblems(facts), ...labelProblems(facts), deploymentProblem(pool, stated, object),
    queueProblem(pool, stated),
  ]);
  for (const problem of rivalProblems(pool, facts)) member.report(problem, 'AM238');
  for (const problem of blindProblems(member, pool)) member.report(problem, 'AM239');
  if (servers.autoscaledBy !== undefined) return;
  servers.autoscaledBy = `pool ${pool.name}`;
  const { model, path } = member;
  // Other pools with these pods may be defined later.
  model.checksAtSynth.push(() => identified('AM239', model.poolsOf(servers).flatMap((one) => uncounted(path, pool, one, facts))));
  model.checksAtSynth.push(() => identified('AM238', [...statedReplicas(path, pool, object), ...otherAutoscalers(scope, path, pool, facts), ...otherDeployment(scope, path, pool, facts)]));
  emitAutoscaling(scope, model, pool, facts);
}

function factsOf({ servers }: PoolNode, stated: PoolAutoscaling, object: ApiObject | undefined): AutoscalingFacts {
  return {
    serverAddress: stated.serverAddress.replace(/\/+$/, ''),
    deploymentName: stated.deploymentName ?? object?.name ?? servers.name,
    minReplicas: stated.minReplicas ?? 1,
    maxReplicas: stated.maxReplicas,
    runningRequests: stated.runningRequestsPerReplica ?? 16,
    queuedRequests: stated.queuedRequestsPerReplica ?? 1,
    cooldownSeconds: stated.cooldownSeconds ?? 300,
    seriesLabels: { ...stated.seriesLabels },
  };
}

const ADDRESS = /^https?:\/\/(\[[0-9a-fA-F:]+\]|[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?)(:[0-9]{1,5})?(\/[A-Za-z0-9._~/-]*)?$/;

function addressProblem(serverAddress: string): InputProblem | undefined {
  const [, , , port = ''] = ADDRESS.exec(serverAddress) ?? [];
  if (ADDRESS.test(serverAddress) && (port === '' || isPort(Number(port.slice(1))))) return undefined;
  const actual = serverAddress.replace(/\/\/.*@/, '//...@'); // a password must not be in the report
  return { message: '`serverAddress` of `autoscaling` is not the URL of a Prometheus', actual, expected: 'http or https, a host, and a port and a path if it has them, such as "http://prometheus.monitoring:9090"', fix: 'correct `serverAddress`' };
}

function numberProblems(facts: AutoscalingFacts): (InputProblem | undefined)[] {
  const { minReplicas, maxReplicas, runningRequests, queuedRequests, cooldownSeconds } = facts;
  return [
    rangeProblem('minReplicas', minReplicas, 0, 10_000),
    rangeProblem('maxReplicas', maxReplicas, 1, 10_000),
    rangeProblem('runningRequestsPerReplica', runningRequests, 1, 1_000_000),
    rangeProblem('queuedRequestsPerReplica', queuedRequests, 1, 1_000_000),
    rangeProblem('cooldownSeconds', cooldownSeconds, 0, 3600),
    maxReplicas >= minReplicas ? undefined : { message: '`maxReplicas` of `autoscaling` is below `minReplicas` (which is 1 if the program does not set it)', actual: { minReplicas, maxReplicas }, expected: '`maxReplicas` not below `minReplicas`', fix: 'correct `autoscaling`' },
  ];
}

/** Labels that the library states itself. */
const OWN_LABELS: readonly string[] = ['namespace', 'pod', '__name__'];

function labelProblems({ seriesLabels }: AutoscalingFacts): InputProblem[] {
  return Object.keys(seriesLabels).filter((label) => OWN_LABELS.includes(label) || !/^[A-Za-z_][A-Za-z0-9_]*$/.test(label)).map((label) => ({
    message: OWN_LABELS.includes(label) ? '`seriesLabels` of `autoscaling` has a label that the library states itself' : '`seriesLabels` of `autoscaling` has a name that no label of Prometheus has',
    actual: label, expected: 'letters, digits and "_", and neither "namespace" nor "pod"', fix: 'remove the label, or correct its name',
  }));
}

function deploymentProblem({ servers }: PoolNode, { deploymentName }: PoolAutoscaling, object: ApiObject | undefined): InputProblem | undefined {
  if (object && (object.kind !== 'Deployment' || object.apiGroup !== 'apps')) {
    return { message: `\`autoscaling\` sets the replicas of a Deployment, and the pods of ${servers.title} are of another kind`, actual: `${object.kind} ${object.name}`, expected: 'a Deployment', fix: 'run the model servers as a Deployment, or write a ScaledObject of your own' };
  }
  if (servers.deployment || object) {
    return deploymentName === undefined ? undefined : {
      message: `\`deploymentName\` has no use, because the library knows the Deployment of ${servers.title}`, actual: deploymentName, expected: 'no `deploymentName`', fix: 'remove `deploymentName`',
    };
  }
  if (deploymentName !== undefined && isSubdomain(deploymentName)) return undefined;
  return {
    message: `\`autoscaling\` needs the name of the Deployment of ${servers.title}, because the library does not emit it`, actual: deploymentName, expected: 'the name of a Deployment in `deploymentName`',
    fix: 'set `deploymentName` to the Deployment of the pods, or remove `autoscaling`',
  };
}

const queues = ({ picker: { deployment } }: PoolNode): boolean => deployment !== undefined && hasFlowControl(deployment.config.settings);

function queueProblem(pool: PoolNode, { queuedRequestsPerReplica }: PoolAutoscaling): InputProblem | undefined {
  if (queuedRequestsPerReplica === undefined || !pool.picker.deployment || queues(pool)) return undefined;
  return {
    message: `\`queuedRequestsPerReplica\` has no effect, because requests never wait at the endpoint picker of pool ${pool.name}: its configuration has no flow control`, actual: queuedRequestsPerReplica,
    expected: 'a picker with flow control', fix: 'set `flowControl` in the `config` of the picker, or remove `queuedRequestsPerReplica`',
  };
}

/** Returns what else would set the number of replicas, or depends on it. */
function rivalProblems({ servers }: PoolNode, { minReplicas }: AutoscalingFacts): InputProblem[] {
  const { title, deployment, autoscaledBy } = servers;
  const { autoscaler, disruptionBudget } = deployment?.pod ?? {};
  const least = Math.max(1, minReplicas);
  return [
    ...autoscaledBy === undefined ? [] : [{
      message: `the replicas of ${title} would have two autoscalers, because another pool with the same \`workload\` has \`autoscaling\` too`, actual: autoscaledBy, expected: '`autoscaling` of one of these pools, which counts the requests of all of them', fix: 'remove `autoscaling` of one pool',
    }],
    ...!autoscaler ? [] : [{
      message: `the replicas of ${title} would have two autoscalers: \`horizontalPodAutoscaler\` of the workload and \`autoscaling\` of the pool`, actual: { maxReplicas: autoscaler.maxReplicas }, expected: 'one of the two', fix: 'remove `horizontalPodAutoscaler` of the workload, or `autoscaling` of the pool',
    }],
    ...autoscaler || deployment?.statedReplicas === undefined ? [] : [{
      message: `\`replicas\` of ${title} has no effect, because \`autoscaling\` of the pool sets the number of replicas`, actual: deployment.statedReplicas, expected: '`minReplicas` and `maxReplicas` of `autoscaling`', fix: 'remove `replicas` of the workload',
    }],
    ...disruptionBudget?.minAvailable === undefined || disruptionBudget.minAvailable < least ? [] : [{
      message: `\`podDisruptionBudget\` of ${title} never lets a pod be evicted while \`autoscaling\` runs the fewest replicas, so nodes with these pods cannot be drained`, actual: disruptionBudget, expected: `\`minAvailable\` below ${least}, or \`maxUnavailable\``, fix: 'use `maxUnavailable`, or raise `minReplicas`',
    }],
  ];
}

/** Returns why Prometheus would have no metrics of the endpoint picker. */
function blindProblems({ model }: Membership, pool: PoolNode): InputProblem[] {
  if (!pool.picker.deployment) {
    return [{
      message: `\`autoscaling\` of pool ${pool.name} needs the metrics of its endpoint picker, and the library does not know which metrics an existing picker has`, actual: 'EndpointPicker.existing', expected: 'EndpointPicker.deploy', fix: 'let the library deploy the picker, or write a ScaledObject of your own',
    }];
  }
  return model.scraper ? [] : [{
    message: `\`autoscaling\` of pool ${pool.name} needs the metrics of its endpoint picker, and nobody may scrape it, because the mesh has no \`metrics\``, actual: undefined, expected: '`metrics` of the AgentMesh with the Prometheus as its `scraper`', fix: 'set `metrics` of the AgentMesh, as in { scraper: Identity.of({ namespace: \'monitoring\', serviceAccount: \'prometheus\' }) }',
  }];
}

/** Returns why requests at another pool with the same pods, or at the pool itself, would start no pod. */
function uncounted(path: string, scaled: PoolNode, one: PoolNode, { minReplicas }: AutoscalingFacts): CheckResult[] {
  if (!one.picker.deployment) {
    return one === scaled ? [] : [{
      path, message: `\`autoscaling\` of pool ${scaled.name} would not see the requests at pool ${one.name}, which has the same pods and an existing endpoint picker`, actual: one.name,
      expected: 'pools of these pods whose endpoint pickers the library deploys', fix: 'let the library deploy that picker, or remove `autoscaling`',
    }];
  }
  if (minReplicas > 0 || queues(one)) return [];
  return [{
    path, message: `with \`minReplicas\` 0 pool ${one.name} can be without pods, and its endpoint picker then answers every request with an error, which starts no pod, because its configuration has no flow control`, actual: 0,
    expected: '`minReplicas` of 1 or more, or flow control', fix: 'raise `minReplicas`, or set `flowControl` in the `config` of the picker, with a `maxWaitSeconds` that is longer than a pod needs to start',
  }];
}
