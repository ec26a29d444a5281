import type { z } from 'zod';
import { count, duration, flag, orNull, path, secret, section } from '../units.ts';
import type { Surroundings } from '../units.ts';

/** `sync`: how the backups (バックアップ) travel. */
export interface SyncOptions {
  /** 0: only on demand. */
  readonly everyMs: number;
  /** The backup folder, absolute. */
  readonly folder: string;
  /** How many dumps are kept beside the newest. */
  readonly keep: number;
  /** バックアップキー: what dumps are encrypted with on their way to the cloud. */
  readonly key: string | null;
  /** Restore each verified dump at once, so that an outage starts with the data already there. */
  readonly warm: boolean;
}

export function syncOptions(around: Surroundings): z.ZodType<SyncOptions> {
  return section({
    every: duration({ min: 60_000, off: true }).default(3_600_000),
    folder: path(around, 'the backup folder').default(around.absolute('./backup')),
    keep: count({ min: 1 }).default(3),
    key: orNull(secret(around, 'the backup key')),
    warm: flag().default(true),
  }).transform(({ every, folder, keep, key, warm }) => ({ everyMs: every, folder, keep, key, warm }));
}
