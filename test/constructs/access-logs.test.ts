import { mkdtempSync, readFileSync } from 'fs';
import { tmpdir } from 'os';
import { join } from 'path';
import { AccessLogs, AgentMesh, AmbientMigration, LinkerdAccessLog, MeshProvider, MigrationStage } from '../../src';

import { problemsOf, synth } from '../synth';

const metrics = [{ providers: [{ name: 'prometheus' }] }];
const ON: readonly (readonly [string, (accessLogs?: AccessLogs) => MeshProvider])[] = [
  ['ambient', (accessLogs) => MeshProvider.istioAmbient({ accessLogs })],
  ['sidecars', (accessLogs) => MeshProvider.istioSidecar({ accessLogs })],
  ...Object.values(MigrationStage).map((stage) => [`a namespace that moves (${stage})`, (accessLogs?: AccessLogs) => MeshProvider.istioAmbient({ accessLogs, migration: { voice: stage } })] as const),
];

describe.each(ON)('on %s', (_, mesh) => {
  const telemetry = (logs?: AccessLogs) => synth(() => {}, { mesh: mesh(logs) }).get('Telemetry', 'voice-telemetry').spec;

  test('access logs are lines on standard output by default', () => {
    expect(telemetry()).toEqual({ accessLogging: [{ providers: [{ name: 'envoy' }] }], metrics });
    expect(telemetry(AccessLogs.envoy())).toEqual(telemetry());
  });
  test('they go to an extension provider', () => {
    expect(telemetry(AccessLogs.provider('otel'))).toEqual({ accessLogging: [{ providers: [{ name: 'otel' }] }], metrics });
  });
  test('they are off, and metrics stay', () => {
    expect(telemetry(AccessLogs.off())).toEqual({ accessLogging: [{ providers: [{ name: 'envoy' }], disabled: true }], metrics });
  });
  test('the Telemetry of the team is left alone', () => {
    expect(synth(() => {}, { mesh: mesh(AccessLogs.existing()) }).names('Telemetry')).toEqual([]);
  });
  test('a provider has a name', () => {
    expect(problemsOf(() => {}, { mesh: mesh(AccessLogs.provider('')) })).toEqual([expect.stringMatching(/AccessLogs.provider got an empty name; got "".*\[AM305\]/)]);
    expect(problemsOf(() => {}, { mesh: mesh(AccessLogs.provider('a\nb')) })).toEqual([expect.stringContaining('`mesh.accessLogs.name`')]);
  });
});

test('every step of a migration has the logs that are stated for it', () => {
  const outdir = mkdtempSync(join(tmpdir(), 'logs-'));
  const files = AmbientMigration.write(
    { define: (chart, mesh) => void new AgentMesh(chart, 'mesh', { namespace: 'voice', mesh }) }, { namespaces: ['voice'], outdir, accessLogs: AccessLogs.provider('otel') },
  ).filter((file) => file.endsWith('.yaml'));
  expect(files.map((file) => readFileSync(join(outdir, file), 'utf8')).filter((yaml) => !yaml.includes('name: otel'))).toEqual([]);
});

test.each([[undefined, 'json'], [LinkerdAccessLog.JSON, 'json'], [LinkerdAccessLog.APACHE, 'apache'], [LinkerdAccessLog.OFF, '']])('the proxies of Linkerd write %s', (accessLog, annotation) => {
  const { metadata } = synth(() => {}, { mesh: MeshProvider.linkerd({ accessLog }) }).get('Namespace', 'voice');
  expect(metadata.annotations!['config.linkerd.io/access-log']).toBe(annotation);
});
