/** 管理連番: the last numbers that an environment gave out. */
export const NUMBER_NAMES = ['outpatientSlip', 'inpatientSlip', 'patientSerial'] as const;
export type NumberName = (typeof NUMBER_NAMES)[number];
export type ManagementNumbers = Readonly<Record<NumberName, number>>;

/** Seven digits on the wire for slips, ten in the table for patients. */
export const LARGEST_NUMBERS: ManagementNumbers = {
  outpatientSlip: 9_999_999,
  inpatientSlip: 9_999_999,
  patientSerial: 9_999_999_999,
};

export interface RaisedNumbers {
  readonly before: ManagementNumbers;
  readonly after: ManagementNumbers;
}

/** A `pg_dump -Fc` file where the environment keeps it. */
export interface Dump {
  readonly id: string;
  readonly name: string;
  readonly madeAt: Date;
  /** null where it is not told. */
  readonly bytes: number | null;
  /** Hexadecimal; null where it is not told. */
  readonly sha256: string | null;
}

/** A dump that was checked after it was written here. */
export interface DumpFile {
  readonly path: string;
  readonly bytes: number;
  readonly sha256: string;
}

export interface Restored {
  readonly dump: string;
}

export interface Progress {
  /** Of `total`; bytes, tables or percent. */
  readonly done: number;
  /** null where it is not known. */
  readonly total: number | null;
  /** What is being done, as the environment says it. */
  readonly step: string;
  /** By which an upload is resumed after this process has ended. */
  readonly upload?: string;
}

export interface HybridOptions {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: Progress) => void) | undefined;
}

export interface UploadOptions extends HybridOptions {
  /** `upload` of an earlier progress. */
  readonly resume?: string | undefined;
}

/** Done, or a step that a person has to do and tick off: then the same request is made again. */
export type Spoken<T> =
  { readonly kind: 'done'; readonly value: T } | { readonly kind: 'waits'; readonly step: ManualStep };

export const MANUAL_TASKS = [
  'read-numbers',
  'raise-numbers',
  'list-dumps',
  'take-dump',
  'download-dump',
  'upload-dump',
  'restore',
  'announce-mode',
] as const;
export type ManualTask = (typeof MANUAL_TASKS)[number];

/** What a person is asked to do in ORCA's own page. */
export interface ManualStep {
  readonly id: string;
  /** `operational`, `cloudEmergency`, … as it was named to the speaker. */
  readonly environment: string;
  readonly task: ManualTask;
  readonly ja: string;
  readonly en: string;
  /** What is to be told with the tick. */
  readonly asks: 'nothing' | 'numbers' | 'dumps';
  readonly openedAt: Date;
}

/**
 * What the environments do beside WebORCA's API: management numbers, dumps, restores, their mode. Spoken by `assumed` (over
 * HTTP, what the cloud would offer), `postgres` (where the data are) and `manual` (a person).
 *
 * Failures are thrown: the classes of `orca/hybrid/errors.ts`, each with a constant `code`.
 */
export interface HybridSpeaker {
  readonly kind: 'assumed' | 'postgres' | 'manual';
  readNumbers(options?: HybridOptions): Promise<Spoken<ManagementNumbers>>;
  /** Never lowers; what is left out stays. */
  raiseNumbers(atLeast: Partial<ManagementNumbers>, options?: HybridOptions): Promise<Spoken<RaisedNumbers>>;
  /** Newest first. */
  listDumps(options?: HybridOptions): Promise<Spoken<readonly Dump[]>>;
  /** バックアップを取得 */
  takeDump(options?: HybridOptions): Promise<Spoken<Dump>>;
  /** Into the file `to`; goes on where an earlier attempt left it, and is checked against the dump's size and digest. */
  downloadDump(dump: Dump, to: string, options?: HybridOptions): Promise<Spoken<DumpFile>>;
  uploadDump(file: DumpFile, name: string, options?: UploadOptions): Promise<Spoken<Dump>>;
  /** バックアップから反映: all that the environment holds becomes what the dump holds, or stays as it was. */
  restore(dump: Dump, options?: HybridOptions): Promise<Spoken<Restored>>;
  /** What the environment is to say in `X-Hybridmode`. */
  announceMode(hybridmode: string, options?: HybridOptions): Promise<Spoken<{ readonly hybridmode: string }>>;
  close(): Promise<void>;
}

/** @throws RangeError where a number could not be given out any more */
export function checkNumbers(atLeast: Partial<ManagementNumbers>): void {
  for (const name of NUMBER_NAMES) {
    const number = atLeast[name];
    if (number === undefined) continue;
    if (Number.isInteger(number) && number >= 0 && number <= LARGEST_NUMBERS[name]) continue;
    throw new RangeError(`${name}: expected a whole number from 0 to ${LARGEST_NUMBERS[name]}, got ${number}`);
  }
}
