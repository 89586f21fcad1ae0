import { createHash } from 'crypto';
import { ApiObject, Yaml } from 'cdk8s';
import { k8s } from 'cdk8s-plus-30';
import { Construct } from 'constructs';
import { compilePickerConfig } from './picker-config';
import { PICKER_PORTS, PickerDeployment, PoolNode } from '../../model/pool';
import { PodMetadata } from '../backend';
import { emit } from '../emit';

const CONFIG_FILE = 'endpoint-picker.yaml';
const NON_ROOT = 65532;

/** What the mesh requires of the pods of a picker. */
export interface PickerPlace {
  /** Whether the picker serves TLS itself. */
  readonly secureServing: boolean;
  readonly metadata: PodMetadata;
}

/** Emits an endpoint picker: ServiceAccount, Role, RoleBinding, ConfigMap and Deployment. */
export function emitPicker(scope: Construct, pool: PoolNode, deployment: PickerDeployment, place: PickerPlace): void {
  const { workload } = pool.picker;
  const { name, namespace, serviceAccount } = workload;
  emit(scope, 'service-account', k8s.KubeServiceAccount, { name: serviceAccount, namespace }, {});
  emit(scope, 'role', k8s.KubeRole, { name, namespace }, { rules: () => rights() });
  emit(scope, 'role-binding', k8s.KubeRoleBinding, { name, namespace }, {
    roleRef: () => ({ apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name }),
    subjects: () => [{ kind: 'ServiceAccount', name: serviceAccount, namespace }],
  });
  const config = emit(scope, 'config', k8s.KubeConfigMap, { name, namespace }, { data: () => ({ [CONFIG_FILE]: Yaml.stringify(compilePickerConfig(pool)) }) });
  emit(scope, 'deployment', k8s.KubeDeployment, { name, namespace, labels: workload.labels }, {
    spec: () => compilePickerDeployment(pool, deployment, place, checksum(config)),
  });
}

/**
 * Emits the Service of a picker. Gateways call its ext-proc port, which must be declared as HTTP/2. The metrics port is open to the
 * callers that the workload policy allows.
 */
export function emitPickerService(scope: Construct, pool: PoolNode, labels: Readonly<Record<string, string | (() => string | undefined)>>): void {
  const { workload, serviceName, port } = pool.picker;
  const { metrics } = PICKER_PORTS;
  emit(scope, 'service', k8s.KubeService, { name: serviceName, namespace: workload.namespace, labels }, {
    spec: () => ({
      selector: { ...workload.labels },
      ports: [
        { name: 'grpc-ext-proc', port, targetPort: k8s.IntOrString.fromNumber(PICKER_PORTS.extProc), protocol: 'TCP', appProtocol: 'kubernetes.io/h2c' },
        { name: 'http-metrics', port: metrics, targetPort: k8s.IntOrString.fromNumber(metrics), protocol: 'TCP', appProtocol: 'http' },
      ],
    }),
  });
}

/** Returns the RBAC rules of the picker, which are read-only. */
function rights(): k8s.PolicyRule[] {
  const verbs = ['get', 'list', 'watch'];
  return [
    { apiGroups: [''], resources: ['pods'], verbs },
    { apiGroups: ['inference.networking.k8s.io'], resources: ['inferencepools'], verbs },
    { apiGroups: ['llm-d.ai', 'inference.networking.x-k8s.io'], resources: ['inferenceobjectives', 'inferencemodelrewrites'], verbs },
  ];
}

/**
 * Returns a checksum of the ConfigMap as written, JSON patches included. The picker reads its configuration once at start, so a changed
 * ConfigMap must restart the pods.
 */
function checksum(config: ApiObject): string {
  const { metadata: _, ...content } = config.toJson();
  return createHash('sha256').update(JSON.stringify(content)).digest('hex');
}

export function compilePickerDeployment(
  pool: PoolNode, deployment: PickerDeployment, { secureServing, metadata }: PickerPlace, configChecksum: string,
): k8s.DeploymentSpec {
  const { name, labels, serviceAccount } = pool.picker.workload;
  return {
    replicas: deployment.replicas,
    selector: { matchLabels: { ...labels } },
    template: {
      metadata: {
        labels: { ...metadata.labels, ...labels },
        annotations: { ...metadata.annotations, 'checksum/config': configChecksum },
      },
      spec: {
        serviceAccountName: serviceAccount,
        automountServiceAccountToken: true,
        enableServiceLinks: false,
        terminationGracePeriodSeconds: 130,
        securityContext: { runAsNonRoot: true, runAsUser: NON_ROOT, runAsGroup: NON_ROOT, seccompProfile: { type: 'RuntimeDefault' } },
        containers: [pickerContainer(pool, deployment, secureServing)],
        volumes: [{ name: 'config', configMap: { name } }],
      },
    },
  };
}

function pickerContainer(pool: PoolNode, deployment: PickerDeployment, secureServing: boolean): k8s.Container {
  const memory = k8s.Quantity.fromString(`${deployment.memoryMebibytes}Mi`);
  const port = (number: number) => k8s.IntOrString.fromNumber(number);
  return {
    name: 'endpoint-picker',
    image: deployment.image,
    args: [
      `--pool-name=${pool.name}`,
      `--pool-namespace=${pool.namespace}`,
      '--pool-group=inference.networking.k8s.io',
      `--config-file=/config/${CONFIG_FILE}`,
      `--grpc-port=${PICKER_PORTS.extProc}`,
      `--grpc-health-port=${PICKER_PORTS.health}`,
      `--metrics-port=${PICKER_PORTS.metrics}`,
      `--secure-serving=${secureServing}`,
      // The workload policy of the pods decides which callers may read the metrics, not tokens.
      '--metrics-endpoint-auth=false',
      '--enable-pprof=false',
      '--tracing=false',
    ],
    env: [
      { name: 'NAMESPACE', valueFrom: { fieldRef: { fieldPath: 'metadata.namespace' } } },
      { name: 'POD_NAME', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
    ],
    ports: [
      { name: 'grpc', containerPort: PICKER_PORTS.extProc },
      { name: 'grpc-health', containerPort: PICKER_PORTS.health },
      { name: 'metrics', containerPort: PICKER_PORTS.metrics },
    ],
    // A gRPC health check also fails before the InferencePool exists and while the picker drains, so startup and liveness only test
    // whether the port accepts connections.
    startupProbe: { tcpSocket: { port: port(PICKER_PORTS.health) }, periodSeconds: 2, failureThreshold: 150 },
    livenessProbe: { tcpSocket: { port: port(PICKER_PORTS.health) }, periodSeconds: 10 },
    readinessProbe: { grpc: { port: PICKER_PORTS.health, service: 'readiness' }, periodSeconds: 2 },
    resources: {
      requests: { cpu: k8s.Quantity.fromString(`${deployment.cpuMillis}m`), memory },
      limits: { memory },
    },
    securityContext: {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    },
    volumeMounts: [{ name: 'config', mountPath: '/config', readOnly: true }],
  };
}
