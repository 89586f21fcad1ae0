import { ApiObject, App, Chart, Duration, Size } from 'cdk8s';
import * as kplus from 'cdk8s-plus-30';
import { Construct } from 'constructs';
import { DeploymentFacts, WorkloadNode } from '../../model/workload';
import { PodMetadata } from '../backend';
import { emit, Kind } from '../emit';

/** Emits the ServiceAccount of a workload. Versions of one agent share it. */
export function emitServiceAccount(scope: Construct, account: { readonly serviceAccount: string; readonly namespace: string }): void {
  emit(scope, 'service-account', kplus.k8s.KubeServiceAccount, { name: account.serviceAccount, namespace: account.namespace }, {
    automountServiceAccountToken: () => false,
  });
}

/**
 * Deployment kind that leaves its spec as it is. cdk8s-plus has already rendered the spec, and the generated class would lose ports and
 * quantities.
 */
const RENDERED_DEPLOYMENT: Kind<{ readonly spec?: unknown }> = { GVK: kplus.k8s.KubeDeployment.GVK, manifest: (props) => props };

/** Emits the Deployment of a workload. */
export function emitDeployment(scope: Construct, workload: WorkloadNode, metadata: PodMetadata): void {
  emit(scope, 'deployment', RENDERED_DEPLOYMENT, { name: workload.name, namespace: workload.namespace, labels: workload.labels }, {
    spec: () => compileDeployment(workload, workload.deployment!, metadata),
  });
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
    args: facts.args && [...facts.args],
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

/** Seconds between startup probes. A pod serves after its first success. */
const STARTUP_PERIOD = 2;

/** Failed liveness probes before a restart, which is five minutes. A server that waits for a dependency is not restarted earlier. */
const FAILURES_OF_A_HUNG_SERVER = 30;

/** Seconds beyond the startup time of the pods after which a rollout counts as failed. */
const ROLLOUT_SECONDS = 60;

/** Returns probes for the first port. Workloads with media ports only have no probes. */
function probes({ ports: [port], healthPath }: WorkloadNode, { startupSeconds }: DeploymentFacts): Pick<kplus.ContainerProps, 'startup' | 'readiness' | 'liveness'> {
  if (port === undefined) return {};
  const probe = (options: kplus.ProbeOptions = {}) =>
    (healthPath === undefined ? kplus.Probe.fromTcpSocket({ port, ...options }) : kplus.Probe.fromHttpGet(healthPath, { port, ...options }));
  return {
    startup: probe({ periodSeconds: Duration.seconds(STARTUP_PERIOD), failureThreshold: Math.ceil(startupSeconds / STARTUP_PERIOD) }),
    readiness: probe(),
    liveness: probe(healthPath === undefined ? {} : { failureThreshold: FAILURES_OF_A_HUNG_SERVER }),
  };
}

function environment(scope: Construct, facts: DeploymentFacts): Record<string, kplus.EnvValue> {
  return Object.fromEntries(inOrder(facts).map((name) => {
    if (!Object.hasOwn(facts.secretEnv, name)) return [name, kplus.EnvValue.fromValue(facts.env[name])];
    const { secretName, key } = facts.secretEnv[name];
    return [name, kplus.EnvValue.fromSecretValue({ secret: kplus.Secret.fromSecretName(scope, `secret-${name}`, secretName), key })];
  }));
}

/** Names of variables, sorted, each after those that it refers to as in "$(NAME)": Kubernetes expands references to earlier ones only. */
function inOrder({ env, secretEnv }: DeploymentFacts): string[] {
  const all = new Set([...Object.keys(env), ...Object.keys(secretEnv)].sort());
  const seen = new Set<string>();
  const placed: string[] = [];
  const place = (name: string): void => {
    if (!all.has(name) || seen.has(name)) return;
    seen.add(name);
    const value = Object.hasOwn(secretEnv, name) ? '' : String(env[name]);
    for (const [, other] of value.matchAll(/\$\(([^)]+)\)/g)) place(other);
    placed.push(name);
  };
  all.forEach(place);
  return placed;
}
