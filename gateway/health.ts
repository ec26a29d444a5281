import type { ForwardFault } from './fault.ts';
import type { HealthCause } from './status.ts';

/** One sign of life, or of its absence: from a probe or from a partner's request. */
export type Sign =
  | { readonly kind: 'well'; readonly latencyMs: number; readonly announced: string | null }
  | { readonly kind: 'ill'; readonly cause: HealthCause; readonly detail: string };

export interface Health {
  readonly health: 'up' | 'down' | 'unknown';
  readonly cause: HealthCause | null;
  readonly detail: string | null;
  readonly sinceMs: number;
  readonly lastAnswerMs: number | null;
  readonly latencyMs: number | null;
  readonly announced: string | null;
  /** How many signs in a row speak against `health`. */
  readonly against: number;
}

export interface Hysteresis {
  readonly failures: number;
  readonly successes: number;
}

export function unknownHealth(nowMs: number): Health {
  return {
    health: 'unknown',
    cause: null,
    detail: null,
    sinceMs: nowMs,
    lastAnswerMs: null,
    latencyMs: null,
    announced: null,
    against: 0,
  };
}

/** The next health after one more sign: N failures make it down, M successes up again; the first sign decides at once. */
export function observe(health: Health, sign: Sign, thresholds: Hysteresis, nowMs: number): Health {
  const seen =
    sign.kind === 'well'
      ? { ...health, lastAnswerMs: nowMs, latencyMs: sign.latencyMs, announced: sign.announced ?? health.announced }
      : health;
  const says = sign.kind === 'well' ? 'up' : 'down';
  const cause = sign.kind === 'ill' ? { cause: sign.cause, detail: sign.detail } : { cause: null, detail: null };
  if (seen.health === says) return { ...seen, ...cause, against: 0 };
  const against = seen.against + 1;
  const needed = says === 'down' ? thresholds.failures : thresholds.successes;
  if (seen.health !== 'unknown' && against < needed) return { ...seen, against };
  if (seen.health === 'unknown' && says === 'down' && against < needed) return { ...seen, ...cause, against };
  return { ...seen, ...cause, health: says, sinceMs: nowMs, against: 0 };
}

/** The cause behind a fault on the way to an environment; null where the fault says nothing about its health. */
export function causeOfFault(fault: ForwardFault): HealthCause | null {
  switch (fault) {
    case 'dns-failed':
      return 'dns';
    case 'connect-failed':
    case 'environment-reset':
      return 'connect';
    case 'connect-timeout':
    case 'first-byte-timeout':
    case 'idle-timeout':
      return 'timeout';
    case 'tls-failed':
      return 'tls';
    case 'certificate-refused':
      return 'certificate';
    case 'bad-answer':
      return 'http';
    case 'bad-target':
    case 'partner-gone':
    case 'partner-broke-off':
    case 'partner-stalled':
    case 'cut-by-switch':
    case 'taken-back':
    case 'body-too-large':
    case 'request-timeout':
      return null;
  }
}

/** A probe's answer without credentials: 401 in JSON is how a living WebORCA answers. */
export function signOfAnonymousProbe(status: number, latencyMs: number, allow: string | undefined): Sign {
  if (status === 401 || (status >= 200 && status < 300)) return { kind: 'well', latencyMs, announced: null };
  if (status === 405 && allow !== undefined) {
    return {
      kind: 'ill',
      cause: 'http',
      detail: 'パスが正しくありません (405): url を確認してください / 405: check the url',
    };
  }
  return { kind: 'ill', cause: 'http', detail: `HTTP ${status}` };
}
