/** How far a namespace is on its way from Istio's sidecars to ambient; of a namespace that has arrived, none is stated. */
export enum MigrationStage {
  /** As it was: its pods have sidecars. */
  SIDECAR = 'sidecar',
  /** Its pods have sidecars still; mutual TLS is not demanded, and what guards them in ambient is there already. */
  PERMISSIVE = 'permissive',
  /** Its new pods are in ambient; those with sidecars are being replaced. */
  ENROLLED = 'enrolled',
}
