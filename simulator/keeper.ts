import { dumpClinic } from './clinic/dump.ts';
import type { Clinic } from './clinic/open.ts';
import { restoreClinic, type RestoreOptions } from './clinic/restore.ts';
import { Turns } from './turns.ts';

/** The clinic's data cannot be reached. What was asked for may have been done or not. */
export class KeepingFailed extends Error {
  readonly code = 'KEEPING';
}

/** Does the work draw management numbers, or only use what there is? */
export type Numbering = 'draws' | 'uses';

/** Where the clinic's data are kept, beside the store that calls work on. */
export interface Keeper {
  /** Carries work out; resolves once what it changed is kept. Throws KeepingFailed. */
  carryOut<T>(work: () => T, numbering: Numbering): Promise<T>;
  /** A pg_dump -Fc file of what is kept now. */
  dump(at: Date): Promise<Buffer>;
  /** Puts a dump in the place of all that is kept, or throws DumpError with all as it was. Gives the number of rows. */
  restore(dump: Buffer, options: RestoreOptions): Promise<number>;
  close(): Promise<void>;
}

/** Kept where calls work on it: nothing more is to be done. */
export function ownKeeper(clinic: Clinic): Keeper {
  // The file of a store must not be replaced while a dump reads it.
  const turns = new Turns();
  return {
    async carryOut(work) {
      return work();
    },
    dump: async (at) => turns.take(() => dumpClinic(clinic, at)),
    restore: async (dump, options) => turns.take(() => restoreClinic(clinic, dump, options)),
    async close() {
      await turns.take(async () => undefined);
    },
  };
}
