import { checkPickerPods } from './picker-pod-checks';
import { Callers } from '../../model/callers';
import { PICKER_PORTS, PICKER_SUFFIX, PickerNode } from '../../model/pool';
import { ServiceNode } from '../../model/service';
import { opaqueDeclaration, WorkloadNode } from '../../model/workload';
import { EndpointPicker, pickerDescription } from '../../values/endpoint-picker';
import { Membership } from '../membership/membership';
import { bindWorkload } from '../workload/bind-workload';
import { mountedVolumes } from '../workload/mount-checks';

/** Returns the endpoint picker of a pool: a deployed one, which is named after the pool, or an existing one. */
export function bindPicker(member: Membership, poolName: string, namespace: string, picker: EndpointPicker): PickerNode {
  const description = pickerDescription.of(picker);
  const name = `${poolName}${PICKER_SUFFIX}`;
  const title = `picker of pool ${poolName}`;
  if (description.kind === 'existing') {
    const workload = bindWorkload(member, description.workload, {
      title, name, namespace, serviceAccount: name, labels: { 'app.kubernetes.io/name': name }, callers: new Callers(), routable: false,
    });
    if (workload.deployment || !workload.service) {
      member.report({ message: `the ${title} needs a Service through which gateways call it`, actual: workload.title, expected: 'Workload.existing with a `service`', fix: 'pass Workload.existing with the pods and the `service` of the picker, or use EndpointPicker.deploy' });
    }
    const service = workload.service ?? { name, namespace, port: PICKER_PORTS.extProc, targetPort: PICKER_PORTS.extProc };
    workload.service = service;
    checkExisting(member, workload, service);
    return { workload, serviceName: service.name, port: service.port, selfSignedTls: description.selfSignedTls };
  }
  const { deployment } = description;
  const { podLabels, pod } = deployment.settings;
  checkPickerPods(member, title, deployment);
  const workload = {
    origin: member, title, name, namespace, serviceAccount: name, labels: { 'app.kubernetes.io/name': name },
    ports: Object.values(PICKER_PORTS), opaquePorts: [], grpcPorts: [], mediaPorts: [], callers: new Callers(), routable: false,
    ...Object.keys(podLabels).length > 0 && { pickerLabels: podLabels },
  };
  member.model.workloads.push(workload);
  const settings = { ...deployment.settings, pod: { ...pod, volumes: mountedVolumes(pod) } };
  return { workload, serviceName: name, port: PICKER_PORTS.extProc, selfSignedTls: true, deployment: { ...deployment, settings } };
}

/** Reports an existing picker that the gateway cannot call, or that cannot call the Kubernetes API server. */
function checkExisting(member: Membership, workload: WorkloadNode, { targetPort }: ServiceNode): void {
  const { title, opaquePorts, egress } = workload;
  if (opaquePorts.includes(targetPort)) {
    member.report({ message: `gateways call the ${title} over gRPC, but its port is declared as \`${opaqueDeclaration(workload, targetPort)}\``, actual: targetPort, expected: 'a port that speaks gRPC', fix: `declare the port as \`Port.grpc(${targetPort})\`` });
  }
  if (egress && egress.kubernetesNetworks.length === 0) {
    member.report({ message: `the ${title} watches pods through the Kubernetes API, but its \`egress\` does not allow connections to the API`, actual: egress.hosts.map(({ hostname }) => hostname), expected: '`kubernetesApiCidrs` in its `egress`', fix: 'set `kubernetesApiCidrs` to the addresses of the API server, as `kubectl get endpointslices -l kubernetes.io/service-name=kubernetes` lists them' });
  }
}
