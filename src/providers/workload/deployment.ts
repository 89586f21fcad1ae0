import { ApiObject, App, Chart, Duration, Size } from 'cdk8s';
import * as kplus from 'cdk8s-plus-30';
import { Construct } from 'constructs';
import { DeploymentFacts, WorkloadNode } from '../../model/workload';
import { PodMetadata } from '../backend';
import { emit, Kind } from '../emit';

/** The ServiceAccount that a workload proves itself with; versions of one agent share it. */
export function emitServiceAccount(scope: Construct, account: { readonly serviceAccount: string; readonly namespace: string }): void {
  emit(scope, 'service-account', kplus.k8s.KubeServiceAccount, { name: account.serviceAccount, namespace: account.namespace }, {
    automountServiceAccountToken: () => false,
  });
}

/** cdk8s-plus has already rendered the spec: passing it through the generated class again would lose ports and quantities. */
const RENDERED_DEPLOYMENT: Kind<{ readonly spec?: unknown }> = { GVK: kplus.k8s.KubeDeployment.GVK, manifest: (props) => props };

/** The Deployment of a workload that is deployed here. */
export function emitDeployment(scope: Construct, workload: WorkloadNode, metadata: PodMetadata): void {
  emit(scope, 'deployment', RENDERED_DEPLOYMENT, { name: workload.name, namespace: workload.namespace, labels: workload.labels }, {
    spec: () => compileDeployment(workload, workload.deployment!, metadata),
  });
}

/**
 * The spec that cdk8s-plus makes, in a tree of its own: there it may use its hashed ids, and here the object stays one
 * whose JSON patches may add fields that cdk8s-plus does not know.
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
  delete spec.template.metadata.labels['cdk8s.io/metadata.addr']; // names a place in the other tree
  // cdk8s-plus has no words for these two.
  spec.template.spec.securityContext.seccompProfile = { type: 'RuntimeDefault' };
  spec.template.spec.enableServiceLinks = false;
  return spec;
}

/** Where Kubernetes puts the token into a container, unless something is mounted there already (Kubernetes 1.36, ServiceAccount admission). */
const TOKEN_PATH = '/var/run/secrets/kubernetes.io/serviceaccount';

function container(scope: Construct, workload: WorkloadNode, facts: DeploymentFacts, hideToken: boolean): kplus.ContainerProps {
  return {
    name: 'main',
    image: facts.image,
    imagePullPolicy: kplus.ImagePullPolicy.IF_NOT_PRESENT, // the image names one thing for good
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

/** How often a pod that starts is asked: it serves as soon as it answers. */
const STARTUP_PERIOD = 2;

/** A server that fails to be well for five minutes is taken for hung; one that waits for what it depends on is not restarted before. */
const FAILURES_OF_A_HUNG_SERVER = 30;

/** Time beyond the start of its pods after which a rollout counts as failed. */
const ROLLOUT_SECONDS = 60;

/** Of the first port; what has ports of media alone cannot be asked. */
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
  const literal = Object.entries(facts.env).map(([name, value]) => [name, kplus.EnvValue.fromValue(value)] as const);
  const secret = Object.entries(facts.secretEnv).map(([name, { secretName, key }]) => [name, kplus.EnvValue.fromSecretValue({
    secret: kplus.Secret.fromSecretName(scope, `secret-${name}`, secretName), key,
  })] as const);
  return Object.fromEntries([...literal, ...secret].sort(([a], [b]) => (a < b ? -1 : 1)));
}
