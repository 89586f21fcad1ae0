/** A finding of a check that does not fail the synth. */
export interface Finding {
  /** Id of the check, such as "AM401". Ids are public contract. */
  readonly id: string;
  /** Path of the construct in the construct tree. */
  readonly path: string;
  /** Description of the finding and how to correct it. */
  readonly message: string;
}
