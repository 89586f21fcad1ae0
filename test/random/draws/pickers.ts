import { secretKey } from './demands';
import { PickerConfigVar } from './picker-configs';
import { autoscaler, budget, commonPodDraws } from './pods';
import { labels, number, oneOf, text } from './texts';
import { ODD_ENV, ODD_IMAGES } from './workloads';
import { AvailabilityMode, DeployPickerOptions, EndpointPicker, EndpointPickerConfig, ImagePullPolicy, ModelServer, PickerRelease, PickerTracing } from '../../../src';
import { Drawing } from '../drawing';
import { Expr, factory, lit, member, record } from '../expr';
import { always, fitting, options, rarely } from '../options';

const ODD_FLAGS: readonly Readonly<Record<string, string>>[] = [
  { '--v': '4' }, { v: 'high' }, { 'pool-name': 'x' }, { 'lora-info-metric': 'x' }, { '': '' }, { 'drain-timeout': '1h' }, Object.fromEntries([['__proto__', 'x'], ['constructor', 'y']]), { v: '4\n--pool-name=x' },
];

/** A picker that the library deploys. */
export function ownPicker(on: Drawing, config?: PickerConfigVar, isVllm = false): Expr<EndpointPicker> {
  const { tape } = on;
  const mode = on.choice({ 'AvailabilityMode.SINGLE': 'SINGLE', 'AvailabilityMode.LEADER_ELECTED': 'LEADER_ELECTED', 'AvailabilityMode.ACTIVE_ACTIVE': 'ACTIVE_ACTIVE' } as const);
  const isActive = !config && (mode === 'ACTIVE_ACTIVE' || on.isSought('DeployPickerOptions.horizontalPodAutoscaler'));
  const isScaled = isActive && (tape.oneIn(4) || on.isSought('DeployPickerOptions.horizontalPodAutoscaler'));
  const stated = isActive ? 'ACTIVE_ACTIVE' as const : mode === 'ACTIVE_ACTIVE' ? 'SINGLE' as const : mode;
  return factory(EndpointPicker, 'deploy', options<DeployPickerOptions>(on, 'DeployPickerOptions', {
    ...commonPodDraws(on),
    availability: stated === 'SINGLE' ? rarely(() => member('AvailabilityMode', AvailabilityMode, stated)) : always(() => member('AvailabilityMode', AvailabilityMode, stated)),
    replicas: fitting(() => (on.dares(!isScaled) && (tape.oneIn(4) || on.isSought('DeployPickerOptions.replicas')) ? number(on, stated === 'SINGLE' ? 1 : 2) : undefined)),
    horizontalPodAutoscaler: fitting(() => (isScaled ? autoscaler(on) : undefined)),
    podDisruptionBudget: rarely(() => (on.dares(stated !== 'LEADER_ELECTED') ? budget(on, { isFree: () => false }) : undefined)),
    // Active replicas share no state, so they pick by load.
    config: fitting(() => config?.expr ?? (isActive && !on.isBold ? factory(EndpointPickerConfig, 'loadOnly') : undefined)),
    release: rarely(() => oneOf(on, 'PickerRelease', PickerRelease)),
    image: rarely(() => lit(on.odd([...ODD_IMAGES, 'ghcr.io/llm-d/llm-d-router-endpoint-picker:v0.9.0'], () => 'registry.example.com/picker:1.0.0'))),
    imagePullPolicy: rarely(() => oneOf(on, 'ImagePullPolicy', ImagePullPolicy)),
    flags: rarely(() => lit<{ [name: string]: string }>({ ...on.odd(ODD_FLAGS, () => ({ 'v': '4', 'drain-timeout': '45s' })) })),
    env: rarely(() => lit<{ [name: string]: string }>({ ...on.odd([...ODD_ENV, { POD_NAME: 'x' }], () => ({ MODE: 'fast', LEVEL: '1' })) })),
    secretEnv: rarely(() => record([[on.odd(['', 'A B', '__proto__', 'MODE'], () => 'HF_TOKEN'), secretKey(on)]])),
    podLabels: rarely(() => labels(on, { team: 'voice' })),
    podAnnotations: rarely(() => lit<{ [key: string]: string }>({ ...on.odd<Record<string, string>>([{ '': 'x' }, { 'sidecar.istio.io/inject': 'false' }, { 'checksum/config': 'x' }, { constructor: 'x' }], () => ({ 'example.com/team': 'voice' })) })),
    cpuLimitMillis: rarely(() => number(on, 4000)),
    memoryLimitMebibytes: rarely(() => number(on, 4096)),
    tracing: rarely(() => options<PickerTracing>(on, 'PickerTracing', { endpoint: always(() => text(on, 'http://collector.observability:4317')), samplingRatio: rarely(() => lit(on.odd([-1, 2], () => 0.5))) })),
    metricsAuthentication: rarely(() => lit(tape.oneIn(2))),
    maxReceiveMebibytes: rarely(() => number(on, 16)),
    modelServer: rarely(() => ((config?.needsVllm || isVllm) && !on.isBold ? member('ModelServer', ModelServer, 'VLLM') : oneOf(on, 'ModelServer', ModelServer))),
    cpuMillis: rarely(() => number(on, 500)),
    memoryMebibytes: rarely(() => number(on, 512)),
  }));
}
