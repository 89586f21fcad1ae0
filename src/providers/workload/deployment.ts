import { ApiObject, App, Chart, Duration, Size } from 'cdk8s';
import * as kplus from 'cdk8s-plus-30';
import { Construct } from 'constructs';
import { addDisaggregation } from './disaggregated-pod';
import { addPodFacts, compileAutoscaler, compileBudget, WrittenPodSpec } from './pod-spec';
import { vllmArgs } from './vllm-args';
import { DeploymentFacts } from '../../model/deployment-facts';
import { PodFacts, ProbeFacts } from '../../model/pod-facts';
import { WorkloadNode } from '../../model/workload';
import { PodMetadata } from '../backend';
import { emit, Kind } from '../emit';

/** Emits the ServiceAccount of a workload. Versions of one agent share it. */
export function emitServiceAccount(scope: Construct, account: { readonly serviceAccount: string; readonly namespace: string }): void {
  emit(scope, 'service-account', kplus.k8s.KubeServiceAccount, { name: account.serviceAccount, namespace: account.namespace }, {
    automountServiceAccountToken: () => false,
  });
}

/** Deployment kind that leaves its spec as it is. The spec is already rendered, and the generated class would lose ports and quantities. */
export const RENDERED_DEPLOYMENT: Kind<{ readonly spec?: unknown }> = { GVK: kplus.k8s.KubeDeployment.GVK, manifest: (props) => props };

/** Emits the Deployment of a workload, with its PodDisruptionBudget and HorizontalPodAutoscaler. */
export function emitDeployment(scope: Construct, workload: WorkloadNode, metadata: PodMetadata): void {
  const { name, namespace, deployment } = workload;
  emit(scope, 'deployment', RENDERED_DEPLOYMENT, { name, namespace, labels: workload.labels }, {
    spec: () => compileDeployment(workload, deployment!, metadata),
  });
  emitScaling(scope, workload, deployment!.pod, 'main');
}

/** Emits the PodDisruptionBudget and the HorizontalPodAutoscaler of pods, if they have them. The autoscaler follows the CPU load of one container. */
export function emitScaling(scope: Construct, workload: WorkloadNode, { disruptionBudget: budget, autoscaler }: PodFacts, measured: string): void {
  const { name, namespace } = workload;
  if (budget) emit(scope, 'disruption-budget', kplus.k8s.KubePodDisruptionBudget, { name, namespace }, { spec: () => compileBudget(workload, budget) });
  if (autoscaler) emit(scope, 'autoscaler', kplus.k8s.KubeHorizontalPodAutoscalerV2, { name, namespace }, { spec: () => compileAutoscaler(workload, autoscaler, measured) });
}

/**
 * Returns the Deployment spec that cdk8s-plus renders. It renders in a separate tree, where its hashed ids do no harm. The emitted object
 * stays a plain ApiObject, whose JSON patches may add fields that cdk8s-plus does not know.
 */
export function compileDeployment(workload: WorkloadNode, facts: DeploymentFacts, metadata: PodMetadata): unknown {
  const chart = new Chart(new App(), 'workload');
  const deployment = new kplus.Deployment(chart, 'deployment', {
    replicas: facts.replicas,
    select: false,
    progressDeadline: Duration.seconds(facts.startupSeconds + ROLLOUT_SECONDS),
    podMetadata: { labels: { ...facts.podLabels, ...metadata.labels, ...workload.labels }, annotations: metadata.annotations },
    serviceAccount: kplus.ServiceAccount.fromServiceAccountName(chart, 'account', workload.serviceAccount),
    automountServiceAccountToken: facts.mountToken || metadata.needToken,
    securityContext: { ensureNonRoot: true, user: facts.userId, group: facts.userId, fsGroup: facts.userId },
    containers: [container(chart, workload, facts, !facts.mountToken && metadata.needToken === true)],
  });
  deployment.select(kplus.LabelSelector.of({ labels: { ...workload.labels } }));
  const spec = ApiObject.of(deployment).toJson().spec;
  delete spec.template.metadata.labels['cdk8s.io/metadata.addr']; // refers to the separate tree
  // cdk8s-plus has no props for these two fields.
  spec.template.spec.securityContext.seccompProfile = { type: 'RuntimeDefault' };
  spec.template.spec.enableServiceLinks = false;
  if (facts.pod.autoscaler || workload.autoscaledBy !== undefined) delete spec.replicas; // with `replicas`, each apply would reset the number that the autoscaler set
  addPodFacts(spec.template.spec as WrittenPodSpec, workload, facts);
  addDisaggregation(spec.template.spec as WrittenPodSpec, workload);
  return spec;
}

/** Mount path of the API token. Kubernetes skips the mount if the path is already mounted (Kubernetes 1.36, ServiceAccount admission). */
const TOKEN_PATH = '/var/run/secrets/kubernetes.io/serviceaccount';

function container(scope: Construct, workload: WorkloadNode, facts: DeploymentFacts, hideToken: boolean): kplus.ContainerProps {
  return {
    name: 'main',
    image: facts.image,
    imagePullPolicy: kplus.ImagePullPolicy.IF_NOT_PRESENT, // the image tag is expected to be immutable
    ports: [
      ...workload.ports.map((number) => ({ number, name: `tcp-${number}` })),
      ...workload.mediaPorts.map(({ port: number, protocol }) => ({ number, name: `${protocol.toLowerCase()}-${number}`, protocol: kplus.Protocol[protocol] })),
    ],
    command: facts.command && [...facts.command],
    args: argsOf(facts),
    envVariables: environment(scope, facts),
    volumeMounts: [
      ...facts.writablePaths.map((path, index) => ({ path, volume: kplus.Volume.fromEmptyDir(scope, `writable-${index}`, `writable-${index}`) })),
      ...hideToken ? [{ path: TOKEN_PATH, readOnly: true, volume: kplus.Volume.fromEmptyDir(scope, 'no-token', 'no-token') }] : [],
    ],
    ...probes(workload, facts),
    resources: {
      cpu: { request: kplus.Cpu.millis(facts.cpuMillis) },
      memory: { request: Size.mebibytes(facts.memoryMebibytes), limit: Size.mebibytes(facts.memoryMebibytes) },
    },
    securityContext: {
      ensureNonRoot: true,
      user: facts.userId,
      group: facts.userId,
      readOnlyRootFilesystem: true,
      allowPrivilegeEscalation: false,
      capabilities: { drop: ['ALL' as kplus.Capability] },
    },
  };
}

function argsOf({ modelServer, args }: DeploymentFacts): string[] | undefined {
  return modelServer ? [...vllmArgs(modelServer), ...args ?? []] : args && [...args];
}

/** Seconds between startup probes. A pod serves after its first success. */
const STARTUP_PERIOD = 2;

/**
 * Number of failed liveness probes before a restart, which takes five minutes, so that a server that waits for a dependency is not
 * restarted earlier.
 */
const FAILURES_OF_A_HUNG_SERVER = 30;

/** Seconds beyond the startup time of the pods after which a rollout counts as failed. */
const ROLLOUT_SECONDS = 60;

type Probes = Pick<kplus.ContainerProps, 'startup' | 'readiness' | 'liveness'>;

/** Returns the probes. By default they probe the first port. A workload without ports has only probes that run a command. */
function probes(workload: WorkloadNode, { startupSeconds, pod: { livenessProbe, readinessProbe, startupProbe } }: DeploymentFacts): Probes {
  const { periodSeconds = STARTUP_PERIOD } = startupProbe;
  return {
    startup: probe(workload, { ...startupProbe, periodSeconds, failureThreshold: Math.ceil(startupSeconds / periodSeconds) }),
    readiness: probe(workload, readinessProbe),
    liveness: probe(workload, { ...!isTcp(workload, livenessProbe) && { failureThreshold: FAILURES_OF_A_HUNG_SERVER }, ...livenessProbe }),
  };
}

function isTcp({ healthPath }: WorkloadNode, { command, path = healthPath }: ProbeFacts): boolean {
  return command === undefined && path === undefined;
}

function probe({ ports: [first], healthPath }: WorkloadNode, facts: ProbeFacts): kplus.Probe | undefined {
  const { path = healthPath, port = first, command, failureThreshold } = facts;
  const seconds = (value: number | undefined) => (value === undefined ? undefined : Duration.seconds(value));
  const options = { failureThreshold, periodSeconds: seconds(facts.periodSeconds), timeoutSeconds: seconds(facts.timeoutSeconds) };
  if (command) return kplus.Probe.fromCommand([...command], options);
  if (port === undefined) return undefined;
  return path === undefined ? kplus.Probe.fromTcpSocket({ port, ...options }) : kplus.Probe.fromHttpGet(path, { port, ...options });
}

function environment(scope: Construct, facts: DeploymentFacts): Record<string, kplus.EnvValue> {
  return Object.fromEntries(inOrder(facts).map((name) => {
    if (Object.hasOwn(facts.podFieldEnv, name)) return [name, kplus.EnvValue.fromFieldRef(facts.podFieldEnv[name] as kplus.EnvFieldPaths)];
    if (!Object.hasOwn(facts.secretEnv, name)) return [name, kplus.EnvValue.fromValue(facts.env[name])];
    const { secretName, key } = facts.secretEnv[name];
    return [name, kplus.EnvValue.fromSecretValue({ secret: kplus.Secret.fromSecretName(scope, `secret-${name}`, secretName), key })];
  }));
}

/**
 * Returns the names of variables, sorted, but each after the variables to which it refers as in "$(NAME)", because Kubernetes expands only
 * references to earlier variables.
 */
export function inOrder({ env, secretEnv, podFieldEnv = {} }: Pick<DeploymentFacts, 'env' | 'secretEnv'> & Partial<DeploymentFacts>): string[] {
  const all = new Set([...Object.keys(env), ...Object.keys(secretEnv), ...Object.keys(podFieldEnv)].sort());
  const seen = new Set<string>();
  const placed: string[] = [];
  const place = (name: string): void => {
    if (!all.has(name) || seen.has(name)) return;
    seen.add(name);
    const value = Object.hasOwn(env, name) ? env[name] : '';
    for (const [, other] of value.matchAll(/\$\(([^)]+)\)/g)) place(other);
    placed.push(name);
  };
  all.forEach(place);
  return placed;
}
