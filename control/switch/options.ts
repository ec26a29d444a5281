import type { z } from 'zod';
import { duration, flag, section } from '../../units.ts';

/** `switch`: how long the steps of a switch may take. */
export interface SwitchOptions {
  /** Writes are held behind the fence for at most this long; then they get 503. */
  readonly holdMs: number;
  /** Writes already sent get this long to finish. */
  readonly drainMs: number;
  /** The last pass of copying before normal mode. */
  readonly settleMs: number;
  /** The least time between two switches. */
  readonly dwellMs: number;
  /** A planned switch waits this long for open conversations (HAORI). */
  readonly conversationsMs: number;
  /** Switch without a person. */
  readonly automatic: boolean;
}

/** What a held write needs beyond drain and settle, to be admitted anew before its hold expires. */
const SPARE_MS = 1000;

export function switchOptions(): z.ZodType<SwitchOptions> {
  return section({
    hold: duration().default(10_000),
    drain: duration().default(3000),
    settle: duration().default(4000),
    dwell: duration().default(5000),
    conversations: duration().default(30_000),
    automatic: flag().default(false),
  })
    .superRefine(({ hold, drain, settle }, context) => {
      const least = drain + settle + SPARE_MS;
      if (hold >= least) return;
      const message = `expected at least drain + settle + 1s (${drain} + ${settle} + ${SPARE_MS} = ${least} ms), got ${hold} ms`;
      context.addIssue({ code: 'custom', path: ['hold'], message });
    })
    .transform(({ hold, drain, settle, dwell, conversations, automatic }) => ({
      holdMs: hold,
      drainMs: drain,
      settleMs: settle,
      dwellMs: dwell,
      conversationsMs: conversations,
      automatic,
    }));
}
