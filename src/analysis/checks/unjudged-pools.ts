import { MeshModel } from '../../model/mesh';
import { Problem } from '../../model/problem';

/** Requests that a pool's gateway sends are admitted by who sends them; what was asked of a client's request is not asked there. */
export function unjudgedPools(model: MeshModel): Problem[] {
  return model.pools.filter(({ servers }) => servers.jwt || servers.externalAuthorizer !== undefined).map(({ origin, name, servers }) => ({
    path: origin.path,
    what: `pool ${name} would serve requests without the token or the authorizer that ${servers.title} demands`,
    got: servers.jwt?.issuer ?? servers.externalAuthorizer,
    allowed: 'servers of a pool that demand neither',
    next: 'demand it of an agent that has a Service and no pool',
  }));
}
