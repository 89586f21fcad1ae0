import { imageProblem } from './image-checks';
import { checkMounts } from './mount-checks';
import { checkSecrets } from './secret-checks';
import { isPort, isSubdomain, selectorProblem } from '../../model/names';
import { DeploymentFacts, SecretKey } from '../../model/workload';
import { isMeshLabel } from '../../providers/foreign/data-planes';
import { Membership } from '../membership/membership';

const ENV_NAME = /^[A-Za-z_][A-Za-z0-9_.-]*$/;
const SECRET_KEY = /^[-._a-zA-Z0-9]{1,253}$/;

/** Reports an image without a fixed version, and an image that the mesh would take for its own proxy. */
export function checkImage(member: Membership, image: string): void {
  member.report(imageProblem(image));
  const { skipped } = member.context.mesh.proxy;
  const prefix = skipped?.images.find((one) => image.startsWith(one));
  if (prefix === undefined) return;
  member.report({
    message: `the image is a proxy image, and ${skipped!.by} skips pods that run one, so they would not be in the mesh`, actual: image,
    expected: `images that do not start with ${skipped!.images.map((one) => `"${one}"`).join(' or ')}`, fix: 'use another image',
  });
}

/** Reports bad values of a deployment. */
export function checkDeployment(member: Membership, facts: DeploymentFacts): void {
  checkImage(member, facts.image);
  whole(member, 'replicas', facts.replicas, 0, 10_000);
  whole(member, 'startupSeconds', facts.startupSeconds, 1, 86_400);
  whole(member, 'userId', facts.userId, 1, 2 ** 31 - 1);
  if (member.context.mesh.proxy.userIds.includes(facts.userId)) {
    member.report({ message: 'the workload runs as the user of the mesh\'s own proxy, so its traffic bypasses the mesh', actual: facts.userId, expected: 'another user id', fix: 'correct `userId`' });
  }
  checkResources(member, facts);
  if (Object.keys(facts.podLabels).length > 0) member.report(selectorProblem(facts.podLabels));
  checkPodLabels(member, facts);
  checkEnvironment(member, facts);
  checkSecrets(member, facts);
  checkMounts(member, facts.writablePaths);
}

type Resources = Pick<DeploymentFacts, 'cpuMillis' | 'memoryMebibytes'>;

export function checkResources(member: Membership, { cpuMillis, memoryMebibytes }: Resources): void {
  whole(member, 'cpuMillis', cpuMillis, 1, 1_000_000);
  whole(member, 'memoryMebibytes', memoryMebibytes, 1, 16_777_216);
}

/** Reports a port that is set and invalid. */
export function checkPort(member: Membership, what: string, port: number | undefined): void {
  if (port === undefined || isPort(port)) return;
  member.report({ message: `${what} is not a valid port`, actual: port, expected: 'whole numbers from 1 to 65535', fix: 'correct the number' });
}

export function whole(member: Membership, what: string, value: number, least: number, most: number): void {
  if (Number.isInteger(value) && value >= least && value <= most) return;
  member.report({ message: `\`${what}\` is out of range`, actual: value, expected: `whole numbers from ${least} to ${most}`, fix: 'correct the number' });
}

/** Reports labels that the mesh interprets. They would take the pod out of the mesh, or put it behind another gateway. */
function checkPodLabels(member: Membership, facts: DeploymentFacts): void {
  for (const key of Object.keys(facts.podLabels)) {
    if (isMeshLabel(key) || key === 'app.kubernetes.io/name' || key === 'app.kubernetes.io/version') {
      member.report({
        message: 'a pod label is reserved for the mesh or for the library', actual: key,
        expected: 'labels of your own, without istio.io, linkerd.io, gateway.networking.k8s.io, app.kubernetes.io/name and app.kubernetes.io/version',
        fix: 'remove the label; the library sets the labels that the mesh needs',
      });
    }
  }
}

/** Whether a reference names a Secret and one of its keys. */
export function isSecretKey({ secretName, key }: SecretKey): boolean {
  return isSubdomain(secretName) && SECRET_KEY.test(key);
}

function checkEnvironment(member: Membership, facts: DeploymentFacts): void {
  for (const name of [...Object.keys(facts.env), ...Object.keys(facts.secretEnv)]) {
    if (!ENV_NAME.test(name)) member.report({ message: 'the name of an environment variable is not valid in Kubernetes', actual: name, expected: 'letters, digits, "_", "-" and ".", not starting with a digit', fix: 'correct the name' });
  }
  for (const { secretName, key } of Object.values(facts.secretEnv)) {
    if (!isSecretKey({ secretName, key })) {
      member.report({ message: 'a reference to a Secret is not valid in Kubernetes', actual: { secretName, key }, expected: 'the name of a Secret, and a key of letters, digits, "-", "_" and "."', fix: 'correct the reference' });
    }
  }
  for (const name of Object.keys(facts.env)) {
    if (Object.hasOwn(facts.secretEnv, name)) member.report({ message: 'an environment variable is set twice', actual: name, expected: 'either `env` or `secretEnv`', fix: 'remove it from one of the two' });
  }
}
