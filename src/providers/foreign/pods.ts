import { asStated } from './pod-marks';
import { PodTemplate, podTemplatesOf } from './pod-template';
import { ForeignObjects, TreeObject } from './tree-object';
import { NamespaceNode } from '../../model/mesh';
import { CheckResult } from '../../model/problem';

/** Returns the fields of a pod template that exclude its pods, or some of their ports, from the mesh. Each is written as in a manifest. */
export type MeshBypasses = (template: PodTemplate, namespace: string) => readonly string[];

/** Reports pods in a namespace of the mesh to which the policies of the mesh do not apply. */
export function bypassingPods(namespaces: readonly NamespaceNode[], foreign: ForeignObjects, bypasses: MeshBypasses): CheckResult[] {
  return namespaces.flatMap(({ name }) => foreign.in(name).flatMap((object) => leaving(object, bypasses)));
}

function leaving(object: TreeObject, bypasses: MeshBypasses): CheckResult[] {
  const ways = [...new Set(podTemplatesOf(object).flatMap((template) => bypasses(asStated(object.object, template), object.namespace)))];
  return ways.length === 0 ? [] : [{
    path: object.path,
    message: `the pods of ${object.title} are in a namespace of the mesh, but these fields take them or some of their ports out of the mesh, so its policies do not apply to them`,
    actual: ways,
    expected: 'pods whose traffic the mesh intercepts at every port',
    fix: 'remove these fields, or run the pods in a namespace outside the mesh',
  }];
}

/** Returns the field that puts pods on the host network, because no data plane captures the traffic of the host network. */
export function onHostNetwork({ spec }: PodTemplate): string[] {
  return spec.hostNetwork === true ? ['hostNetwork: true'] : [];
}

/** Returns a label or annotation of the pods if its value matters. */
export function marked({ metadata: { labels = {}, annotations = {} } }: PodTemplate, key: string, matters: (value: unknown) => boolean): string[] {
  return [labels[key], annotations[key]].filter((value) => value !== undefined && matters(value)).map((value) => `${key}: ${JSON.stringify(value)}`);
}

/** Annotation with the templates that Istio's injector applies to a pod (Istio 1.30, injection). */
export const TEMPLATES = 'inject.istio.io/templates';

/** Returns whether a pod contains only a gateway, for which the injector uses the template for gateways. */
export function isGatewayPod({ metadata: { annotations = {} }, spec }: PodTemplate): boolean {
  return annotations[TEMPLATES] === 'gateway' && (spec.containers as readonly { readonly name?: unknown }[]).every((one) => one?.name === 'istio-proxy');
}
