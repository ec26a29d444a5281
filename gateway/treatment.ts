import type { Classified } from '../orca/catalogue.ts';

/** How a request is treated because of what it does: the effects table of ARCHITECTURE.md as values. */
export interface Treatment {
  /** It waits while a switch goes on. */
  readonly isFenced: boolean;
  /** It is in the journal, and an emergency environment that took it is in `wrote`. */
  readonly isCounted: boolean;
  /** What its answer hands out belongs to the environment that made it. */
  readonly issues: 'Orca_Uid' | 'Data_Id' | null;
  /** It goes where the named thing was issued, while that can be reached. */
  readonly follows: 'Orca_Uid' | 'Data_Id' | null;
}

const NOTHING: Treatment = { isFenced: false, isCounted: false, issues: null, follows: null };
const WRITE: Treatment = { ...NOTHING, isFenced: true, isCounted: true };
const STORED_FORM: Treatment = { ...NOTHING, follows: 'Data_Id' };

export function treatmentOf({ effect, step, call }: Classified): Treatment {
  switch (effect) {
    case 'read':
      return call === 'blobapi' ? STORED_FORM : NOTHING;
    case 'print':
      return { ...WRITE, issues: 'Data_Id' };
    case 'write':
      return step === null ? WRITE : { ...WRITE, issues: 'Orca_Uid' };
    case 'session':
      break;
  }
  switch (step) {
    case 'release':
      return { ...NOTHING, follows: 'Orca_Uid' };
    case 'registering':
      // Fenced as well: it must not reach the environment that partners are just leaving.
      return WRITE;
    case 'first':
      return { ...NOTHING, isFenced: true, issues: 'Orca_Uid' };
    case 'later':
    case null:
      return NOTHING;
  }
}
