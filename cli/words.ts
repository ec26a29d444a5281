import { z } from 'zod';

/** The modes and targets, as the command line takes them, as the API spells them, and as people call them. */
export const MODES = { normal: '通常', emergency: '応急措置モード', recovery: '復旧措置モード' } as const;
export type Mode = keyof typeof MODES;

export const TARGETS = { cloud: 'cloudEmergency', local: 'localEmergency' } as const;

const ENVIRONMENTS: Readonly<Record<string, string>> = {
  operational: '運用環境',
  cloudEmergency: 'クラウド応急措置環境',
  localEmergency: 'ローカル応急措置環境',
};

export function isMode(word: string): word is Mode {
  return Object.hasOwn(MODES, word);
}

export function isTarget(word: string): word is keyof typeof TARGETS {
  return Object.hasOwn(TARGETS, word);
}

export function modeJa(mode: string): string {
  return isMode(mode) ? MODES[mode] : mode;
}

export function environmentJa(environment: string): string {
  return ENVIRONMENTS[environment] ?? environment;
}

// What the control API answers, as far as the commands read it; more may stand there.

export const modeState = z.object({
  mode: z.string(),
  target: z.string(),
  epoch: z.number(),
  since: z.string(),
  by: z.string(),
  reason: z.string(),
  wrote: z.array(z.string()).default([]),
});
export type ModeState = z.infer<typeof modeState>;

export const modeAnswer = z.object({
  state: modeState,
  confirmed: z.boolean(),
  fenced: z.string().nullable(),
  header: z.record(z.string(), z.string()),
  routed: z.string(),
});
export type ModeAnswer = z.infer<typeof modeAnswer>;

const auditHead = z.object({ id: z.number(), hash: z.string() });
export const switchAnswer = z.object({ state: modeState, audit: auditHead.optional() });

export const historyAnswer = z.object({
  history: z.array(modeState.omit({ wrote: true }).extend({ from: z.string().nullable() })),
});
export type HistoryEntry = z.infer<typeof historyAnswer>['history'][number];

export const outcomesAnswer = z.object({
  outcomes: z.array(
    z.object({
      id: z.string(),
      at: z.string(),
      partner: z.string(),
      environment: z.string(),
      patient: z.string().nullable(),
      call: z.string().nullable(),
      path: z.string(),
      cause: z.string(),
    }),
  ),
});
export type OutcomeEntry = z.infer<typeof outcomesAnswer>['outcomes'][number];

export const tickAnswer = z.object({ open: z.number() });

export const auditAnswer = z.object({
  head: auditHead,
  rows: z.array(
    z.object({
      id: z.number(),
      at: z.string(),
      by: z.string(),
      address: z.string().nullable(),
      action: z.string(),
      outcome: z.string(),
      epoch: z.number(),
      subject: z.string().nullable(),
      reason: z.string().nullable(),
    }),
  ),
});
export type AuditRow = z.infer<typeof auditAnswer>['rows'][number];

export const operatorsAnswer = z.object({
  operators: z.array(z.object({ name: z.string(), role: z.string(), created: z.string(), changed: z.string() })),
});

export const problemAnswer = z.object({
  code: z.string().optional(),
  title: z.string().optional(),
  detail: z.string().optional(),
  detailEn: z.string().optional(),
  blocked: z
    .array(
      z.object({
        name: z.string(),
        ja: z.string(),
        en: z.string(),
        remedy: z.string().nullish(),
        overridable: z.boolean().default(true),
      }),
    )
    .optional(),
});
export type ProblemAnswer = z.infer<typeof problemAnswer>;
