import { z } from 'zod';
import type { Dump, HybridSpeaker, ManualStep, ManualTask, Spoken } from '../hybrid.ts';
import { checkNumbers, type ManagementNumbers, NUMBER_NAMES } from '../hybrid.ts';
import { HybridRefused } from './errors.ts';
import { checkedDump } from './file.ts';

const numbers = z.strictObject({
  outpatientSlip: z.int().min(0),
  inpatientSlip: z.int().min(0),
  patientSerial: z.int().min(0),
});
const dumps = z.array(z.strictObject({ name: z.string().min(1), madeAt: z.coerce.date() }));

/** What comes with a tick, by what the step asks. */
export type Told =
  | { readonly asks: 'nothing' }
  | { readonly asks: 'numbers'; readonly numbers: ManagementNumbers }
  | { readonly asks: 'dumps'; readonly dumps: readonly { readonly name: string; readonly madeAt: Date }[] };

/** A step before it has a number and a time; `key` says which request it is for. */
export type NewStep = Omit<ManualStep, 'id' | 'openedAt'> & { readonly key: string };

export type StepState =
  | { readonly kind: 'waits'; readonly step: ManualStep }
  | { readonly kind: 'ticked'; readonly told: Told }
  | { readonly kind: 'declined'; readonly reason: string };

/** Where steps wait for a person; kept by whoever shows them. */
export interface StepStore {
  /**
   * The step for this key: opened, if there is none, in the place of an older one of the same task that still waits. What was
   * ticked or declined is handed over once.
   */
  ask(step: NewStep): StepState | Promise<StepState>;
}

/** Reads what a person entered with the tick. @throws HybridRefused */
export function toldOf(asks: ManualStep['asks'], input: unknown): Told {
  switch (asks) {
    case 'nothing':
      return { asks };
    case 'numbers':
      return { asks, numbers: parsed(numbers, input) };
    case 'dumps':
      return { asks, dumps: parsed(dumps, input) };
  }
}

/** Every request is a step that a person does in ORCA's own page and ticks off; then the same request is done. */
export function manualSpeaker(environment: string, store: StepStore): HybridSpeaker {
  async function ask<T>(
    task: ManualTask,
    key: string,
    words: { readonly ja: string; readonly en: string },
    asks: ManualStep['asks'],
    done: (told: Told) => T | Promise<T>,
  ): Promise<Spoken<T>> {
    const state = await store.ask({ environment, task, key: `${environment}/${task}/${key}`, asks, ...words });
    switch (state.kind) {
      case 'waits':
        return { kind: 'waits', step: state.step };
      case 'declined':
        throw new HybridRefused('declined', state.reason);
      case 'ticked':
        return { kind: 'done', value: await done(state.told) };
    }
  }

  return {
    kind: 'manual',
    readNumbers: () => ask('read-numbers', '', words.readNumbers, 'numbers', (told) => numbersOf(told)),
    raiseNumbers(atLeast) {
      checkNumbers(atLeast);
      const wanted = NUMBER_NAMES.map((name) => `${LABELS[name]} ${atLeast[name] ?? '―'}`).join(' / ');
      return ask('raise-numbers', wanted, words.raiseNumbers(wanted), 'numbers', (told) => {
        const before = numbersOf(told);
        const raise = (name: keyof ManagementNumbers) => Math.max(before[name], atLeast[name] ?? 0);
        const after = {
          outpatientSlip: raise('outpatientSlip'),
          inpatientSlip: raise('inpatientSlip'),
          patientSerial: raise('patientSerial'),
        };
        return { before, after };
      });
    },
    listDumps: () =>
      ask('list-dumps', '', words.listDumps, 'dumps', (told) =>
        dumpsOf(told).sort((one, other) => other.madeAt.getTime() - one.madeAt.getTime()),
      ),
    takeDump: () =>
      ask('take-dump', '', words.takeDump, 'dumps', (told) => {
        const [dump] = dumpsOf(told);
        if (dump === undefined) throw new HybridRefused('input', 'expected the dump that was taken, got none');
        return dump;
      }),
    downloadDump: (dump, to, options = {}) =>
      ask('download-dump', `${dump.id} ${to}`, words.downloadDump(dump.name, to), 'nothing', () =>
        checkedDump(to, dump, options.signal),
      ),
    uploadDump: (file, name) =>
      ask('upload-dump', `${file.path} ${file.sha256}`, words.uploadDump(file.path), 'nothing', () => ({
        id: name,
        name,
        madeAt: new Date(),
        bytes: file.bytes,
        sha256: file.sha256,
      })),
    restore: (dump) => ask('restore', dump.id, words.restore(dump.name), 'nothing', () => ({ dump: dump.id })),
    announceMode: (hybridmode) =>
      ask('announce-mode', hybridmode, words.announceMode(hybridmode), 'nothing', () => ({ hybridmode })),
    async close() {
      // Nothing is open.
    },
  };
}

const LABELS = { outpatientSlip: '外来伝票番号', inpatientSlip: '入院伝票番号', patientSerial: '患者連番' } as const;

const words = {
  readNumbers: {
    ja: '日レセの管理連番（外来伝票番号・入院伝票番号・患者連番）を確認し、入力してください。',
    en: "Look up WebORCA's management numbers (outpatient slip, inpatient slip, patient serial) and enter them.",
  },
  raiseNumbers: (wanted: string) => ({
    ja: `管理連番を次の値以上に更新し（下げないでください）、更新前の値を入力してください: ${wanted}`,
    en: `Raise the management numbers to at least these, never lower, and enter what they were before: ${wanted}`,
  }),
  listDumps: {
    ja: 'バックアップの一覧を確認し、名前と日時を入力してください。',
    en: 'Look up the list of backups and enter their names and times.',
  },
  takeDump: {
    ja: 'バックアップを取得し、その名前と日時を入力してください。',
    en: 'Take a backup and enter its name and time.',
  },
  downloadDump: (name: string, to: string) => ({
    ja: `バックアップ ${name} をダウンロードし、${to} に保存してください。`,
    en: `Download the backup ${name} and save it as ${to}.`,
  }),
  uploadDump: (path: string) => ({
    ja: `${path} をアップロードしてください。`,
    en: `Upload ${path}.`,
  }),
  restore: (name: string) => ({
    ja: `「バックアップから反映」で ${name} を反映し、終わるまで待ってください。`,
    en: `Restore from the backup ${name} and wait until it is done.`,
  }),
  announceMode: (hybridmode: string) => ({
    ja: `日レセ側の運用モードを ${hybridmode} に切り替えてください。`,
    en: `Set the environment's own mode to ${hybridmode}.`,
  }),
};

function numbersOf(told: Told): ManagementNumbers {
  if (told.asks !== 'numbers') throw new HybridRefused('input', 'expected the three numbers with the tick');
  return told.numbers;
}

function dumpsOf(told: Told): Dump[] {
  if (told.asks !== 'dumps') throw new HybridRefused('input', 'expected the names and times of dumps with the tick');
  return told.dumps.map(({ name, madeAt }) => ({ id: name, name, madeAt, bytes: null, sha256: null }));
}

function parsed<T>(schema: z.ZodType<T>, input: unknown): T {
  const found = schema.safeParse(input);
  if (found.success) return found.data;
  throw new HybridRefused('input', z.prettifyError(found.error), { cause: found.error });
}
