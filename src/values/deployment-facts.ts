import { DeployWorkloadOptions } from './deploy-workload-options';
import { podFacts } from './pod-options';
import { DeploymentFacts, SecretKey } from '../model/deployment-facts';

/** Returns the options of deployed pods with their defaults. */
export function deploymentFacts(options: DeployWorkloadOptions): DeploymentFacts {
  return {
    image: options.image,
    existingServiceAccount: options.existingServiceAccount,
    replicas: options.horizontalPodAutoscaler?.minReplicas ?? options.replicas ?? 2,
    statedReplicas: options.replicas,
    command: options.command && [...options.command],
    args: options.args && [...options.args],
    env: { ...options.env },
    secretEnv: { ...options.secretEnv as Record<string, SecretKey> | undefined },
    podFieldEnv: { ...options.podFieldEnv },
    podLabels: { ...options.podLabels },
    writablePaths: options.writablePaths ? [...options.writablePaths] : ['/tmp'].filter((path) => !Object.hasOwn(options.volumes ?? {}, path)),
    userId: options.userId ?? 65532,
    mountToken: options.mountToken ?? false,
    startupSeconds: options.startupSeconds ?? 600,
    cpuMillis: options.cpuMillis ?? 250,
    memoryMebibytes: options.memoryMebibytes ?? 512,
    pod: podFacts(options, options.replicas),
  };
}
