import { PickerPodSettings } from '../../model/picker-pod-settings';
import { InputProblem, listed } from '../../model/problem';
import { PickerRelease } from '../../values/releases';

/** What the value of a flag must look like. */
interface Kind {
  readonly shape: RegExp;
  readonly expected: string;
}

const DURATION: Kind = { shape: /^(?=.*[1-9])([0-9]{1,6}(\.[0-9]{1,6})?(ms|s|m|h))+$/, expected: 'durations above 0, such as "50ms", "2s" or "1m30s"' };
const BOOLEAN: Kind = { shape: /^(true|false)$/, expected: '"true" or "false"' };
const LEVEL: Kind = { shape: /^[0-9]{1,2}$/, expected: 'numbers from 0 to 99' };
const SIZE: Kind = { shape: /^[0-9]{1,9}(Ki|Mi|Gi|M|G)?B?$/, expected: 'sizes such as "10MiB"' };
const oneOf = (...values: readonly string[]): Kind => ({ shape: new RegExp(`^(${values.join('|')})$`), expected: listed(values.map((value) => `"${value}"`)) });

/** The flags of a picker release: those that a program may set, and the others with what to do instead. */
interface Flags {
  readonly open: Readonly<Record<string, Kind>>;
  readonly closed: Readonly<Record<string, string>>;
  readonly rejected: Readonly<Record<string, string>>;
}

const ENGINE_METRICS = 'the metrics of model servers follow `modelServer`';
const SERVED = 'the library sets it together with the Service and the policies of the picker';
const TLS = 'the library sets it as the mesh requires';

/** Flags by release (llm-d-router v0.10, pkg/epp/server/options.go). */
const FLAGS: Readonly<Record<string, Flags>> = {
  [PickerRelease.V0_10]: {
    open: {
      'drain-timeout': DURATION, 'refresh-metrics-interval': DURATION, 'refresh-prometheus-metrics-interval': DURATION, 'metrics-staleness-threshold': DURATION,
      'disable-endpoint-subset-filter': BOOLEAN, 'enable-grpc-stream-metrics': BOOLEAN, 'emit-endpoint-scores': BOOLEAN, 'health-checking': BOOLEAN,
      'grpc-max-send-msg-size': SIZE, 'v': LEVEL,
      'zap-encoder': oneOf('json', 'console'), 'zap-devel': BOOLEAN, 'zap-log-level': oneOf('debug', 'info', 'error', 'panic', '[1-9]'),
      'zap-stacktrace-level': oneOf('info', 'error', 'panic'), 'zap-time-encoding': oneOf('epoch', 'millis', 'nano', 'iso8601', 'rfc3339', 'rfc3339nano'),
    },
    closed: {
      'pool-name': SERVED, 'pool-namespace': SERVED, 'pool-group': SERVED, 'grpc-port': SERVED, 'grpc-health-port': SERVED, 'metrics-port': SERVED,
      'endpoint-selector': 'a picker of the library always has an InferencePool', 'endpoint-target-ports': 'set `targetPorts` of the InferencePool',
      'config-file': 'the library writes the configuration', 'config-text': 'the library writes the configuration',
      'allow-experimental-plugins': 'the library sets it if the configuration has experimental plugins',
      'ha-enable-leader-election': 'set `availability`', 'metrics-endpoint-auth': 'set `metricsAuthentication`', 'tracing': 'set `tracing`',
      'grpc-max-recv-msg-size': 'set `maxReceiveMebibytes`',
      'secure-serving': TLS, 'cert-path': TLS, 'enable-cert-reload': TLS, 'tls-min-version': TLS, 'tls-cipher-suites': TLS,
      'metrics-cert-dir': TLS, 'metrics-client-ca-file': TLS,
      'enable-pprof': 'profiles would be served to everyone who may scrape the metrics',
    },
    rejected: {
      'total-queued-requests-metric': ENGINE_METRICS, 'total-running-requests-metric': ENGINE_METRICS, 'kv-cache-usage-percentage-metric': ENGINE_METRICS,
      'lora-info-metric': ENGINE_METRICS, 'cache-info-metric': ENGINE_METRICS, 'grpc-enable-compression': 'the release no longer has the flag',
    },
  },
};

/** Seconds that a picker may drain. Kubernetes ends the pod 130 seconds after it asked it to stop. */
const LONGEST_DRAIN = 120;

/** Returns the problems of the further flags of a picker. */
export function flagProblems({ release, flags }: PickerPodSettings): InputProblem[] {
  const { open, closed, rejected } = FLAGS[release];
  return Object.entries(flags).flatMap(([name, value]): InputProblem[] => {
    const at = (message: string, rest: Omit<InputProblem, 'message'>) => [{ message: `\`flags\` of the endpoint picker ${message}`, ...rest }];
    const set = 'flags that the library does not set';
    if (Object.hasOwn(rejected, name)) return at(`has a flag with which release ${release} of the picker does not start`, { actual: name, expected: 'flags of this release', fix: `remove the flag: ${rejected[name]}` });
    if (Object.hasOwn(closed, name)) return at('has a flag that the library sets itself', { actual: name, expected: set, fix: `remove the flag: ${closed[name]}` });
    if (!Object.hasOwn(open, name)) return at(`has a flag that release ${release} of the picker does not know, so that it would not start`, { actual: name, expected: listed(Object.keys(open).sort()), fix: 'correct the name of the flag, without dashes before it' });
    if (!open[name].shape.test(value)) return at(`has a value that the flag ${name} does not accept`, { actual: value, expected: open[name].expected, fix: 'correct the value' });
    if (name !== 'drain-timeout' || secondsOf(value) <= LONGEST_DRAIN) return [];
    return at('lets the picker drain longer than Kubernetes lets its pods live', { actual: value, expected: `at most ${LONGEST_DRAIN}s`, fix: 'shorten `drain-timeout`' });
  });
}

const UNITS: Readonly<Record<string, number>> = { ms: 0.001, s: 1, m: 60, h: 3600 };

function secondsOf(duration: string): number {
  return [...duration.matchAll(/([0-9.]+)(ms|s|m|h)/g)].reduce((sum, [, count, unit]) => sum + Number(count) * UNITS[unit], 0);
}
