import { Refused, testRefused } from './corpus';
import { linkerd } from './tool-programs';
import {
  Agent, AgentMesh, AvailabilityMode, EndpointPicker, EndpointPickerConfig, FailureMode, GatewayExposure, InferenceGateway, InferencePoolOptions,
  MediaPort, MeshProvider, ModelServer, Port, PrefillServers, UnauthenticatedPort, VllmOptions, Workload,
} from '../../src';
import { decodeServers, disaggregated, existingServers, prefillServers, withPrefill } from '../disaggregated';
import { deploy, IMAGE, JWKS } from '../story';
import { Build, problemsOf } from '../synth';

const pool = (options: Partial<InferencePoolOptions> | (() => Partial<InferencePoolOptions>)): Build => (mesh) => { disaggregated(mesh, withPrefill(typeof options === 'function' ? options() : options)); };
const prefill = (more: object, options: Partial<PrefillServers> = {}): Build =>
  pool(() => ({ prefill: { workload: prefillServers(more), ...options } }));
const decode = (more: object): Build => pool(() => ({ workload: decodeServers(more) }));
const custom = (options: Partial<Parameters<typeof EndpointPickerConfig.custom>[0]>): Build => pool(() => ({
  picker: EndpointPicker.deploy({
    config: EndpointPickerConfig.custom({
      plugins: [
        { type: 'prefill-filter' }, { type: 'decode-filter' }, { type: 'queue-scorer' }, { type: 'always-disagg-pd-decider' },
        { type: 'disagg-profile-handler', parameters: { deciders: { prefill: 'always-disagg-pd-decider' } } },
      ],
      schedulingProfiles: ['prefill', 'decode'].map((name) => ({ name, plugins: [{ plugin: `${name}-filter` }, { plugin: 'queue-scorer' }] })), ...options,
    }),
  }),
}));
const existing = (decodes: object, prefills: object): Build => pool(() => ({ workload: existingServers('decode', decodes), prefill: { workload: existingServers('prefill', prefills) } }));
const ports = (...http: number[]) => ({ ports: [...http.map((port) => Port.http(port)), Port.tcp(5600)] });
const vllm = (more: Partial<VllmOptions>) => Workload.vllm({ image: IMAGE, model: 'llama', kvTransfer: {}, ...more });
const roles = ['prefill', 'decode'].map((name) => ({ name, plugins: [{ plugin: `${name}-filter` }, { plugin: 'queue-scorer' }] }));
const OF = 'app/mesh/inside/llama: ';

const refused: Record<string, Refused[]> = {
  'prefill servers and their workloads': [
    ['are the decode servers', (mesh) => { const workload = prefillServers(); disaggregated(mesh, withPrefill({ workload, prefill: { workload } })); }, ['AM240', `${OF}the prefill servers of pool llama are its decode servers; got "${IMAGE}"; allowed: two workloads`]],
    ['are the pods of an agent', (mesh) => { const agent = new Agent(mesh, 'planner', { versions: { v1: deploy() } }); disaggregated(mesh, withPrefill({ prefill: { workload: agent.version('v1') } })); }, ['AM240', 'cannot serve pool llama with prefill servers, because another construct already uses this workload in another way']],
    ['beside the pods of an agent', (mesh) => { const agent = new Agent(mesh, 'planner', { versions: { v1: deploy() } }); disaggregated(mesh, withPrefill({ workload: agent.version('v1') })); }, ['AM240', 'cannot serve pool llama with prefill servers']],
    ['beside the servers of a pool without them', (mesh) => {
      const gateway = new InferenceGateway(mesh, 'inside', { exposure: GatewayExposure.IN_MESH });
      const workload = decodeServers();
      gateway.addPool('plain', { workload });
      gateway.addPool('llama', withPrefill({ workload }));
    }, ['AM240', 'servers of pool plain cannot serve pool llama with prefill servers']],
    ['that a later pool of the decode servers does not have', (mesh) => {
      const gateway = new InferenceGateway(mesh, 'inside', { exposure: GatewayExposure.IN_MESH });
      const workload = decodeServers();
      gateway.addPool('llama', withPrefill({ workload }));
      gateway.addPool('plain', { workload });
    }, ['AM240', 'app/mesh/inside/plain: requests at pool plain would pass by the routing sidecar of servers of pool llama, which another pool uses with prefill servers; got "no `prefill`"']],
    ['of another model', pool(() => ({ workload: vllm({ port: 8200, egress: {} }), prefill: { workload: vllm({ servedModelNames: ['other'] }) } })), ['AM240', 'the decode servers and the prefill servers of pool llama serve different models; got {"decode":["llama"],"prefill":["other"]}']],
    ['with several ranks', pool(() => ({ workload: vllm({ port: 8200, egress: {} }), prefill: { workload: vllm({ acceleratorCount: 2, dataParallelSize: 2 }) } })), ['AM240', 'pool llama has prefill servers and several target ports, but the routing sidecar of decode pods sends prompts to one port of the prefill pods; got [8000,8001]']],
    ['with the ServiceAccount of the decode servers', existing({ serviceAccount: 'vllm' }, { serviceAccount: 'vllm' }), ['AM201', 'shares the ServiceAccount of']],
    ['in another namespace', existing({}, { namespace: 'models' }), ['AM240', 'prefill servers of pool llama are in another namespace than pool llama'], { existingNamespaces: ['models'] }],
    ['that require tokens', prefill({ jwt: { issuer: 'https://id.example.com', jwks: JWKS } }), ['AM209', 'requests through pool llama would skip the token or external authorizer that prefill servers of pool llama requires']],
    ['with a label of their own role', prefill({ podLabels: { 'llm-d.ai/role': 'both' } }), ['AM240', '`podLabels` of the servers of pool llama has a label that the library sets; got ["llm-d.ai/role: both"]']],
    ['on Linkerd', pool({}), 'pool llama cannot have an endpoint picker: ', linkerd],
  ],
  'labels of existing prefill servers': [
    ['that decode servers do not have', existing({}, { labels: { 'app': 'other', 'llm-d.ai/role': 'prefill' } }), ['AM240', 'no label selects both the decode pods and the prefill pods of pool llama']],
    ['without their role', existing({ labels: { app: 'vllm', tier: 'd' } }, { labels: { app: 'vllm', tier: 'p' } }), ['AM240', 'the endpoint picker of pool llama does not take prefill servers of pool llama for prefill servers; got "no role"; allowed: the label llm-d.ai/role=prefill in `labels`']],
    ['with a decode server of another role', existing({ labels: { 'app': 'vllm', 'llm-d.ai/role': 'prefill-decode' } }, {}), ['AM240', 'does not take servers of pool llama for decode servers; got "prefill-decode"']],
    ['that select the decode servers too', existing({ labels: { 'app': 'vllm', 'llm-d.ai/role': 'decode' } }, { labels: { app: 'vllm' } }), ['AM203', 'the selector of prefill servers of pool llama also matches the pods of servers of pool llama']],
    ['that an agent has too', (mesh) => {
      new Agent(mesh, 'tts', { versions: { v1: Workload.existing({ labels: { app: 'vllm', role: 'tts' }, serviceAccount: 'tts', ports: [Port.http(8000)] }) } });
      disaggregated(mesh, withPrefill({ workload: existingServers('decode'), prefill: { workload: existingServers('prefill') } }));
    }, ['AM241', `${OF}the selector of pool llama also matches the pods of agent tts, so gateways would send requests to them; got {"app":"vllm"}`]],
  ],
  'ports of prefill servers': [
    ['several target ports', pool(() => ({ targetPorts: [8000, 8001], prefill: { workload: prefillServers(ports(8000, 8001)) } })), ['AM240', 'pool llama has prefill servers and several target ports']],
    ['without the target port', pool(() => ({ workload: existingServers('decode'), prefill: { workload: existingServers('prefill', ports(9000)) }, targetPorts: [8000] })), ['AM240', 'prefill servers of pool llama do not serve HTTP/1.1 at port 8000']],
    ['with a target port of another protocol', prefill({ ports: [Port.grpc(8000), Port.tcp(5600)] }), ['AM240', 'prefill servers of pool llama do not serve HTTP/1.1 at port 8000']],
    ['without the metrics port', pool(() => ({ metricsPort: 8200 })), ['AM240', 'prefill servers of pool llama do not serve HTTP/1.1 at port 8200']],
    ['without the side channel', prefill({ ports: [Port.http(8000)] }), ['AM240', 'prefill servers of pool llama do not declare port 5600']],
    ['with an HTTP side channel', prefill({ ports: [Port.http(8000), Port.http(5600)] }), ['AM240', 'prefill servers of pool llama do not declare port 5600']],
    ['without a transfer port', prefill(ports(8000), { kvTransferPorts: [17_000] }), ['AM240', 'prefill servers of pool llama do not declare port 17000, from which other pods read their KV cache or its events; got [8000,5600]; allowed: `Port.tcp(17000)` in `ports`']],
    ['with a gap', prefill({ ports: [8000, 17_000, 17_002, 5600].map((port) => (port === 8000 ? Port.http(port) : Port.tcp(port))) }, { kvTransferPorts: [17_000, 17_002] }), ['AM240', '`kvTransferPorts` has a gap, but UCX takes one range of ports; got [17000,17002]']],
    ['with two uses', prefill(ports(8000), { kvTransferPorts: [5600] }), ['AM240', 'a port of prefill servers of pool llama has two uses; got [8000,5600,5600]']],
    ['open to everybody', prefill({ unauthenticatedPorts: [UnauthenticatedPort.of(5600)] }), ['AM228', 'port 5600 of prefill servers of pool llama is open to callers without an identity, and also a port of pool llama']],
    ['without events', pool(() => ({
      workload: decodeServers({ ports: [Port.http(8200), Port.tcp(5557)] }),
      picker: EndpointPicker.deploy({ config: EndpointPickerConfig.precisePrefix({ modelName: 'llama', renderUrl: 'http://render:8000' }) }),
    })), ['AM240', 'prefill servers of pool llama do not declare port 5557']],
  ],
  'ports of decode servers': [
    ['that the sidecar has', decode({ ports: [Port.http(8000)] }), ['AM240', 'the routing sidecar of servers of pool llama listens at port 8000, which is also a port of the model server; got 8000; allowed: another port of the model server, such as 8200']],
    ['that the mesh excludes', decode({ mediaPorts: [MediaPort.tcp(8000)] }), ['AM240', 'the routing sidecar of servers of pool llama listens at port 8000'], { mesh: MeshProvider.istioSidecar() }],
    ['that bypass the sidecar', (mesh) => {
      const [workload, prefills] = [decodeServers(), { workload: prefillServers({ ports: [Port.http(8000), Port.http(8200), Port.tcp(5600)] }) }];
      const gateway = new InferenceGateway(mesh, 'inside', { exposure: GatewayExposure.IN_MESH });
      gateway.addPool('first', withPrefill({ workload, prefill: prefills }));
      gateway.addPool('llama', withPrefill({ workload, prefill: prefills, targetPorts: [8200] }));
    }, ['AM240', 'requests at pool llama would not reach the routing sidecar of servers of pool first; got [8200]; allowed: port 8000']],
  ],
  'settings of the servers': [
    ['a variable of the library', decode({ env: { VLLM_NIXL_SIDE_CHANNEL_HOST: '0.0.0.0' } }), ['AM240', 'an environment variable of servers of pool llama is set by the library; got "VLLM_NIXL_SIDE_CHANNEL_HOST"']],
    ['a variable of the library from a Secret', prefill({ secretEnv: { VLLM_NIXL_SIDE_CHANNEL_PORT: { secretName: 'a', key: 'b' } } }), ['AM240', 'an environment variable of prefill servers of pool llama is set by the library; got "VLLM_NIXL_SIDE_CHANNEL_PORT"']],
    ['the ports of UCX', prefill({ env: { UCX_TCP_PORT_RANGE: '1-2' } }, { kvTransferPorts: [17_000, 17_001] }), ['AM240', 'is set by the library; got "UCX_TCP_PORT_RANGE"']],
    ['a sidecar without a version', prefill({}, { routingSidecar: { image: 'sidecar' } }), 'the image has no fixed version; got "sidecar"'],
    ['a sidecar without memory', prefill({}, { routingSidecar: { memoryMebibytes: 0 } }), '`memoryMebibytes` is out of range; got 0'],
  ],
  'a pool with prefill servers': [
    ['that fails open', pool({ failureMode: FailureMode.FAIL_OPEN }), ['AM240', 'without the endpoint picker, gateways would send requests at pool llama also to its prefill servers']],
    ['whose clients could make decode pods connect to any address', decode({ egress: undefined }), ['AM240', 'clients of pool llama could make its decode pods connect to any address outside the mesh, because vLLM connects to the host that `kv_transfer_params` in the body of a request names; got "no `egress`"']],
    ['where nothing is enforced', pool({}), ['AM240', 'in an audit-only namespace no gateway removes the header x-prefiller-host-port from requests'], { auditOnlyNamespaces: ['voice'] }],
    ...(['approximatePrefix', 'loadOnly', 'optimizedBaseline', 'payloadAgnostic'] as const).map((preset): Refused => [`with ${preset}`, pool(() => ({ picker: EndpointPicker.deploy({ config: EndpointPickerConfig[preset]() }) })),
      ['AM240', 'the endpoint picker of pool llama does not tell prefill servers and decode servers apart, so it would send requests to prefill servers, which deny them']]),
    ['with the default picker', pool({ picker: undefined }), ['AM240', 'the endpoint picker of pool llama does not tell prefill servers and decode servers apart']],
    ['with another engine', pool(() => ({ picker: EndpointPicker.deploy({ config: EndpointPickerConfig.prefillDecode(), modelServer: ModelServer.SGLANG }) })), ['AM240', "decode pods of pool llama read the KV cache of prefill pods by vLLM's NixlConnector, which this model server does not have; got \"sglang\""]],
    ['that decides never', pool(() => ({ picker: EndpointPicker.deploy({ config: EndpointPickerConfig.prefillDecode({ nonCachedTokens: 0 }) }) })), ['AM240', 'the endpoint picker of pool llama never chooses a prefill server, because its decider is off; got 0']],
    ['that decides by a negative number', pool(() => ({ picker: EndpointPicker.deploy({ config: EndpointPickerConfig.prefillDecode({ promptTokens: -1 }) }) })), 'the endpoint picker refuses the parameter promptTokens of plugin prefix-based-pd-decider; got -1'],
    ['without a decider', custom({ plugins: [{ type: 'prefill-filter' }, { type: 'decode-filter' }, { type: 'queue-scorer' }, { type: 'disagg-profile-handler' }], schedulingProfiles: roles }), ['AM240', 'never chooses a prefill server, because no plugin decides when']],
    ['without the profile of prefill servers', custom({ schedulingProfiles: [{ name: 'other', plugins: [{ plugin: 'prefill-filter' }] }, roles[1]] }), ['AM240', 'would choose pods of any role in its profile prefill; got "no such profile"']],
    ['with decode pods of any role', custom({ schedulingProfiles: [roles[0], { name: 'decode', plugins: [{ plugin: 'queue-scorer' }] }] }), ['AM240', 'would choose pods of any role in its profile decode; got ["queue-scorer"]; allowed: decode-filter in profile decode']],
  ],
  'the preset without prefill servers': [
    ['is refused', (mesh: AgentMesh) => { disaggregated(mesh, { workload: deploy(), picker: EndpointPicker.deploy({ config: EndpointPickerConfig.prefillDecode() }) }); }, ['AM002', 'plugin disagg-profile-handler of the endpoint picker cannot work for this pool: it needs prefill servers, and the pool has no `prefill`']],
  ],
};

testRefused(refused);

test('labels that nothing has in common are reported once, whatever else is in the namespace', () => {
  const build: Build = (mesh) => {
    new Agent(mesh, 'planner', { versions: { v1: deploy() } });
    disaggregated(mesh, withPrefill({ workload: existingServers('decode'), prefill: { workload: existingServers('prefill', { labels: { 'app': 'other', 'llm-d.ai/role': 'prefill' } }) } }));
  };
  expect(problemsOf(build)).toHaveLength(1);
});

test('a token that prefill servers require is reported once', () => {
  expect(problemsOf(prefill({ jwt: { issuer: 'https://id.example.com', jwks: JWKS } }))).toHaveLength(1);
});

test('replicas of a picker that knows the cached prefixes alone cannot all decide', () => {
  const config = () => EndpointPickerConfig.prefillDecode({ prefixCacheWeight: 0 });
  const problems = problemsOf(pool(() => ({ picker: EndpointPicker.deploy({ availability: AvailabilityMode.ACTIVE_ACTIVE, config: config() }) })));
  expect(problems).toEqual([expect.stringMatching(/keep state in one replica.*disagg-profile-handler.*\[AM222\]/)]);
});
