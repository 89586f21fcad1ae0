/** What a check found that does not fail the synth. */
export interface Finding {
  /** The id of the check, such as "AM401"; it is public contract. */
  readonly id: string;
  /** Path of the construct in the tree. */
  readonly path: string;
  /** What was found, and what to do. */
  readonly message: string;
}
