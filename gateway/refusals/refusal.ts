/** An answer that the gateway makes itself: HTTP's status, and a sentence for people in both languages. */
export interface Refusal {
  readonly status: number;
  readonly ja: string;
  readonly en: string;
  /** null where sending the same again would end the same way. */
  readonly retryAfterSeconds: number | null;
  /** Whether the environment may have acted on the request. */
  readonly outcome: 'not-sent' | 'unknown';
}

/** No byte of the request reached an environment. */
export function notSent(status: number, ja: string, en: string, retryAfterSeconds: number | null = null): Refusal {
  return { status, ja, en, retryAfterSeconds, outcome: 'not-sent' };
}

/** The environment may have acted on the request: nobody is invited to send it again. */
export function unknown(status: number, ja: string, en: string): Refusal {
  return { status, ja, en, retryAfterSeconds: null, outcome: 'unknown' };
}
