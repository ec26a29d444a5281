import pRetry from 'p-retry';
import { z } from 'zod';
import { ExchangeFailed, faultOfStatus, isWorthAgain, mayHaveBegun } from '../client/fault.ts';
import { bodyOf, openWire, type WireAnswer, type WireRequest } from '../client/wire.ts';
import type { Environment } from '../environment.ts';
import type { HybridOptions } from '../hybrid.ts';
import { DumpDiffers, HybridNotOffered, HybridRefused, HybridUnanswered } from './errors.ts';

export interface JsonWireOptions {
  /** How often what changes nothing is asked again. */
  readonly retries: number;
  readonly firstPauseMs: number;
}

/** JSON questions to one environment below one path, with answers parsed by a schema. */
export interface JsonWire {
  ask<T>(
    schema: z.ZodType<T>,
    method: WireRequest['method'],
    path: string,
    options: HybridOptions,
    body?: object,
  ): Promise<T>;
  /** Anything else than JSON. @throws ExchangeFailed */
  send(
    request: Pick<WireRequest, 'method' | 'body' | 'signal'> & { path: string; headers: Record<string, string> },
  ): Promise<WireAnswer>;
  again<T>(once: () => Promise<T>, signal: AbortSignal | undefined): Promise<T>;
  close(): void;
}

const MOST_ANSWER_BYTES = 4 * 1024 * 1024;
const DONE_STATUS: ReadonlySet<number> = new Set([200, 201, 202]);
const refusal = z.object({ code: z.string(), message: z.string().default('') });

export function jsonWire(environment: Environment, base: string, settings: JsonWireOptions): JsonWire {
  const wire = openWire(environment);

  function again<T>(once: () => Promise<T>, signal: AbortSignal | undefined): Promise<T> {
    return pRetry(once, {
      retries: settings.retries,
      minTimeout: settings.firstPauseMs,
      maxTimeout: 5000,
      randomize: true,
      ...(signal && { signal }),
      shouldRetry: ({ error }) => isWorthAgain(error),
    });
  }

  function send({ path, ...request }: Parameters<JsonWire['send']>[0]): Promise<WireAnswer> {
    const headers = { Accept: 'application/json', ...request.headers };
    return wire.send({ ...request, target: `${base}${path}`, headers, isWrite: request.method !== 'GET' });
  }

  return {
    ask(schema, method, path, { signal }, body) {
      const isWrite = method !== 'GET';
      const headers: Record<string, string> = body ? { 'Content-Type': 'application/json' } : {};
      const bytes = body && Buffer.from(JSON.stringify(body));
      const once = async () => {
        const answer = await send({ method, path, headers, body: bytes, signal });
        return parsedAs(schema, await doneText(answer), path, isWrite);
      };
      return told(() => (isWrite ? once() : again(once, signal)), isWrite, signal);
    },
    send,
    again,
    close: () => wire.close(),
  };
}

/** The text of an answer that says that it is done. @throws HybridRefused … @throws ExchangeFailed */
export async function doneText(answer: WireAnswer): Promise<string> {
  if (!DONE_STATUS.has(answer.status)) throw await refusalOf(answer);
  return wholeText(answer);
}

export async function wholeText(answer: WireAnswer): Promise<string> {
  return (await bodyOf(answer, MOST_ANSWER_BYTES)).toString('utf8');
}

/** What the service said in its JSON is a refusal; what WebORCA's front end says is that there is no such service. */
export async function refusalOf(answer: WireAnswer): Promise<Error> {
  const { status } = answer;
  const said = refusal.safeParse(jsonOf(await wholeText(answer)));
  if (said.success && status < 500) {
    const { code, message } = said.data;
    return status === 422 ? new DumpDiffers(message) : new HybridRefused(code, message);
  }
  if (status === 404 || status === 405) return new HybridNotOffered('the environment offers no hybrid service');
  return new ExchangeFailed(faultOfStatus(status), mayHaveBegun(status), { status, message: `status ${status}` });
}

/** @throws ExchangeFailed */
export function parsedAs<T>(schema: z.ZodType<T>, text: string, path: string, isWrite: boolean): T {
  const found = schema.safeParse(jsonOf(text));
  if (found.success) return found.data;
  throw new ExchangeFailed('answer', isWrite, { message: `${path}: ${z.prettifyError(found.error)}` });
}

/** Makes of what went wrong on the wire what the callers of a speaker know; an abort is thrown as the signal's reason. */
export async function told<T>(
  attempt: () => Promise<T>,
  isWrite: boolean,
  signal: AbortSignal | undefined,
): Promise<T> {
  try {
    return await attempt();
  } catch (error) {
    if (signal?.aborted) throw signal.reason instanceof Error ? signal.reason : error;
    if (!(error instanceof ExchangeFailed)) throw error;
    throw new HybridUnanswered(error.fault, isWrite && error.mayHaveArrived, error);
  }
}

function jsonOf(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return value;
  } catch {
    return undefined;
  }
}
