import { Agent, AgentMesh, AgentMeshProps, Identity, Workload } from '../../src';
import { agentgateway, linkerd, moving, sidecar } from '../rejected/tool-programs';
import { deploy, existing, IMAGE } from '../story';
import { meshOf, problemsOf, synth } from '../synth';

const MESHES: Readonly<Record<string, Partial<AgentMeshProps>>> = { ambient: {}, sidecars: sidecar, Linkerd: linkerd, agentgateway, moving };

/** A bot that is deployed, and the pods of a CronJob of the team: both call a report, and nobody calls them. */
const program = (mesh: AgentMesh) => {
  const nightly = new Agent(mesh, 'nightly', { versions: { v1: existing('nightly', { ports: [] }) } });
  const bot = new Agent(mesh, 'bot', { versions: { v1: Workload.deploy({ image: IMAGE, ports: [], egress: {} }) } });
  new Agent(mesh, 'report', { versions: { v1: deploy() } }).grantCall(nightly, bot);
};

describe.each(Object.entries(MESHES))('a workload without ports (%s)', (name, on) => {
  test('is accepted as an agent', () => {
    expect(problemsOf(program, on)).toEqual([]);
  });
  test('has no Service, no ports, no probes and no Server', () => {
    const objects = synth(program, on);
    const [container] = objects.get('Deployment', 'bot-v1').spec.template.spec.containers;
    expect(['ports', 'readinessProbe', 'livenessProbe', 'startupProbe'].filter((field) => container[field] !== undefined)).toEqual([]);
    expect(objects.names().filter((one) => /^(Service|Server|MeshTLSAuthentication)\/voice\/(bot|nightly)/.test(one))).toEqual([]);
    expect(objects.find('NetworkPolicy', 'bot-v1-outbound')).toBeDefined();
  });
  test('is allowed by its grants, and allows no caller', () => {
    const { mesh } = meshOf(program, on);
    const [nightly, bot, report] = ['nightly', 'bot', 'report'].map((id) => mesh.node.findChild(id) as Agent);
    expect([nightly, bot].map((caller) => mesh.decide({ caller, callee: report }).allowed)).toEqual([true, true]);
    expect(mesh.decide({ caller: report, callee: bot })).toMatchObject({ allowed: false, reason: 'no grant allows agent report to call agent bot' });
    expect(mesh.describeAccess()).toContain('agent nightly\n  <- nobody\nagent bot\n  <- nobody\n');
    const workloadPolicy = synth(program, on).find('AuthorizationPolicy', 'bot-v1-workload');
    expect(workloadPolicy?.spec).toEqual(name === 'Linkerd' ? undefined : { selector: { matchLabels: { 'app.kubernetes.io/name': 'bot', 'app.kubernetes.io/version': 'v1' } } });
  });
  test('cannot be the callee of a grant', () => {
    expect(problemsOf((mesh) => { new Agent(mesh, 'bot', { versions: { v1: deploy([]) } }).grantCall(Identity.of({ namespace: 'ops', serviceAccount: 'planner' })); }, on)).toEqual([expect.stringContaining(
      'app/mesh/bot: agent bot has grants but listens on no port; got ["identity ops/planner"]; allowed: grants for agents with `ports`; add the TCP port that callers use to `ports`, or remove the grant [AM217]',
    )]);
  });
});

test('sees its granted callees with sidecars', () => {
  const hosts = (name: string) => synth(program, sidecar).get('Sidecar', name).spec.egress;
  expect([hosts('nightly-v1'), hosts('bot-v1')]).toEqual([[{ hosts: ['voice/report.voice.svc.cluster.local'] }], [{ hosts: ['voice/report.voice.svc.cluster.local'] }]]);
});
