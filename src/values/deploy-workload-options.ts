import { PodField } from './pod-field';
import { PodOptions } from './pod-options';
import { CommonWorkloadOptions, SecretKeyReference, WorkloadOptions } from './workload-options';

/** Options of pods that the library deploys: `Workload.deploy` and `Workload.vllm`. */
export interface DeployedPodsOptions extends CommonWorkloadOptions, PodOptions {
  /** Container image with a tag or a digest. Synth fails for the tag `latest`, and for an image with neither. */
  readonly image: string;
  /**
   * Name of an existing ServiceAccount for the pods. "default" is not allowed.
   *
   * @default - the library creates a ServiceAccount with the name of the construct that uses the workload
   */
  readonly existingServiceAccount?: string;
  /**
   * Number of replicas of the Deployment.
   *
   * @default 2
   */
  readonly replicas?: number;
  /**
   * Environment variables with literal values, by name. Synth fails for names such as `API_KEY` or `DB_PASSWORD`, and for values that look
   * like secrets. Use `secretEnv` for them, and refer to its variables as in "$(DB_PASSWORD)". The library writes variables in the order of
   * their names, but each after the variables to which it refers.
   *
   * @default - no environment variables
   */
  readonly env?: { [name: string]: string };
  /**
   * Environment variables by name, whose values come from Secrets.
   *
   * @default - no environment variables from Secrets
   */
  readonly secretEnv?: { [name: string]: SecretKeyReference };
  /**
   * Environment variables by name, whose values are fields of the pod, such as `{ POD_IP: PodField.POD_IP }`. Arguments refer to them as in
   * "$(POD_IP)".
   *
   * @default - no environment variables from fields
   */
  readonly podFieldEnv?: { [name: string]: PodField };
  /**
   * Additional labels for the pods. Synth fails for labels of Istio, Linkerd and the Gateway API, because they could remove the pods from
   * the mesh or bind them to a gateway.
   *
   * @default - no additional labels
   */
  readonly podLabels?: { [key: string]: string };
  /**
   * Paths of writable directories, each an `emptyDir` volume. The rest of the root file system is read-only.
   *
   * @default ['/tmp']
   */
  readonly writablePaths?: string[];
  /**
   * User id and group id of the container process. 0 (root) is not allowed.
   *
   * @default 65532
   */
  readonly userId?: number;
  /**
   * Whether the pods mount the token of their ServiceAccount for the Kubernetes API.
   *
   * @default false
   */
  readonly mountToken?: boolean;
}

/** Options of `Workload.deploy`. */
export interface DeployWorkloadOptions extends WorkloadOptions, DeployedPodsOptions {
  /**
   * Entrypoint of the container (`command` of the container in Kubernetes).
   *
   * @default - the entrypoint of the image
   */
  readonly command?: string[];
  /**
   * Arguments of the container. Synth fails for values that look like secrets. Use `secretEnv` for them, and refer to the variable as in
   * "$(DB_PASSWORD)".
   *
   * @default - the arguments of the image
   */
  readonly args?: string[];
  /**
   * Maximum start time of a pod in seconds, for example while models load or caches warm up: a whole number from 1 (source: Kubernetes
   * 1.36, startup probes). The pod gets no calls before its startup probe succeeds. If the probe does not succeed in this time, the kubelet
   * restarts the container.
   *
   * @default 600
   */
  readonly startupSeconds?: number;
  /**
   * CPU request in millicores. No CPU limit is set.
   *
   * @default 250
   */
  readonly cpuMillis?: number;
  /**
   * Memory request and limit in MiB.
   *
   * @default 512
   */
  readonly memoryMebibytes?: number;
}
