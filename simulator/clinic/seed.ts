import { Random } from '../random.ts';
import { addHistory } from './history.ts';
import type { Clinic } from './open.ts';
import { addPeople } from './people.ts';

export interface Seeding {
  readonly seed: number;
  readonly patients: number;
  /** Digits of a patient number, as the clinic set it up (1009). */
  readonly numberWidth: number;
  readonly history: { readonly days: number; readonly visitsPerDay: number };
  readonly institution: Institution;
}
export interface Institution {
  readonly code: string;
  readonly id: string;
  readonly name: string;
  readonly prefecture: string;
}

/** The schema of the data; a restore into a program that knows an older one only is refused. */
export const SCHEMA_VERSION = '050200-1';

/** Fills an empty clinic; leaves one that was filled before as it is. */
export function seedClinic(clinic: Clinic, seeding: Seeding, today: string): 'seeded' | 'kept' {
  if (clinic.setting('seed') !== undefined) return 'kept';
  clinic.transact(() => {
    const random = new Random(seeding.seed);
    clinic.db.prepare(`insert into tbl_dbkanri values ('ORCADB00', ?)`).run(SCHEMA_VERSION);
    clinic.set('seed', String(seeding.seed));
    clinic.set('made', today);
    clinic.set('numberWidth', String(seeding.numberWidth));
    clinic.set('institution', JSON.stringify(seeding.institution));
    clinic.counters.create(today);
    const { patients: count, numberWidth: width, history } = seeding;
    addPeople(clinic, random, { count, width, historyDays: history.days, today });
    addHistory(clinic, random, history.days, history.visitsPerDay, today);
  });
  return 'seeded';
}
