import { createHash } from 'crypto';
import { ApiObject, Yaml } from 'cdk8s';
import { k8s } from 'cdk8s-plus-30';
import { Construct } from 'constructs';
import { compilePickerConfig } from './picker-config';
import { CONFIG_FILE, compilePickerDeployment, PickerPlace } from './picker-pod';
import { PickerPodSettings } from '../../model/picker-pod-settings';
import { PICKER_PORTS, PickerDeployment, PoolNode } from '../../model/pool';
import { emit } from '../emit';
import { emitScaling, RENDERED_DEPLOYMENT } from '../workload/deployment';

/** Emits an endpoint picker: ServiceAccount, Role, RoleBinding, ConfigMap and Deployment, and what its settings need beside them. */
export function emitPicker(scope: Construct, pool: PoolNode, deployment: PickerDeployment, place: PickerPlace): void {
  const { workload } = pool.picker;
  const { name, namespace, serviceAccount } = workload;
  emit(scope, 'service-account', k8s.KubeServiceAccount, { name: serviceAccount, namespace }, {});
  emit(scope, 'role', k8s.KubeRole, { name, namespace }, { rules: () => rights(deployment.settings) });
  emit(scope, 'role-binding', k8s.KubeRoleBinding, { name, namespace }, {
    roleRef: () => ({ apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name }),
    subjects: () => [{ kind: 'ServiceAccount', name: serviceAccount, namespace }],
  });
  const config = emit(scope, 'config', k8s.KubeConfigMap, { name, namespace }, { data: () => ({ [CONFIG_FILE]: Yaml.stringify(compilePickerConfig(pool, deployment)) }) });
  emit(scope, 'deployment', RENDERED_DEPLOYMENT, { name, namespace, labels: workload.labels }, {
    spec: () => compilePickerDeployment(pool, deployment, place, checksum(config, pool)),
  });
  emitScaling(scope, workload, deployment.settings.pod, 'endpoint-picker');
  if (deployment.settings.authenticatesScrapers) emitTokenReviews(scope, pool);
}

/**
 * Emits the rights with which a picker checks the tokens of scrapers. Without them, a picker with `--metrics-endpoint-auth` answers every
 * scrape with status 500 (llm-d-router issue 2370). The names contain a colon, so that two pairs of namespace and pool never share one.
 */
function emitTokenReviews(scope: Construct, { picker: { workload } }: PoolNode): void {
  const { name: pickerName, namespace, serviceAccount } = workload;
  const name = `endpoint-picker:${namespace}:${pickerName}`;
  emit(scope, 'token-reviews', k8s.KubeClusterRole, { name }, {
    rules: () => [
      { apiGroups: ['authentication.k8s.io'], resources: ['tokenreviews'], verbs: ['create'] },
      { apiGroups: ['authorization.k8s.io'], resources: ['subjectaccessreviews'], verbs: ['create'] },
    ],
  });
  emit(scope, 'token-reviews-binding', k8s.KubeClusterRoleBinding, { name }, {
    roleRef: () => ({ apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name }),
    subjects: () => [{ kind: 'ServiceAccount', name: serviceAccount, namespace }],
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

/** Returns the RBAC rules of the picker. They are read-only, except for the lease and the events of leader election. */
function rights({ availability }: PickerPodSettings): k8s.PolicyRule[] {
  const verbs = ['get', 'list', 'watch'];
  return [
    { apiGroups: [''], resources: ['pods'], verbs },
    { apiGroups: ['inference.networking.k8s.io'], resources: ['inferencepools'], verbs },
    { apiGroups: ['llm-d.ai', 'inference.networking.x-k8s.io'], resources: ['inferenceobjectives', 'inferencemodelrewrites'], verbs },
    ...availability !== 'LeaderElected' ? [] : [
      { apiGroups: ['coordination.k8s.io'], resources: ['leases'], verbs: [...verbs, 'create', 'update', 'patch', 'delete'] },
      { apiGroups: [''], resources: ['events'], verbs: ['create', 'patch'] },
    ],
  ];
}

/**
 * Returns a checksum of the ConfigMap as written, JSON patches included. The picker reads its configuration once at start, so a changed
 * ConfigMap must restart the pods. So must the first `allowedModels`: a picker that started before the CRD of rewrites existed ignores them.
 */
function checksum(config: ApiObject, { allowedModels }: PoolNode): string {
  const { metadata: _, ...content } = config.toJson();
  return createHash('sha256').update(JSON.stringify(allowedModels ? { ...content, limitsModels: true } : content)).digest('hex');
}
