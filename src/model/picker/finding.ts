import { InputProblem } from '../problem';

/** Why a picker does not start with its configuration, or does not do what it says. */
export type PickerCause =
  | 'format' | 'field' | 'gate' | 'name' | 'type' | 'stability' | 'parameter' | 'producer' | 'reference' | 'pickers' | 'handlers' | 'ignored' | 'deprecated';

/** Something that is wrong with the configuration of a picker. */
export interface PickerFinding extends InputProblem {
  readonly cause: PickerCause;
  /** Whether the picker starts nevertheless. */
  readonly loads: boolean;
}

/** Returns a finding with which the picker does not start. */
export const refusal = (cause: PickerCause, problem: InputProblem): PickerFinding => ({ cause, loads: false, ...problem });

/** Returns a finding with which the picker starts, and does something else than its configuration says. */
export const ignored = (problem: InputProblem): PickerFinding => ({ cause: 'ignored', loads: true, ...problem });
