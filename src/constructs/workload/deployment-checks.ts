import { imageProblem } from './image-checks';
import { checkMounts } from './mount-checks';
import { checkSecrets } from './secret-checks';
import { DeploymentFacts, SecretKey } from '../../model/deployment-facts';
import { isPort, isSubdomain, selectorProblem } from '../../model/names';
import { isMeshLabel } from '../../providers/foreign/data-planes';
import { rangeProblem } from '../input/number-checks';
import { Membership } from '../membership/membership';

const ENV_NAME = /^[A-Za-z_][A-Za-z0-9_.-]*$/;
const SECRET_KEY = /^[-._a-zA-Z0-9]{1,253}$/;

/** Reports an image without a fixed version, and an image that the mesh would mistake for the mesh proxy. */
export function checkImage(member: Membership, image: string): void {
  member.report(imageProblem(image));
  const { skipped } = member.context.mesh.proxy;
  const prefix = skipped?.images.find((one) => image.startsWith(one));
  if (prefix === undefined) return;
  member.report({
    message: `the image is an image of a service mesh proxy; ${skipped!.by} skips pods with such an image, so these pods would not be in the mesh`, actual: image,
    expected: `images that do not start with ${skipped!.images.map((one) => `"${one}"`).join(' or ')}`, fix: 'use another image',
  });
}

/** Reports invalid values of a Deployment. */
export function checkDeployment(member: Membership, facts: DeploymentFacts): void {
  checkImage(member, facts.image);
  member.report(rangeProblem('replicas', facts.replicas, 0, 10_000));
  member.report(rangeProblem('startupSeconds', facts.startupSeconds, 1, 86_400));
  member.report(rangeProblem('userId', facts.userId, 1, 2 ** 31 - 1));
  if (member.context.mesh.proxy.userIds.includes(facts.userId)) {
    member.report({ message: '`userId` is the user id of the proxy of the mesh, whose traffic the mesh does not intercept, so the workload would bypass the mesh', actual: facts.userId, expected: 'a user id that no proxy of the mesh has', fix: 'set another `userId`' });
  }
  checkResources(member, facts);
  checkPodLabels(member, facts);
  checkEnvironment(member, facts);
  checkSecrets(member, facts);
  checkMounts(member, facts.writablePaths, Object.keys(facts.pod.volumes));
}

type Resources = Pick<DeploymentFacts, 'cpuMillis' | 'memoryMebibytes'>;

export function checkResources(member: Membership, { cpuMillis, memoryMebibytes }: Resources): void {
  member.report(rangeProblem('cpuMillis', cpuMillis, 1, 1_000_000));
  member.report(rangeProblem('memoryMebibytes', memoryMebibytes, 1, 16_777_216));
}

/** Reports a port number that is set but invalid. */
export function checkPort(member: Membership, what: string, port: number | undefined): void {
  if (port === undefined || isPort(port)) return;
  member.report({ message: `${what} is not a valid port`, actual: port, expected: 'whole numbers from 1 to 65535', fix: 'correct the number' });
}

/** Reports invalid pod labels, and labels that the mesh interprets. They would exclude the pods from the mesh, or bind them to another gateway. */
export function checkPodLabels(member: Membership, facts: Pick<DeploymentFacts, 'podLabels'>): void {
  if (Object.keys(facts.podLabels).length > 0) member.report(selectorProblem(facts.podLabels));
  for (const key of Object.keys(facts.podLabels)) {
    if (isMeshLabel(key) || key === 'app.kubernetes.io/name' || key === 'app.kubernetes.io/version') {
      member.report({
        message: '`podLabels` has a label that is reserved for the mesh or for the library', actual: key,
        expected: 'labels of your own, without istio.io, linkerd.io, gateway.networking.k8s.io, app.kubernetes.io/name and app.kubernetes.io/version',
        fix: 'remove the label; the library sets the labels that the mesh needs',
      });
    }
  }
}

/** Returns whether a reference has a valid Secret name and a valid key. */
export function isSecretKey({ secretName, key }: SecretKey): boolean {
  return isSubdomain(secretName) && SECRET_KEY.test(key);
}

/** Reports invalid environment variables. */
export function checkEnvironment(member: Membership, { env, secretEnv, podFieldEnv = {} }: Pick<DeploymentFacts, 'env' | 'secretEnv'> & Partial<DeploymentFacts>): void {
  const sources = Object.entries({ env, secretEnv, podFieldEnv });
  const names = sources.flatMap(([, variables]) => Object.keys(variables));
  for (const name of names) {
    if (!ENV_NAME.test(name)) member.report({ message: 'the name of an environment variable is not valid in Kubernetes', actual: name, expected: 'letters, digits, "_", "-" and ".", not starting with a digit', fix: 'correct the name' });
  }
  for (const { secretName, key } of Object.values(secretEnv)) {
    if (!isSecretKey({ secretName, key })) {
      member.report({ message: 'a reference of `secretEnv` to a Secret is not valid in Kubernetes', actual: { secretName, key }, expected: 'the name of a Secret, and a key of letters, digits, "-", "_" and "."', fix: 'correct `secretName` or `key`' });
    }
  }
  for (const name of new Set(names)) {
    const [one, other] = sources.filter(([, variables]) => Object.hasOwn(variables, name)).map(([source]) => source);
    if (other !== undefined) member.report({ message: `an environment variable is set in both \`${one}\` and \`${other}\``, actual: name, expected: `each variable either in \`${one}\` or in \`${other}\``, fix: `remove the variable from \`${one}\` or from \`${other}\`` });
  }
}
