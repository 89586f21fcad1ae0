import { MeshModel } from '../../../model/mesh';
import { Problem } from '../../../model/problem';

/**
 * Envoy takes the aliases of a mesh's trust domain for one domain, so that a waypoint cannot tell a caller of a trusted
 * domain from a namesake at home. ztunnel compares the whole identity, so such a caller is granted at pods alone.
 */
export function foreignCallers(model: MeshModel): Problem[] {
  return model.workloads.filter(({ service }) => service?.waypoint).flatMap(({ origin, title, callers }) =>
    callers.all.filter(({ principal }) => principal.trustDomain !== model.facts.trustDomain).map((caller) => ({
      path: origin.path,
      what: `a waypoint cannot tell ${caller.title} from a caller of the same name at home, and ${title} is behind one`,
      got: caller.principal.trustDomain,
      allowed: `callers of ${model.facts.trustDomain}`,
      next: 'grant callers of other trust domains only what has no waypoint, where pods admit them by their whole identity',
    })));
}
