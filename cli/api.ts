import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import * as http from 'node:http';
import * as https from 'node:https';
import { text } from 'node:stream/consumers';
import { checkServerIdentity, rootCertificates } from 'node:tls';
import type { z } from 'zod';
import type { Access } from './access.ts';
import { usage } from './exit.ts';
import { outcomeUnknown, refusal, somethingElse, unreachable } from './refusal.ts';
import type { Answer } from './refusal.ts';

type Headers = Readonly<Record<string, string>>;

const CONNECT_WITHIN_MS = 5000;
// A switch waits for conversations, writes and copies; the server ends it by its own deadlines.
const ANSWER_WITHIN_MS = 300_000;
// The event stream has a heartbeat every 15 s.
const SILENT_FOR_MS = 60_000;

/** The connection failed, or ended before the whole answer had come. */
class NoAnswer extends Error {
  readonly code = 'NO_ANSWER';
  readonly wasSent: boolean;

  constructor(cause: unknown, wasSent: boolean) {
    super('no answer', { cause });
    this.wasSent = wasSent;
  }
}

/** An answer with its body as it came, and as the schema reads it. */
export interface Answered<T> {
  readonly value: T;
  readonly json: unknown;
}

/** The control API, as far as the commands need it. */
export class ControlApi {
  readonly #access: Access;
  readonly #tls: https.RequestOptions;

  constructor(access: Access) {
    this.#access = access;
    this.#tls = access.ca === null ? {} : trusting(access.ca);
  }

  /** Throws CommandFailed for any other answer than 200, and where nobody answers. */
  async get<T>(path: string, schema: z.ZodType<T>): Promise<Answered<T>> {
    return this.#told(async () => this.#parsed(await answerOf(await this.#request('GET', path, {}), false), schema));
  }

  /** Like `get`, for a change: where the connection breaks, it says that the change may have happened. */
  async post<T>(path: string, body: unknown, schema: z.ZodType<T>): Promise<Answered<T>> {
    const headers = { 'content-type': 'application/json' };
    return this.#told(async () => {
      const response = await this.#request('POST', path, headers, JSON.stringify(body));
      return this.#parsed(await answerOf(response, true), schema);
    }, path);
  }

  /** Like `post`. */
  async delete<T>(path: string, schema: z.ZodType<T>): Promise<Answered<T>> {
    return this.#told(
      async () => this.#parsed(await answerOf(await this.#request('DELETE', path, {}), true), schema),
      path,
    );
  }

  /** The bytes of the event stream, after the event with this id where one is given. */
  async events(lastId: string | null): Promise<AsyncIterable<Uint8Array>> {
    const headers = { accept: 'text/event-stream', ...(lastId === null ? {} : { 'last-event-id': lastId }) };
    return this.#told(async () => {
      const response = await this.#request('GET', '/api/events', headers);
      if (response.statusCode !== 200) throw refusal(await answerOf(response, false), this.#access);
      response.setTimeout(SILENT_FOR_MS, () => response.destroy());
      if (response.headers['content-type']?.startsWith('text/event-stream')) return response;
      response.destroy();
      throw somethingElse(this.#access.url);
    });
  }

  #parsed<T>(answer: Answer, schema: z.ZodType<T>): Answered<T> {
    if (answer.status !== 200) throw refusal(answer, this.#access);
    const parsed = schema.safeParse(answer.json);
    if (!parsed.success) throw somethingElse(this.#access.url);
    return { value: parsed.data, json: answer.json };
  }

  async #told<T>(work: () => Promise<T>, path = ''): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof NoAnswer)) throw error;
      const { cause, wasSent } = error;
      throw wasSent ? outcomeUnknown(cause, this.#access.url, path) : unreachable(cause, this.#access.url);
    }
  }

  #request(
    method: 'GET' | 'POST' | 'DELETE',
    path: string,
    headers: Headers,
    body?: string,
  ): Promise<http.IncomingMessage> {
    const { token, url } = this.#access;
    const authorization: Headers = 'value' in token ? { authorization: `Bearer ${token.value}` } : {};
    const own = { accept: 'application/json', 'user-agent': 'hybrid-gateway', ...authorization };
    const options = { method, headers: { ...own, ...headers }, agent: false, timeout: CONNECT_WITHIN_MS, ...this.#tls };
    const { promise, resolve, reject } = Promise.withResolvers<http.IncomingMessage>();
    const request = (url.protocol === 'https:' ? https : http).request(new URL(path, url), options);
    let wasSent = false;
    request.on('socket', (socket) => {
      socket.on(url.protocol === 'https:' ? 'secureConnect' : 'connect', () => {
        wasSent = method !== 'GET';
        socket.setTimeout(ANSWER_WITHIN_MS);
      });
    });
    request.on('timeout', () => request.destroy(Object.assign(new Error('no answer in time'), { code: 'ETIMEDOUT' })));
    request.on('error', (error) => reject(new NoAnswer(error, wasSent)));
    request.on('response', resolve);
    request.end(body);
    return promise;
  }
}

async function answerOf(response: http.IncomingMessage, wasSent: boolean): Promise<Answer> {
  const body = await text(response).catch((error: unknown) => {
    throw new NoAnswer(error, wasSent);
  });
  return { status: response.statusCode ?? 0, json: parsedJson(body) };
}

function parsedJson(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

// The certificate may be the server's own, made for another name than the one it is called by: who presents it byte for
// byte, and holds its key, is the server.
function trusting(file: string): https.RequestOptions {
  const { pem, raw } = readCertificate(file);
  return {
    ca: [...rootCertificates, pem],
    allowPartialTrustChain: true,
    checkServerIdentity: (host, certificate) =>
      certificate.raw.equals(raw) ? undefined : checkServerIdentity(host, certificate),
  };
}

function readCertificate(file: string): { pem: string; raw: Buffer } {
  try {
    const pem = readFileSync(file, 'utf8');
    return { pem, raw: new X509Certificate(pem).raw };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw usage(`証明書 ${file} を読めません。`, `The certificate ${file} cannot be read: ${why}.`);
  }
}
