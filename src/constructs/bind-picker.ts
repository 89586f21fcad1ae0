import { bindWorkload } from './bind-workload';
import { imageProblem, whole } from './deployment-checks';
import { Membership } from './membership';
import { Callers } from '../model/callers';
import { PickerDeployment, PickerNode } from '../model/pool';
import { EndpointPicker, pickerDescription } from '../values/endpoint-picker';

const EXT_PROC_PORT = 9002;

/** Everything that llm-d's picker listens on: requests, health, metrics (llm-d-router v0.10). */
const PICKER_PORTS = [EXT_PROC_PORT, 9003, 9090];

/** Gives a pool its picker: the library's, named after the pool, or the team's. */
export function bindPicker(member: Membership, poolName: string, namespace: string, picker: EndpointPicker): PickerNode {
  const description = pickerDescription.of(picker);
  const name = `${poolName}-epp`;
  const title = `picker of pool ${poolName}`;
  if (description.kind === 'existing') {
    const workload = bindWorkload(member, description.workload, {
      title, name, namespace, serviceAccount: name, labels: { 'app.kubernetes.io/name': name }, callers: new Callers(), routable: false,
    });
    if (workload.deployment || !workload.service) {
      member.report({ what: `the ${title} is no picker that the team runs`, got: workload.title, allowed: 'Workload.existing with a `service`', next: 'name its pods and its Service, or use EndpointPicker.deploy' });
    }
    const service = workload.service ?? { name, namespace, port: EXT_PROC_PORT, targetPort: EXT_PROC_PORT };
    workload.service = service;
    return { workload, serviceName: service.name, port: service.port, selfSignedTls: description.selfSignedTls };
  }
  checkPicker(member, description.deployment);
  const workload = {
    origin: member, title, name, namespace, serviceAccount: name, labels: { 'app.kubernetes.io/name': name },
    ports: PICKER_PORTS, callers: new Callers(), routable: false,
  };
  member.model.workloads.push(workload);
  return { workload, serviceName: name, port: EXT_PROC_PORT, selfSignedTls: true, deployment: description.deployment };
}

function checkPicker(member: Membership, { image, replicas, weights, cpuMillis, memoryMebibytes }: PickerDeployment): void {
  member.report(imageProblem(image));
  whole(member, 'replicas', replicas, 1, 100);
  whole(member, 'cpuMillis', cpuMillis, 1, 1_000_000);
  whole(member, 'memoryMebibytes', memoryMebibytes, 1, 16_777_216);
  const values = Object.values(weights);
  if (values.some((weight) => !Number.isFinite(weight) || weight < 0) || values.every((weight) => weight === 0)) {
    member.report({ what: 'the weights of the picker score nothing', got: weights, allowed: 'numbers from 0, one of them above it', next: 'correct the weights' });
  }
}
