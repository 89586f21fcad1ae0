import { k8s } from 'cdk8s-plus-30';
import { configFlags } from './picker-config';
import { PickerPodSettings } from '../../model/picker-pod-settings';
import { PICKER_PORTS, PickerDeployment, PoolNode } from '../../model/pool';
import { PodMetadata } from '../backend';
import { inOrder } from '../workload/deployment';
import { addPodFacts, WrittenPodSpec } from '../workload/pod-spec';

export const CONFIG_FILE = 'endpoint-picker.yaml';
const NON_ROOT = 65532;

/** What the mesh requires of the pods of a picker. */
export interface PickerPlace {
  /** Whether the picker serves TLS itself. */
  readonly secureServing: boolean;
  readonly metadata: PodMetadata;
}

/** Returns the spec of the Deployment of a picker. */
export function compilePickerDeployment(pool: PoolNode, deployment: PickerDeployment, place: PickerPlace, configChecksum: string): unknown {
  const { workload } = pool.picker;
  const { settings: { availability, podLabels, podAnnotations, pod } } = deployment;
  const { spec } = k8s.KubeDeployment.manifest({
    spec: {
      ...pod.autoscaler ? {} : { replicas: deployment.replicas }, // with `replicas`, each apply would reset the number that the autoscaler set
      // A new pod is ready only when it is the leader, so a rolling update would wait for it for ever.
      ...availability === 'LeaderElected' && { strategy: { type: 'Recreate' } },
      selector: { matchLabels: { ...workload.labels } },
      template: {
        metadata: {
          labels: { ...podLabels, ...place.metadata.labels, ...workload.labels },
          annotations: { ...podAnnotations, ...place.metadata.annotations, 'checksum/config': configChecksum },
        },
        spec: podSpec(pool, deployment, place.secureServing),
      },
    },
  }) as { readonly spec: { readonly template: { readonly spec: WrittenPodSpec } } };
  addPodFacts(spec.template.spec, workload, { replicas: deployment.replicas, pod });
  return spec;
}

function podSpec(pool: PoolNode, deployment: PickerDeployment, secureServing: boolean): k8s.PodSpec {
  const { name, serviceAccount } = pool.picker.workload;
  const hasVolumes = Object.keys(deployment.settings.pod.volumes).length > 0;
  return {
    serviceAccountName: serviceAccount,
    automountServiceAccountToken: true,
    enableServiceLinks: false,
    terminationGracePeriodSeconds: 130,
    securityContext: {
      runAsNonRoot: true, runAsUser: NON_ROOT, runAsGroup: NON_ROOT, ...hasVolumes && { fsGroup: NON_ROOT }, seccompProfile: { type: 'RuntimeDefault' },
    },
    containers: [pickerContainer(pool, deployment, secureServing)],
    volumes: [{ name: 'config', configMap: { name } }],
  };
}

function pickerContainer(pool: PoolNode, deployment: PickerDeployment, secureServing: boolean): k8s.Container {
  const { settings } = deployment;
  return {
    name: 'endpoint-picker',
    image: deployment.image,
    ...settings.imagePullPolicy !== 'IfNotPresent' && { imagePullPolicy: settings.imagePullPolicy }, // the default of an image with a fixed tag
    args: flagsOf(pool, deployment, secureServing),
    env: environment(pool, settings),
    ports: [
      { name: 'grpc', containerPort: PICKER_PORTS.extProc },
      { name: 'grpc-health', containerPort: PICKER_PORTS.health },
      { name: 'metrics', containerPort: PICKER_PORTS.metrics },
    ],
    ...probesOf(settings),
    resources: resourcesOf(deployment),
    securityContext: {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    },
    volumeMounts: [{ name: 'config', mountPath: '/config', readOnly: true }],
  };
}

function flagsOf(pool: PoolNode, deployment: PickerDeployment, secureServing: boolean): string[] {
  const { settings } = deployment;
  const { maxReceiveMebibytes, flags } = settings;
  return [
    `--pool-name=${pool.name}`,
    `--pool-namespace=${pool.namespace}`,
    '--pool-group=inference.networking.k8s.io',
    `--config-file=/config/${CONFIG_FILE}`,
    `--grpc-port=${PICKER_PORTS.extProc}`,
    `--grpc-health-port=${PICKER_PORTS.health}`,
    `--metrics-port=${PICKER_PORTS.metrics}`,
    `--secure-serving=${secureServing}`,
    // By default the workload policy of the pods alone decides which callers may read the metrics.
    `--metrics-endpoint-auth=${settings.authenticatesScrapers}`,
    '--enable-pprof=false',
    `--tracing=${settings.tracing !== undefined}`,
    ...configFlags(deployment),
    ...settings.availability === 'LeaderElected' ? ['--ha-enable-leader-election=true'] : [],
    ...maxReceiveMebibytes === undefined ? [] : [`--grpc-max-recv-msg-size=${maxReceiveMebibytes}MiB`],
    ...Object.keys(flags).sort().map((name) => `--${name}=${flags[name]}`),
  ];
}

function environment(pool: PoolNode, settings: PickerPodSettings): k8s.EnvVar[] {
  const { env, secretEnv, tracing } = settings;
  const fieldRef = (name: string, fieldPath: string) => ({ name, valueFrom: { fieldRef: { fieldPath } } });
  return [
    fieldRef('NAMESPACE', 'metadata.namespace'),
    fieldRef('POD_NAME', 'metadata.name'),
    ...!tracing ? [] : [
      { name: 'OTEL_SERVICE_NAME', value: pool.picker.workload.name },
      { name: 'OTEL_TRACES_EXPORTER', value: 'otlp' },
      { name: 'OTEL_EXPORTER_OTLP_ENDPOINT', value: tracing.endpoint },
      { name: 'OTEL_RESOURCE_ATTRIBUTES', value: 'k8s.namespace.name=$(NAMESPACE),k8s.pod.name=$(POD_NAME)' },
      { name: 'OTEL_TRACES_SAMPLER', value: 'parentbased_traceidratio' },
      { name: 'OTEL_TRACES_SAMPLER_ARG', value: String(tracing.samplingRatio) },
    ],
    ...inOrder({ env, secretEnv }).map((name) => {
      if (!Object.hasOwn(secretEnv, name)) return { name, value: env[name] };
      const { secretName, key } = secretEnv[name];
      return { name, valueFrom: { secretKeyRef: { name: secretName, key } } };
    }),
  ];
}

/**
 * Returns the probes. A gRPC health check also fails before the InferencePool exists and while the picker drains, so startup only tests
 * whether the port accepts connections, and so does liveness. With leader election the picker answers the name `liveness` whenever it runs.
 */
function probesOf({ availability }: PickerPodSettings): Pick<k8s.Container, 'startupProbe' | 'livenessProbe' | 'readinessProbe'> {
  const port = PICKER_PORTS.health;
  const tcpSocket = { port: k8s.IntOrString.fromNumber(port) };
  return {
    startupProbe: { tcpSocket, periodSeconds: 2, failureThreshold: 150 },
    livenessProbe: { ...availability === 'LeaderElected' ? { grpc: { port, service: 'liveness' } } : { tcpSocket }, periodSeconds: 10 },
    readinessProbe: { grpc: { port, service: 'readiness' }, periodSeconds: 2 },
  };
}

function resourcesOf({ cpuMillis, memoryMebibytes, settings: { cpuLimitMillis, memoryLimitMebibytes } }: PickerDeployment): k8s.ResourceRequirements {
  const cpu = (millis: number) => k8s.Quantity.fromString(`${millis}m`);
  const memory = (mebibytes: number) => k8s.Quantity.fromString(`${mebibytes}Mi`);
  return {
    requests: { cpu: cpu(cpuMillis), memory: memory(memoryMebibytes) },
    limits: { ...cpuLimitMillis !== undefined && { cpu: cpu(cpuLimitMillis) }, memory: memory(memoryLimitMebibytes) },
  };
}
