import { MeshModel } from '../../src/model/mesh';
import { podLabelsOf } from '../../src/model/workload';
import { Manifest } from '../synth';

/** Pods of an output, or that its program says are there. */
export interface Pods {
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
}

const NAME_OF_GATEWAY = 'gateway.networking.k8s.io/gateway-name';

/** The pods of Deployments, of Gateways, and of what already runs. */
export function podsOf(all: readonly Manifest[], models: readonly MeshModel[]): Pods[] {
  return [
    ...all.flatMap(({ spec, metadata: { namespace = '' } }) => (spec?.template?.metadata ? [{ namespace, labels: spec.template.metadata.labels ?? {} }] : [])),
    ...all.filter(({ kind }) => kind === 'Gateway').map(({ metadata: { name, namespace = '' } }) => ({ namespace, labels: { [NAME_OF_GATEWAY]: name } })),
    ...models.flatMap(({ workloads, gateways }) => [
      ...workloads.filter(({ deployment }) => !deployment).map((one) => ({ namespace: one.namespace, labels: podLabelsOf(one) })),
      ...gateways.map(({ name, namespace }) => ({ namespace, labels: { [NAME_OF_GATEWAY]: name } })),
    ]),
  ];
}
