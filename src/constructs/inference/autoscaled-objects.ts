import { ApiObject } from 'cdk8s';
import { Construct, IConstruct } from 'constructs';
import { AutoscalingFacts } from '../../model/autoscaling';
import { PoolNode } from '../../model/pool';
import { CheckResult } from '../../model/problem';
import { isEmitted } from '../../providers/emit';

/** Returns the object of the app that makes the pods, if Workload.fromConstruct read one. */
export function autoscaledObject({ node: { root } }: Construct, { servers: { readFrom } }: PoolNode): ApiObject | undefined {
  if (readFrom === undefined) return undefined;
  const found = readFrom.split('/').reduce<IConstruct>((at, id) => at.node.findChild(id), root);
  return ApiObject.isApiObject(found) ? found : undefined;
}

/** Reports a number of replicas in an object of the app. It may be removed until synth. */
export function statedReplicas(path: string, { servers: { title } }: PoolNode, object: ApiObject | undefined): CheckResult[] {
  const replicas: unknown = object?.toJson().spec?.replicas;
  return !object || replicas === undefined ? [] : [{
    path, message: `${object.kind} ${object.name} of ${title} states \`replicas\`, so each apply would reset the number that \`autoscaling\` of the pool sets`, actual: replicas, expected: 'no `replicas`',
    fix: 'remove it, as in ApiObject.of(deployment).addJsonPatch(JsonPatch.remove(\'/spec/replicas\'))',
  }];
}

const AUTOSCALERS: readonly string[] = ['HorizontalPodAutoscaler', 'ScaledObject'];

/** Reports other autoscalers for the same Deployment: those of the app, and those of other pools. */
export function otherAutoscalers(
  { node: { root, path: own } }: Construct, path: string, { namespace, servers: { title } }: PoolNode, { deploymentName }: AutoscalingFacts,
): CheckResult[] {
  const objects = root.node.findAll().filter((one): one is ApiObject => ApiObject.isApiObject(one) && AUTOSCALERS.includes(one.kind));
  const others = objects.filter((one) => !isEmitted(one) || (one.kind === 'ScaledObject' && one.node.scope?.node.path !== own));
  return others.filter((one) => {
    const { metadata, spec } = one.toJson();
    const { kind = 'Deployment', name } = spec?.scaleTargetRef ?? {};
    return metadata?.namespace === namespace && kind === 'Deployment' && name === deploymentName;
  }).map((one) => ({
    path, message: `the replicas of ${title} would have two autoscalers: ${one.kind} ${one.name}${isEmitted(one) ? '' : ' of the app'} and \`autoscaling\` of the pool`, actual: one.node.path, expected: 'one of the two', fix: 'remove one of them',
  }));
}

/** Reports a `deploymentName` that is a Deployment of other pods, which the library emits. */
export function otherDeployment(
  { node: { root } }: Construct, path: string, { namespace, servers }: PoolNode, { deploymentName }: AutoscalingFacts,
): CheckResult[] {
  if (servers.deployment) return [];
  const emitted = root.node.findAll().filter((one): one is ApiObject => ApiObject.isApiObject(one) && isEmitted(one) && one.kind === 'Deployment');
  return emitted.filter(({ name, metadata }) => name === deploymentName && metadata.namespace === namespace).map((one) => ({
    path, message: `\`deploymentName\` of \`autoscaling\` is a Deployment of other pods than ${servers.title}`, actual: one.node.path, expected: `the Deployment of ${servers.title}`, fix: 'correct `deploymentName`',
  }));
}
