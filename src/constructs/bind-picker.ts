import { bindWorkload } from './bind-workload';
import { checkImage, checkResources, whole } from './deployment-checks';
import { Membership } from './membership';
import { Callers } from '../model/callers';
import { PICKER_PORTS, PICKER_SUFFIX, PickerDeployment, PickerNode } from '../model/pool';
import { ServiceNode } from '../model/service';
import { WorkloadNode } from '../model/workload';
import { EndpointPicker, pickerDescription } from '../values/endpoint-picker';

/** Gives a pool its picker: the library's, named after the pool, or the team's. */
export function bindPicker(member: Membership, poolName: string, namespace: string, picker: EndpointPicker): PickerNode {
  const description = pickerDescription.of(picker);
  const name = `${poolName}${PICKER_SUFFIX}`;
  const title = `picker of pool ${poolName}`;
  if (description.kind === 'existing') {
    const workload = bindWorkload(member, description.workload, {
      title, name, namespace, serviceAccount: name, labels: { 'app.kubernetes.io/name': name }, callers: new Callers(), routable: false,
    });
    if (workload.deployment || !workload.service) {
      member.report({ message: `the ${title} is no picker that the team runs`, actual: workload.title, expected: 'Workload.existing with a `service`', fix: 'name its pods and its Service, or use EndpointPicker.deploy' });
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

/** What a gateway asks of a picker, and a picker of the cluster. */
function checkExisting(member: Membership, { title, opaquePorts, egress }: WorkloadNode, { targetPort }: ServiceNode): void {
  if (opaquePorts.includes(targetPort)) {
    member.report({ message: `the ${title} is said to speak something else than HTTP, and gateways ask it by gRPC`, actual: targetPort, expected: 'a port that is not in `opaquePorts`', fix: 'take it out of `opaquePorts`' });
  }
  if (egress && egress.kubernetesNetworks.length === 0) {
    member.report({ message: `the ${title} follows the pods of its pool at the Kubernetes API, and may not call it`, actual: egress.hostnames, expected: '`kubernetesApiCidrs` of its `egress`', fix: 'name the networks of the API server, as `kubectl get endpoints kubernetes` tells them' });
  }
}

function checkPicker(member: Membership, { image, replicas, weights, ...resources }: PickerDeployment): void {
  checkImage(member, image);
  whole(member, 'replicas', replicas, 1, 100);
  checkResources(member, resources);
  if (replicas > 1 && weights.prefixCache > 0) {
    member.report({
      message: 'each pod of the picker knows only the requests that it placed itself: with several of them a prompt often misses the pod whose cache holds its prefix',
      actual: { replicas, prefixCacheWeight: weights.prefixCache }, expected: 'one replica, or `prefixCacheWeight: 0`',
      fix: 'state `replicas: 1`, which Kubernetes replaces when it fails; or `prefixCacheWeight: 0`; or acknowledge AM222, if availability is worth the misses',
    }, 'AM222');
  }
  const values = Object.values(weights);
  if (values.some((weight) => !Number.isFinite(weight) || weight < 0) || values.every((weight) => weight === 0)) {
    member.report({ message: 'the weights of the picker score nothing', actual: weights, expected: 'numbers from 0, one of them above it', fix: 'correct the weights' });
  }
}
