import { Agent, request } from 'node:http';
import { nowMs } from './clock.ts';
import type { EnvironmentName } from './environments.ts';

export type ModeName = 'normal' | 'emergency' | 'recovery';

/** A mode and the emergency environment it uses. */
export interface Place {
  readonly mode: ModeName;
  readonly target: Exclude<EnvironmentName, 'operational'>;
}

export interface StateSeen extends Place {
  readonly epoch: number;
  readonly wrote: readonly EnvironmentName[];
}

/** One wish to switch, and what became of it. */
export interface Switching {
  readonly to: Place;
  /** null: no answer came. */
  readonly status: number | null;
  readonly text: string;
  readonly askedAt: number;
  readonly answeredAt: number;
}

/** The environment that answers partners in this place. */
export function routed({ mode, target }: Place): EnvironmentName {
  return mode === 'normal' ? 'operational' : target;
}

/** Somebody with the right to switch, over one kept connection. */
export class Operator {
  readonly #agent = new Agent({ keepAlive: true });
  readonly #port: number;
  readonly #token: () => Promise<string>;

  constructor(port: number, token: () => Promise<string>) {
    this.#port = port;
    this.#token = token;
  }

  async state(): Promise<StateSeen> {
    const { status, text } = await this.ask('GET', '/api/mode');
    if (status !== 200) throw new Error(`GET /api/mode: ${status} ${text}`);
    return JSON.parse(text).state;
  }

  /** The newest first. */
  async history(): Promise<readonly { readonly epoch: number; readonly mode: ModeName }[]> {
    const { status, text } = await this.ask('GET', '/api/mode/history?limit=1000');
    if (status !== 200) throw new Error(`GET /api/mode/history: ${status} ${text}`);
    return JSON.parse(text).history;
  }

  /** Overrides every check that may be. @param expectedEpoch asked for first where it is not given */
  async switchTo(to: Place, expectedEpoch?: number): Promise<Switching> {
    const epoch = expectedEpoch ?? (await this.state()).epoch;
    const wish = {
      to: to.mode,
      ...(to.mode === 'emergency' ? { target: to.target } : {}),
      expectedEpoch: epoch,
      reason: 'a fault test',
      override: ['*'],
    };
    const askedAt = nowMs();
    const { status, text } = await this.ask('POST', '/api/mode', wish);
    return { to, status, text, askedAt, answeredAt: nowMs() };
  }

  /** Never rejects: status null where no whole answer came. */
  async ask(method: string, path: string, body?: object): Promise<{ status: number | null; text: string }> {
    const text = body === undefined ? undefined : JSON.stringify(body);
    const authorization = `Bearer ${await this.#token()}`;
    const { promise, resolve } = Promise.withResolvers<{ status: number | null; text: string }>();
    const broke = (error: Error): void => resolve({ status: null, text: error.message });
    const out = request({
      agent: this.#agent,
      host: '127.0.0.1',
      port: this.#port,
      method,
      path,
      headers: {
        Authorization: authorization,
        ...(text === undefined
          ? {}
          : { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(text) }),
      },
    });
    out.on('error', broke);
    out.on('response', (answer) => {
      const chunks: Buffer[] = [];
      answer.on('error', broke);
      answer.on('data', (chunk: Buffer) => chunks.push(chunk));
      answer.on('end', () => resolve({ status: answer.statusCode ?? null, text: Buffer.concat(chunks).toString() }));
    });
    out.end(text);
    return promise;
  }

  leave(): void {
    this.#agent.destroy();
  }
}
