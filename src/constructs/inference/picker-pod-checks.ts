import { flagProblems } from './picker-flags';
import { isPort, isQualifiedName } from '../../model/names';
import { perReplicaPlugins } from '../../model/picker/per-replica';
import { PickerPodSettings } from '../../model/picker-pod-settings';
import { PickerDeployment } from '../../model/pool';
import { InputProblem, listed } from '../../model/problem';
import { isMeshLabel } from '../../providers/foreign/data-planes';
import { rangeProblem } from '../input/number-checks';
import { Membership } from '../membership/membership';
import { checkEnvironment, checkImage, checkPodLabels, checkResources } from '../workload/deployment-checks';
import { checkMounts, mountPath } from '../workload/mount-checks';
import { checkPod } from '../workload/pod-checks';
import { checkSecrets } from '../workload/secret-checks';

/** Reports invalid settings of an endpoint picker that the library deploys. */
export function checkPickerPods(member: Membership, title: string, deployment: PickerDeployment): void {
  const { image, replicas, settings } = deployment;
  const { env, secretEnv, podLabels, podAnnotations, flags, tracing, pod } = settings;
  member.checkTexts({ image, env, secretEnv, podLabels, podAnnotations, flags, tracing, ...pod }, ` of the ${title}`);
  checkImage(member, image);
  member.report(releaseProblem(image, settings.release));
  member.report(rangeProblem('replicas', replicas, 1, 100));
  checkResources(member, deployment);
  member.reportAll(limitProblems(deployment));
  checkAvailability(member, deployment);
  member.reportAll(flagProblems(settings));
  checkEnvironment(member, settings);
  checkSecrets(member, settings);
  member.reportAll(variableProblems(settings));
  checkPodLabels(member, settings);
  member.reportAll(annotationProblems(podAnnotations));
  checkPod(member, { replicas, pod: settings.availability === 'LeaderElected' ? { ...pod, disruptionBudget: undefined } : pod });
  checkVolumes(member, settings);
  member.report(tracingProblem(settings));
}

/** Reports settings that the availability mode does not allow. */
function checkAvailability(member: Membership, { replicas, config, settings: { availability, pod } }: PickerDeployment): void {
  const { disruptionBudget, autoscaler } = pod;
  if (!autoscaler && replicas > 0 && (availability === 'Single') !== (replicas === 1)) {
    member.report({
      message: `an endpoint picker with \`availability\` ${availability} has ${availability === 'Single' ? 'one replica' : 'two replicas or more'}`, actual: replicas,
      expected: availability === 'Single' ? '1' : '2 or more', fix: 'correct `replicas`, or set another `availability`',
    });
  }
  if (autoscaler && availability !== 'ActiveActive') {
    member.report({ message: `\`horizontalPodAutoscaler\` has no use for an endpoint picker with \`availability\` ${availability}, because one replica does all the work`, actual: autoscaler.maxReplicas, expected: '`availability` ACTIVE_ACTIVE', fix: 'set `availability` to AvailabilityMode.ACTIVE_ACTIVE, or remove `horizontalPodAutoscaler`' });
  }
  if (disruptionBudget && availability === 'LeaderElected') {
    member.report({ message: 'with leader election only the leader of an endpoint picker is ready, so a PodDisruptionBudget would never let it be evicted, and its node could not be drained', actual: disruptionBudget, expected: 'no `podDisruptionBudget`: a standby takes over when the leader is evicted', fix: 'remove `podDisruptionBudget`' });
  }
  const stateful = availability === 'ActiveActive' ? perReplicaPlugins(config.settings) : [];
  if (stateful.length === 0) return;
  member.report({
    message: 'the endpoint picker has several active replicas, and its configuration has plugins that keep state in one replica, so each replica would decide by the part of the requests that it handled itself',
    actual: { availability, replicas, plugins: stateful }, expected: 'one active replica, or a configuration without these plugins',
    fix: 'set `availability` to AvailabilityMode.LEADER_ELECTED, so that standbys take over from one leader; or use a configuration without these plugins, such as EndpointPickerConfig.loadOnly',
  }, 'AM222');
}

/** Name of the picker's image, and names of images that once were the picker or are another one. */
const IMAGE = /(^|\/)llm-d-router-endpoint-picker(:v?(?<release>[0-9]+\.[0-9]+)[^/@]*)?(@[^/]*)?$/;
const FORMER = /(^|\/)(llm-d-inference-scheduler|gateway-api-inference-extension\/(epp|lwepp|bbr))([:@][^/]*)?$/;

/** Returns a problem for an image that is known to be another release, or another picker, whose flags and configuration differ. */
function releaseProblem(image: string, release: string): InputProblem | undefined {
  const expected = `llm-d-router-endpoint-picker of release ${release}, or an image with a name of your own`;
  if (FORMER.test(image)) {
    return { message: `the image is not the picker of release ${release}: its flags and its configuration are others`, actual: image, expected, fix: 'remove `image`, or set it to an image of llm-d-router-endpoint-picker' };
  }
  const stated = IMAGE.exec(image)?.groups?.release;
  if (stated === undefined || stated === release) return undefined;
  return { message: 'the image is another release than `release`, so the picker may refuse its flags and its configuration', actual: image, expected, fix: 'correct `image`, or set `release` to its release' };
}

function limitProblems({ cpuMillis, memoryMebibytes, settings }: PickerDeployment): (InputProblem | undefined)[] {
  const { cpuLimitMillis, memoryLimitMebibytes, maxReceiveMebibytes } = settings;
  return [
    cpuLimitMillis === undefined ? undefined : rangeProblem('cpuLimitMillis', cpuLimitMillis, cpuMillis, 1_000_000),
    memoryLimitMebibytes === memoryMebibytes ? undefined : rangeProblem('memoryLimitMebibytes', memoryLimitMebibytes, memoryMebibytes, 16_777_216),
    maxReceiveMebibytes === undefined ? undefined : rangeProblem('maxReceiveMebibytes', maxReceiveMebibytes, 1, 1024),
  ];
}

const OWN_VARIABLES = /^(NAMESPACE|POD_NAME)$/;
const OWN_TRACING_VARIABLES = /^OTEL_(SERVICE_NAME|TRACES_EXPORTER|EXPORTER_OTLP_ENDPOINT|RESOURCE_ATTRIBUTES|TRACES_SAMPLER|TRACES_SAMPLER_ARG)$/;

function variableProblems({ env, secretEnv, tracing }: PickerPodSettings): InputProblem[] {
  const isOwn = (name: string) => OWN_VARIABLES.test(name) || (tracing !== undefined && OWN_TRACING_VARIABLES.test(name));
  return [...Object.keys(env), ...Object.keys(secretEnv)].filter(isOwn).map((name) => ({
    message: 'an environment variable of the endpoint picker is one that the library sets', actual: name, expected: 'variables of your own', fix: `remove the variable${name.startsWith('OTEL_') ? ', or `tracing`' : ''}`,
  }));
}

/** Annotations that were the security context of pods, and that the API server still reads. */
const SECURITY = /^(container\.apparmor\.security\.beta|(container\.)?seccomp\.security\.alpha)\.kubernetes\.io\//;

/** Most bytes of all annotations of an object (Kubernetes 1.36, ValidateAnnotations), with room for those of the library. */
const MOST_BYTES = 250_000;

function annotationProblems(annotations: Readonly<Record<string, string>>): InputProblem[] {
  const bytes = Object.entries(annotations).reduce((sum, [key, value]) => sum + Buffer.byteLength(key) + Buffer.byteLength(value), 0);
  if (bytes > MOST_BYTES) return [{ message: '`podAnnotations` is longer than Kubernetes allows', actual: `${bytes} bytes`, expected: `at most ${MOST_BYTES} bytes`, fix: 'shorten the annotations' }];
  return Object.keys(annotations).flatMap((key): InputProblem[] => {
    if (!isQualifiedName(key)) return [{ message: 'a key of `podAnnotations` is not valid in Kubernetes', actual: key, expected: 'keys such as "team" or "example.com/team"', fix: 'correct the key' }];
    if (SECURITY.test(key)) return [{ message: '`podAnnotations` has an annotation that would change the security of the pods', actual: key, expected: 'annotations without an effect on the security context, which the library sets', fix: 'remove the annotation' }];
    if (!isMeshLabel(key) && key !== 'checksum/config') return [];
    return [{ message: '`podAnnotations` has an annotation that is reserved for the mesh or for the library', actual: key, expected: 'annotations of your own, without istio.io, linkerd.io, gateway.networking.k8s.io and checksum/config', fix: 'remove the annotation; the library sets the annotations that the mesh needs' }];
  });
}

function checkVolumes(member: Membership, { pod: { volumes } }: PickerPodSettings): void {
  const paths = Object.keys(volumes);
  checkMounts(member, [], paths);
  const hiding = paths.filter((path) => mountPath(path) === '/config' || mountPath(path).startsWith('/config/'));
  if (hiding.length === 0) return;
  member.report({ message: 'a volume of the endpoint picker would hide its configuration in "/config"', actual: hiding, expected: 'paths outside "/config"', fix: `mount ${listed(hiding)} at another path` });
}

const OTLP = /^https?:\/\/(\[[0-9a-fA-F:]+\]|[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?)*)(:(?<port>[0-9]{1,5}))?$/;

function tracingProblem({ tracing }: PickerPodSettings): InputProblem | undefined {
  if (!tracing) return undefined;
  const { endpoint, samplingRatio } = tracing;
  const port = OTLP.exec(endpoint)?.groups?.port;
  if (!OTLP.test(endpoint) || (port !== undefined && !isPort(Number(port)))) return { message: '`endpoint` of `tracing` is not the URL of an OTLP endpoint', actual: endpoint, expected: 'scheme, host and port, such as "http://collector.observability:4317"', fix: 'correct `endpoint`' };
  if (samplingRatio >= 0 && samplingRatio <= 1) return undefined;
  return { message: '`samplingRatio` of `tracing` is out of range', actual: samplingRatio, expected: 'numbers from 0 to 1', fix: 'correct the number' };
}
