/** Stage of a namespace in the migration from Istio sidecars to ambient mode. A namespace whose migration is complete has no stage. */
export enum MigrationStage {
  /** The namespace is unchanged and its pods have sidecars. */
  SIDECAR = 'sidecar',
  /** The pods still have sidecars, mutual TLS is permissive, and the policies for ambient mode are in place. */
  PERMISSIVE = 'permissive',
  /** New pods are in ambient mode, and pods with sidecars are being replaced. */
  ENROLLED = 'enrolled',
}
