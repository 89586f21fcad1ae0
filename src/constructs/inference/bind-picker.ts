import { Callers } from '../../model/callers';
import { PICKER_PORTS, PICKER_SUFFIX, PickerDeployment, PickerNode } from '../../model/pool';
import { ServiceNode } from '../../model/service';
import { WorkloadNode } from '../../model/workload';
import { EndpointPicker, pickerDescription } from '../../values/endpoint-picker';
import { Membership } from '../membership/membership';
import { bindWorkload } from '../workload/bind-workload';
import { checkImage, checkResources, whole } from '../workload/deployment-checks';

/** Returns the endpoint picker of a pool: one that is deployed here and named after the pool, or an existing one. */
export function bindPicker(member: Membership, poolName: string, namespace: string, picker: EndpointPicker): PickerNode {
  const description = pickerDescription.of(picker);
  const name = `${poolName}${PICKER_SUFFIX}`;
  const title = `picker of pool ${poolName}`;
  if (description.kind === 'existing') {
    const workload = bindWorkload(member, description.workload, {
      title, name, namespace, serviceAccount: name, labels: { 'app.kubernetes.io/name': name }, callers: new Callers(), routable: false,
    });
    if (workload.deployment || !workload.service) {
      member.report({ message: `the ${title} is not an existing picker with a Service`, actual: workload.title, expected: 'Workload.existing with a `service`', fix: 'describe its pods and its Service in Workload.existing, or use EndpointPicker.deploy' });
    }
    const service = workload.service ?? { name, namespace, port: PICKER_PORTS.extProc, targetPort: PICKER_PORTS.extProc };
    workload.service = service;
    checkExisting(member, workload, service);
    return { workload, serviceName: service.name, port: service.port, selfSignedTls: description.selfSignedTls };
  }
  checkPicker(member, description.deployment);
  const workload = {
    origin: member, title, name, namespace, serviceAccount: name, labels: { 'app.kubernetes.io/name': name },
    ports: Object.values(PICKER_PORTS), opaquePorts: [], grpcPorts: [], mediaPorts: [], callers: new Callers(), routable: false,
  };
  member.model.workloads.push(workload);
  return { workload, serviceName: name, port: PICKER_PORTS.extProc, selfSignedTls: true, deployment: description.deployment };
}

/** Reports an existing picker that its gateway cannot call, or that cannot call the Kubernetes API. */
function checkExisting(member: Membership, { title, opaquePorts, egress }: WorkloadNode, { targetPort }: ServiceNode): void {
  if (opaquePorts.includes(targetPort)) {
    member.report({ message: `the ${title} is called over gRPC, but its port does not speak HTTP: it is \`Port.tcp(${targetPort})\``, actual: targetPort, expected: 'a port that speaks gRPC', fix: `declare the port as \`Port.grpc(${targetPort})\`` });
  }
  if (egress && egress.kubernetesNetworks.length === 0) {
    member.report({ message: `the ${title} watches the pods of its pool at the Kubernetes API, but its \`egress\` does not allow that`, actual: egress.hostnames, expected: '`kubernetesApiCidrs` in its `egress`', fix: 'set `kubernetesApiCidrs` to the addresses of the API server, as `kubectl get endpoints kubernetes` lists them' });
  }
}

function checkPicker(member: Membership, { image, replicas, weights, ...resources }: PickerDeployment): void {
  checkImage(member, image);
  whole(member, 'replicas', replicas, 1, 100);
  checkResources(member, resources);
  if (replicas > 1 && weights.prefixCache > 0) {
    member.report({
      message: 'each replica of the picker knows only the requests that it routed itself, so with several replicas prompts often miss the pod whose cache holds their prefix',
      actual: { replicas, prefixCacheWeight: weights.prefixCache }, expected: 'one replica, or `prefixCacheWeight` 0',
      fix: 'set `replicas` to 1 (Kubernetes replaces a failed pod) or `prefixCacheWeight` to 0; or acknowledge AM222 if availability matters more than cache hits',
    }, 'AM222');
  }
  const values = Object.values(weights);
  if (values.some((weight) => !Number.isFinite(weight) || weight < 0) || values.every((weight) => weight === 0)) {
    member.report({ message: 'the weights of the picker are all zero, or one is not a number from 0', actual: weights, expected: 'numbers from 0, at least one above 0', fix: 'correct the weights' });
  }
}
