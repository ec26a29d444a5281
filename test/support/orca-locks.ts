import { deepEqual, equal } from 'node:assert/strict';
import type { Simulator } from '../../simulator/server.ts';

/** How many conversations the environment remembers. */
export function sessions(orca: Simulator): number {
  return orca.clinic.db.prepare<[], { count: number }>('select count(*) count from tbl_api_para').get()?.count ?? 0;
}

/** Nobody has a patient open, and no conversation is waiting to be gone on with. */
export function isLeftAlone(orca: Simulator): void {
  deepEqual(orca.clinic.locks.all(), []);
  equal(sessions(orca), 0);
}
