import { SkippedContainers } from '../backend';
import { PodTemplate } from '../foreign/pod-template';
import { entriesOf } from '../foreign/tree-object';

/**
 * Containers that make the injector treat a pod as already injected and skip it (Linkerd 2.19, 2.20 and edge-26.8.3,
 * pkg/healthcheck/sidecar.go).
 */
export const SKIPPED: SkippedContainers = {
  by: 'Linkerd\'s injector',
  names: ['istio-proxy', 'linkerd-proxy'],
  images: ['cr.l5d.io/linkerd/proxy:', 'gcr.io/istio-release/proxyv2:'],
  initNames: ['istio-init', 'linkerd-init'],
  initImages: ['cr.l5d.io/linkerd/proxy-init:', 'gcr.io/istio-release/proxy_init:'],
};

interface Container { readonly name?: unknown; readonly image?: unknown }

/** Returns the containers of a pod template that make the injector skip its pods. Each is written as in a message. */
export function skippedFor({ spec }: PodTemplate): string[] {
  const { names, images, initNames, initImages } = SKIPPED;
  const initial = entriesOf<Container>(spec.initContainers);
  const all = [...entriesOf<Container>(spec.containers), ...initial];
  const found = [...all.filter((one) => isOneOf(one, names, images)), ...initial.filter((one) => isOneOf(one, initNames, initImages))];
  return [...new Set(found)].map(({ name, image }) => `the container ${String(name)} of the image ${String(image)}, which Linkerd\'s injector treats as a proxy that is already there, so it injects none`);
}

function isOneOf({ name, image }: Container, names: readonly string[], images: readonly string[]): boolean {
  return names.includes(String(name)) || images.some((prefix) => String(image).startsWith(prefix));
}
