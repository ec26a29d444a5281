import pRetry from 'p-retry';
import { classify } from '../catalogue.ts';
import { formatJson, formatXml2, type OrcaMessage, OrcaSyntaxError, parseJson, parseXml2 } from '../xml2.ts';
import { ExchangeFailed, faultOfStatus, isWorthAgain, mayHaveBegun } from './fault.ts';
import { type Broken, type Outcome, outcomeOf, type Reading, type Reply, unreadable } from './outcome.ts';
import type { Turns } from './turns.ts';
import { bodyOf, type Wire } from './wire.ts';

// call ──▶ written ──▶ turn ──▶ exchange (reads: again) ──▶ status ──▶ parsed ──▶ outcome
//         request                dns … reset               http       answer

/** XML2 is understood by every version; JSON (`format=json`) by 5.0 and later. */
export type Form = 'xml' | 'json';

/** One of WebORCA's calls: what is sent, and how its answer is read. */
export interface Call<T> extends Reading<T> {
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  /** null: a GET without a body. */
  readonly request: OrcaMessage | null;
  /** For calls that know only one. */
  readonly form?: Form;
  /** For answers that are no record under a root. */
  readonly parse?: (text: string) => OrcaMessage;
}

export interface CallOptions {
  readonly signal?: AbortSignal | undefined;
  /** Goes before all calls that wait for their turn. */
  readonly isUrgent?: boolean;
}

/** Makes a call. Never rejects because of the environment: that is what `broken` is for. */
export type Ask = <T>(call: Call<T>, options?: CallOptions) => Promise<Outcome<T>>;

export interface Asking {
  readonly wire: Wire;
  readonly form: Form;
  readonly turns: Turns;
  /** How often a read is tried again after its connection failed or a proxy said 502, 503 or 504. */
  readonly retries: number;
  readonly firstPauseMs: number;
}

const MOST_BYTES = 48 * 1024 * 1024;

export function asking(settings: Asking): Ask {
  return async (call, options = {}) => {
    const prepared = prepare(call, call.form ?? settings.form);
    if ('kind' in prepared) return prepared;
    const { signal, isUrgent } = options;
    try {
      const endTurn = await settings.turns.take(signal, isUrgent);
      try {
        const once = () => exchanged(settings.wire, call, prepared, signal);
        return await (prepared.isRepeatable ? again(once, settings, signal) : once());
      } finally {
        endTurn();
      }
    } catch (error) {
      return brokenOf(error, prepared.isWrite, signal);
    }
  };
}

interface Prepared {
  readonly method: 'GET' | 'POST';
  readonly target: string;
  readonly body: Buffer | undefined;
  readonly form: Form;
  readonly isWrite: boolean;
  readonly isRepeatable: boolean;
}

function prepare<T>({ path, query, request }: Call<T>, form: Form): Prepared | Broken {
  const search = new URLSearchParams({ ...query, ...(form === 'json' && { format: 'json' }) }).toString();
  const body = request === null ? undefined : bytesOf(request, form);
  if (body instanceof OrcaSyntaxError) {
    const detail = body.message;
    return { kind: 'broken', code: 'request', fault: 'request', detail, mayBeDone: false, reply: null };
  }
  const method = request === null ? 'GET' : 'POST';
  const { effect, retriable } = classify({ method, path, query: search, body, contentType: contentType(form) });
  const target = search === '' ? path : `${path}?${search}`;
  return { method, target, body, form, isWrite: effect !== 'read', isRepeatable: retriable };
}

function bytesOf(request: OrcaMessage, form: Form): Buffer | OrcaSyntaxError {
  try {
    return Buffer.from(form === 'json' ? formatJson(request) : formatXml2('data', request));
  } catch (error) {
    if (error instanceof OrcaSyntaxError) return error;
    throw error;
  }
}

function again<T>(once: () => Promise<T>, { retries, firstPauseMs }: Asking, signal?: AbortSignal): Promise<T> {
  return pRetry(once, {
    retries,
    minTimeout: firstPauseMs,
    randomize: true,
    ...(signal && { signal }),
    shouldRetry: ({ error }) => isWorthAgain(error),
  });
}

async function exchanged<T>(
  wire: Wire,
  call: Call<T>,
  { method, target, body, form, isWrite }: Prepared,
  signal: AbortSignal | undefined,
): Promise<Outcome<T>> {
  const startedAt = performance.now();
  const headers = { Accept: `application/${form}`, ...(body && { 'Content-Type': contentType(form) }) };
  const answer = await wire.send({ method, target, headers, body, isWrite, signal });
  const { status } = answer;
  if (status !== 200) {
    answer.discard();
    throw new ExchangeFailed(faultOfStatus(status), mayHaveBegun(status), { status, message: `status ${status}` });
  }
  const text = (await bodyOf(answer, MOST_BYTES)).toString('utf8');
  const reply: Reply = {
    status,
    hybridmode: oneOf(answer.headers['x-hybridmode']),
    clock: clockOf(answer.headers.date),
    tookMs: performance.now() - startedAt,
  };
  const message = parsed(call, text);
  if (message instanceof OrcaSyntaxError) return unreadable(message.message, reply, isWrite);
  return outcomeOf(call, message, reply, isWrite);
}

function contentType(form: Form): string {
  return `application/${form}; charset=UTF-8`;
}

// By its looks, not by what was asked for: a proxy in between may answer in a form of its own.
function parsed<T>({ parse }: Call<T>, text: string): OrcaMessage | OrcaSyntaxError {
  try {
    if (parse) return parse(text);
    return text.trimStart().startsWith('<') ? parseXml2(text) : parseJson(text);
  } catch (error) {
    if (error instanceof OrcaSyntaxError) return error;
    throw error;
  }
}

function brokenOf(error: unknown, isWrite: boolean, signal: AbortSignal | undefined): Broken {
  if (error instanceof ExchangeFailed) {
    const { fault, status, message, mayHaveArrived } = error;
    const reply = status === null ? null : { status, hybridmode: null, clock: null, tookMs: 0 };
    return { kind: 'broken', code: fault, fault, detail: message, mayBeDone: isWrite && mayHaveArrived, reply };
  }
  // While it waited for its turn or between two attempts of a read: nothing is under way.
  if (signal?.aborted)
    return { kind: 'broken', code: 'aborted', fault: 'aborted', detail: 'aborted', mayBeDone: false, reply: null };
  throw error;
}

function oneOf(value: string | readonly string[] | undefined): string | null {
  if (value === undefined) return null;
  return typeof value === 'string' ? value : value.join(', ');
}

function clockOf(date: string | undefined): Date | null {
  const at = new Date(date ?? Number.NaN);
  return Number.isNaN(at.getTime()) ? null : at;
}
