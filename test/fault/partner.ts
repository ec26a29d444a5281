import { Agent, request, type IncomingMessage } from 'node:http';
import { nowMs } from './clock.ts';

/** What came back; all null where no whole answer did. */
export interface Answer {
  readonly status: number | null;
  readonly hybridmode: string | null;
  /** `X-Hybrid-Error`: the gateway's own refusals carry it. */
  readonly code: string | null;
  readonly text: string;
  /** The environment that says of itself, in the body, that it answered. */
  readonly environment: string | null;
  /** Why there is no whole answer: the code of the error. */
  readonly error: string | null;
  readonly askedAt: number;
  readonly answeredAt: number;
}

export interface Ask {
  readonly method?: string;
  readonly path: string;
  readonly body?: string | Buffer;
  readonly headers?: Readonly<Record<string, string>>;
}

const EMR = { user: 'emr', password: 'emr-password' };

/** A partner system with one connection, kept alive, that asks one thing at a time. */
export class Partner {
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 1, keepAliveMsecs: 60_000 });
  readonly #port: number;
  readonly #authorization: string;

  constructor(port: number, { user, password } = EMR) {
    this.#port = port;
    this.#authorization = `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
  }

  /** Never rejects. `signal` makes the partner leave. */
  ask({ method, path, body, headers }: Ask, signal?: AbortSignal): Promise<Answer> {
    const { promise, resolve } = Promise.withResolvers<Answer>();
    const askedAt = nowMs();
    const broke = (error: NodeJS.ErrnoException): void =>
      resolve({ ...NOTHING, error: error.code ?? error.message, askedAt, answeredAt: nowMs() });
    const out = request({
      agent: this.#agent,
      host: '127.0.0.1',
      port: this.#port,
      method: method ?? (body === undefined ? 'GET' : 'POST'),
      path,
      headers: {
        Authorization: this.#authorization,
        ...(body === undefined ? {} : { 'Content-Type': 'application/xml', 'Content-Length': Buffer.byteLength(body) }),
        ...headers,
      },
      ...(signal === undefined ? {} : { signal }),
    });
    out.on('error', broke);
    out.on('response', (answer) => {
      const chunks: Buffer[] = [];
      answer.on('error', broke);
      answer.on('data', (chunk: Buffer) => chunks.push(chunk));
      answer.on('end', () => resolve(answered(answer, Buffer.concat(chunks).toString(), askedAt)));
    });
    out.end(body);
    return promise;
  }

  leave(): void {
    this.#agent.destroy();
  }
}

const NOTHING = { status: null, hybridmode: null, code: null, text: '', environment: null };

function answered({ statusCode, headers }: IncomingMessage, text: string, askedAt: number): Answer {
  return {
    status: statusCode ?? null,
    hybridmode: field(headers['x-hybridmode']),
    code: field(headers['x-hybrid-error']),
    text,
    environment: /"environment":"(\w+)"/.exec(text)?.[1] ?? null,
    error: null,
    askedAt,
    answeredAt: nowMs(),
  };
}

function field(value: string | string[] | undefined): string | null {
  return typeof value === 'string' ? value : null;
}
