/** What a mesh leaves open whatever is granted, in words. */
export interface MeshTells {
  /** Who may ask pods whether they are well, where the mesh cannot tell the kubelet from others. */
  readonly probers?: string;
  /** How far calls out of the cluster are limited. */
  readonly outbound: string;
  /** What reaches every pod whatever is granted. */
  readonly unchecked: readonly string[];
}

/** No mesh captures it. */
export const UDP = 'UDP, at ports that nobody declared too: NOT CHECKED';
