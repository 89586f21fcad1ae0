import { PodTemplate, podTemplatesOf } from './pod-template';
import { ForeignObjects, TreeObject } from './tree-object';
import { NamespaceNode } from '../../model/mesh';
import { CheckResult } from '../../model/problem';

/** By which of its fields pods are not in the mesh, or not with every port; each as in a manifest. */
export type MeshBypasses = (template: PodTemplate, namespace: string) => readonly string[];

/** Pods in a namespace of the mesh that its policies do not reach. */
export function bypassingPods(namespaces: readonly NamespaceNode[], foreign: ForeignObjects, bypasses: MeshBypasses): CheckResult[] {
  return namespaces.flatMap(({ name }) => foreign.in(name).flatMap((object) => leaving(object, bypasses)));
}

function leaving(object: TreeObject, bypasses: MeshBypasses): CheckResult[] {
  const ways = [...new Set(podTemplatesOf(object).flatMap((template) => bypasses(template, object.namespace)))];
  return ways.length === 0 ? [] : [{
    path: object.path,
    message: `the pods of ${object.title} are in a namespace of the mesh, and its policies do not hold for them`,
    actual: ways,
    expected: 'pods that the mesh captures with all of their ports',
    fix: 'drop what takes them out, or run them in a namespace that is not one of the mesh',
  }];
}

/** No data plane captures pods that use the network of the node. */
export function onHostNetwork({ spec }: PodTemplate): string[] {
  return spec.hostNetwork === true ? ['hostNetwork: true'] : [];
}

/** A label or annotation of the pods, where it has one of the values that matter. */
export function marked({ metadata: { labels = {}, annotations = {} } }: PodTemplate, key: string, matters: (value: unknown) => boolean): string[] {
  return [labels[key], annotations[key]].filter((value) => value !== undefined && matters(value)).map((value) => `${key}: ${JSON.stringify(value)}`);
}

/** By which of its templates Istio's injector makes a pod (Istio 1.30, injection). */
export const TEMPLATES = 'inject.istio.io/templates';

/** A pod that is a gateway and nothing else, as istiod's template for gateways completes it. */
export function isGatewayPod({ metadata: { annotations = {} }, spec }: PodTemplate): boolean {
  return annotations[TEMPLATES] === 'gateway' && (spec.containers as readonly { readonly name?: unknown }[]).every((one) => one?.name === 'istio-proxy');
}
