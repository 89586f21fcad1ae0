import { ApiObject } from 'cdk8s';
import { MeshModel } from '../../model/mesh';
import { Problem } from '../../model/problem';
import { isEmitted } from '../emit';

/** What the team writes itself on Linkerd, and what would undo in silence what the mesh says (Linkerd 2.20, inbound and outbound policy). */
export function foreignPolicies(model: MeshModel, objects: readonly ApiObject[]): Problem[] {
  return objects.filter((object) => !isEmitted(object)).flatMap((object) => [...broadAuthorization(model, object), ...serviceProfile(model, object)]);
}

/** An authorization of a Server, or of the namespace, opens every route of it: tools too. */
function broadAuthorization(model: MeshModel, object: ApiObject): Problem[] {
  if (object.kind !== 'AuthorizationPolicy' || object.apiGroup !== 'policy.linkerd.io' || !model.namespaces.has(object.metadata.namespace ?? '')) return [];
  const { targetRef } = (object.toJson() as { spec?: { targetRef?: { kind?: string; name?: string } } }).spec ?? {};
  if (targetRef?.kind !== 'Server' && targetRef?.kind !== 'Namespace') return [];
  return [{
    path: object.node.path,
    what: 'an AuthorizationPolicy of a Server or of a namespace opens every route there, whatever was granted',
    got: `${targetRef.kind} ${targetRef.name}`,
    allowed: 'grants; or a policy of your own on an HTTPRoute of your own',
    next: 'grant it (`grantCall`, `grantAllTools`), and drop the policy',
  }];
}

/** A ServiceProfile switches off the routes of its Service. */
function serviceProfile({ meshRoutes }: MeshModel, object: ApiObject): Problem[] {
  const route = object.kind === 'ServiceProfile' && meshRoutes.find(({ service }) => object.name.startsWith(`${service.name}.${service.namespace}.svc`));
  return !route ? [] : [{
    path: object.node.path,
    what: `a ServiceProfile switches off the route ${route.name} of the same Service`,
    got: object.name,
    allowed: 'either of the two',
    next: 'drop the ServiceProfile: retries and timeouts of the route are stated with it',
  }];
}
