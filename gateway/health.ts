import type { ForwardFault } from './fault.ts';
import type { HealthCause } from './status.ts';

/** One sign of life, or of its absence: from a probe or from a partner's request. */
export type Sign =
  | { readonly kind: 'well'; readonly latencyMs: number }
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
  const seen = sign.kind === 'well' ? { ...health, lastAnswerMs: nowMs, latencyMs: sign.latencyMs } : health;
  const says = sign.kind === 'well' ? 'up' : 'down';
  const cause = causeOf(sign);
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

/** An answer that took longer than this is no outage, but people wait. */
const SLOW_MS = 3000;

function causeOf(sign: Sign): Pick<Health, 'cause' | 'detail'> {
  if (sign.kind === 'ill') return { cause: sign.cause, detail: sign.detail };
  if (sign.latencyMs <= SLOW_MS) return { cause: null, detail: null };
  const ms = Math.round(sign.latencyMs);
  return { cause: 'slow', detail: `応答に ${Math.round(ms / 1000)} 秒かかっています / answers take ${ms} ms` };
}

/** A probe's answer without credentials: 401 in JSON is how a living WebORCA answers. */
export function signOfAnonymousProbe(status: number, latencyMs: number, allow: string | undefined): Sign {
  if (status === 401 || (status >= 200 && status < 300)) return { kind: 'well', latencyMs };
  return illHttp(status, allow);
}

/** A probe's answer with the environment's credentials: 401 is no outage, they are wrong. */
export function signOfCredentialsProbe(status: number, latencyMs: number, allow: string | undefined): Sign {
  if (status >= 200 && status < 300) return { kind: 'well', latencyMs };
  if (status !== 401 && status !== 403) return illHttp(status, allow);
  const detail = `ユーザーまたはパスワード (APIキー) が正しくありません (${status}) / user or password (API key) refused`;
  return { kind: 'ill', cause: 'credentials', detail };
}

function illHttp(status: number, allow: string | undefined): Sign {
  const isPathMistake = status === 405 && allow !== undefined;
  const detail = isPathMistake
    ? 'パスが正しくありません (405): url を確認してください / 405: check the url'
    : `HTTP ${status}`;
  return { kind: 'ill', cause: 'http', detail };
}
