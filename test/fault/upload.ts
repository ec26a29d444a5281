import { request, type ClientRequest } from 'node:http';
import { bodyOf } from './crowd.ts';

/** What an upload was answered with; status null where no answer came. */
export interface Uploaded {
  readonly status: number | null;
  readonly hybridmode: string | null;
  readonly code: string | null;
  readonly text: string;
}

/** One write whose body is sent piece by piece. */
export class Upload {
  readonly answer: Promise<Uploaded>;
  readonly #out: ClientRequest;
  #rest: Buffer;

  /** @param bytes how long the body is, at least; the id stands at its beginning */
  constructor(port: number, id: string, bytes: number, more = '') {
    const filling = Math.max(0, bytes - bodyOf(id, more).length - 32);
    this.#rest = Buffer.from(bodyOf(id, `${more}<Filling type="string">${'x'.repeat(filling)}</Filling>`));
    const { promise, resolve } = Promise.withResolvers<Uploaded>();
    this.answer = promise;
    this.#out = request({
      agent: false,
      host: '127.0.0.1',
      port,
      method: 'POST',
      path: '/api/orca11/acceptmodv2?class=01',
      headers: {
        Authorization: `Basic ${Buffer.from('emr:emr-password').toString('base64')}`,
        'Content-Type': 'application/xml',
        'Content-Length': this.#rest.length,
      },
    });
    this.#out.on('error', () => resolve({ status: null, hybridmode: null, code: null, text: '' }));
    this.#out.on('response', (answer) => {
      const { 'x-hybridmode': hybridmode, 'x-hybrid-error': code } = answer.headers;
      const chunks: Buffer[] = [];
      answer.on('error', () => undefined);
      answer.on('data', (chunk: Buffer) => chunks.push(chunk));
      answer.on('end', () =>
        resolve({
          status: answer.statusCode ?? null,
          hybridmode: typeof hybridmode === 'string' ? hybridmode : null,
          code: typeof code === 'string' ? code : null,
          text: Buffer.concat(chunks).toString(),
        }),
      );
    });
  }

  /** Sends so many bytes more; resolves when this process has given them away. */
  async send(bytes: number): Promise<void> {
    const piece = this.#rest.subarray(0, bytes);
    this.#rest = this.#rest.subarray(bytes);
    await new Promise<void>((resolve) => this.#out.write(piece, () => resolve()));
  }

  /** Sends the rest. */
  async finish(): Promise<Uploaded> {
    this.#out.end(this.#rest);
    return this.answer;
  }

  leave(): void {
    this.#out.destroy();
  }
}
