import { WrittenPodSpec } from './pod-spec';
import { RoutingSidecarFacts } from '../../model/disaggregated-pod';
import { WorkloadNode } from '../../model/workload';

/** User of the image of the routing sidecar. */
const SIDECAR_USER = 65532;

/** A written container, as far as it is changed here. */
interface WrittenContainer {
  env?: object[];
}

/** Adds to a written pod what its part in prefill/decode disaggregation needs, if it has one. */
export function addDisaggregation(spec: WrittenPodSpec, { disaggregated }: WorkloadNode): void {
  if (!disaggregated) return;
  const { sideChannelPort, transferRange, sidecar } = disaggregated;
  const [container] = spec.containers as WrittenContainer[];
  container.env = [
    ...container.env ?? [],
    // The model server tells this address to other pods. Its default is localhost (vLLM 0.21, NixlConnector).
    { name: 'VLLM_NIXL_SIDE_CHANNEL_HOST', valueFrom: { fieldRef: { fieldPath: 'status.podIP' } } },
    { name: 'VLLM_NIXL_SIDE_CHANNEL_PORT', value: String(sideChannelPort) },
    ...transferRange ? [{ name: 'UCX_TCP_PORT_RANGE', value: transferRange.join('-') }] : [],
  ];
  if (sidecar) spec.initContainers = [routingSidecar(sidecar)];
}

/**
 * Returns the routing sidecar, as an init container that keeps running: it starts before the model server and stops after it. It has no startup
 * probe, which would wait for a proxy of the mesh that starts later. Its health says nothing of the model server, whose own probes do
 * (llm-d-router v0.10, cmd/pd-sidecar and pkg/sidecar/proxy).
 */
function routingSidecar({ image, port, modelServerPort, cpuMillis, memoryMebibytes }: RoutingSidecarFacts): object {
  const memory = `${memoryMebibytes}Mi`;
  return {
    name: 'routing-sidecar',
    image,
    restartPolicy: 'Always',
    args: [
      `--port=${port}`, `--model-server-port=${modelServerPort}`, '--kv-connector=nixlv2',
      '--secure-proxy=false', // the mesh encrypts; gateways and the picker speak plain HTTP
    ],
    ports: [{ name: `tcp-${port}`, containerPort: port, protocol: 'TCP' }],
    readinessProbe: { httpGet: { path: '/health', port }, periodSeconds: 2 },
    resources: { requests: { cpu: `${cpuMillis}m`, memory }, limits: { memory } },
    securityContext: {
      runAsNonRoot: true, runAsUser: SIDECAR_USER, runAsGroup: SIDECAR_USER, readOnlyRootFilesystem: true, allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] },
    },
  };
}
