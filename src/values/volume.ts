import { accepted } from '../input/guard';
import { VolumeFacts } from '../model/pod-facts';
import { Trait } from '../model/trait';

/** Options of a volume from an existing object in the cluster. */
export interface VolumeOptions {
  /**
   * Path within the volume that is mounted instead of the whole volume. With `subPath`, a mounted file is not updated when its ConfigMap or
   * Secret changes.
   *
   * @default - the whole volume
   */
  readonly subPath?: string;
  /**
   * Whether the volume is mounted read-only. ConfigMaps and Secrets are always read-only.
   *
   * @default false
   */
  readonly readOnly?: boolean;
}

/** Options of `Volume.emptyDir`. */
export interface EmptyDirOptions {
  /**
   * Whether the directory is in memory (`medium: Memory`), such as `/dev/shm` for model servers. Its files count for the memory limit of
   * the container.
   *
   * @default false
   */
  readonly inMemory?: boolean;
  /**
   * Size limit in MiB, above which the pod is evicted.
   *
   * @default - no limit
   */
  readonly sizeMebibytes?: number;
}

/**
 * A volume that a container mounts.
 *
 * @example
 * const volumes = { '/etc/agent': Volume.configMap('agent'), '/models': Volume.persistentVolumeClaim('models', { readOnly: true }) };
 */
export class Volume {
  /** Mounts an existing ConfigMap in the namespace of the workload. */
  public static configMap(name: string, options?: VolumeOptions): Volume {
    [name, options = {}] = accepted('Volume.configMap', [name, options]);
    return described(new Volume(`ConfigMap ${name}`), { source: { kind: 'configMap', name }, subPath: options.subPath, readOnly: true });
  }

  /** Mounts an existing Secret in the namespace of the workload. */
  public static secret(name: string, options?: VolumeOptions): Volume {
    [name, options = {}] = accepted('Volume.secret', [name, options]);
    return described(new Volume(`Secret ${name}`), { source: { kind: 'secret', name }, subPath: options.subPath, readOnly: true });
  }

  /** Mounts an existing PersistentVolumeClaim in the namespace of the workload. */
  public static persistentVolumeClaim(name: string, options?: VolumeOptions): Volume {
    [name, options = {}] = accepted('Volume.persistentVolumeClaim', [name, options]);
    const { subPath, readOnly = false } = options;
    return described(new Volume(`PersistentVolumeClaim ${name}`), { source: { kind: 'persistentVolumeClaim', name }, subPath, readOnly });
  }

  /** Mounts an empty directory that lives as long as the pod. */
  public static emptyDir(options?: EmptyDirOptions): Volume {
    [options = {}] = accepted('Volume.emptyDir', [options]);
    const { inMemory = false, sizeMebibytes } = options;
    return described(new Volume('emptyDir'), { source: { kind: 'emptyDir', inMemory, sizeMebibytes }, readOnly: false });
  }

  /** @internal */
  public static _readOnly(volume: Volume): Volume {
    return described(new Volume(volume.title), { ...volumeFacts.of(volume), readOnly: true });
  }

  private constructor(
    /** Display name, such as "ConfigMap agent". */
    public readonly title: string,
  ) {}
}

export const volumeFacts = new Trait<VolumeFacts>('a Volume');

function described(volume: Volume, facts: VolumeFacts): Volume {
  volumeFacts.give(volume, facts);
  return volume;
}
