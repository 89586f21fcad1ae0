import { externalHost } from './demands';
import { placeIn } from './places';
import { id, name, number, external, statedName, text } from './texts';
import { ClusterLink, ClusterLinkProps, McpAccessPolicy, McpAccessPolicyProps, MeshEgress, MeshEgressProps } from '../../../src';
import { Drawing } from '../drawing';
import { list, lit, made } from '../expr';
import { always, options, rarely } from '../options';
import { BoundaryVar, MeshVar } from '../plan';

/** A boundary's grants as an XAccessPolicy. */
export function accessPolicy(on: Drawing, { expr, mesh }: BoundaryVar): void {
  const place = placeIn(on, 'McpAccessPolicyProps', mesh);
  on.plan.define('policy', made(McpAccessPolicy, place.scope, lit(id(on, 'access')), options<McpAccessPolicyProps>(on, 'McpAccessPolicyProps', {
    mesh: place.mesh, boundary: always(() => expr), backendName: always(() => lit(on.odd(['', 'A b'], () => 'crm'))), name: rarely(() => lit(name(on, 'exported'))),
  })));
  on.plan.stated.add('XBackend crm');
}

/** Another cluster. */
export function clusterLink(on: Drawing, mesh: MeshVar): void {
  const place = placeIn(on, 'ClusterLinkProps', mesh);
  on.plan.define('link', made(ClusterLink, place.scope, lit(id(on, 'link')), options<ClusterLinkProps>(on, 'ClusterLinkProps', {
    mesh: place.mesh, clusterName: rarely(() => lit(name(on, 'west'))), clusterDomain: rarely(() => text(on, 'west.local')),
    credentialsSecretName: rarely(() => statedName(on, 'Secret', 'west-credentials')), namespace: rarely(() => lit(name(on, 'multicluster'))),
  })));
}

/** Hosts outside for everybody in a namespace. */
export function meshEgress(on: Drawing, mesh: MeshVar): void {
  const place = placeIn(on, 'MeshEgressProps', mesh);
  on.plan.define('egress', made(MeshEgress, place.scope, lit(id(on, 'egress')), options<MeshEgressProps>(on, 'MeshEgressProps', {
    mesh: place.mesh,
    hosts: always(() => {
      const port = on.tape.oneIn(4) || on.isSought('ExternalHostOptions.port') ? number(on, 8443) : undefined;
      const hosts = [...new Set(on.odd([[], ['a.example.com', 'a.example.com']], () => [external(on), external(on)]))];
      return list(hosts.map((host) => externalHost(host, on.isBold ? number(on, 8444) : port)));
    }),
    namespace: rarely(() => lit(on.tape.pick(on.isBold ? ['elsewhere'] : mesh.namespaces))), name: rarely(() => lit(name(on, 'hosts'))),
  })));
}
