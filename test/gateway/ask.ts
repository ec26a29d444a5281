import { request as httpRequest, type Agent, type IncomingHttpHeaders, type OutgoingHttpHeaders } from 'node:http';
import { request as httpsRequest, type RequestOptions } from 'node:https';
import { EMR } from '../support/gateway.ts';

/** A read that may be repeated. */
export const READ = '/api/api01rv2/patientgetv2?id=1';
/** A write, whatever its body. */
export const WRITE = '/api/orca14/appointmodv2';

export interface Question {
  readonly method?: string;
  readonly path?: string;
  readonly headers?: OutgoingHttpHeaders | readonly string[];
  readonly body?: Buffer | string;
  /** null: none. */
  readonly authorization?: string | null;
  readonly agent?: Agent;
  readonly tls?: RequestOptions;
}

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly rawHeaders: readonly string[];
  readonly body: Buffer;
  readonly text: string;
  /** Every `X-Hybridmode` of the answer. */
  readonly hybridmodes: readonly string[];
  /** The code of a refusal of the gateway's own. */
  readonly error: string | undefined;
}

export function basic({ user, password }: { readonly user: string; readonly password: string }): string {
  return `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
}

/** Asks as a partner would, and reads the whole answer; rejects where the connection breaks. */
export function ask(port: number, question: Question = {}): Promise<Answer> {
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  const { method = 'GET', path = READ, body, agent, tls, headers } = question;
  const { authorization = basic(EMR) } = question;
  const target = { host: '127.0.0.1', port, method, path, ...(agent && { agent }) };
  const own = isList(headers)
    ? { headers: [...headers] }
    : { headers: { ...headers, ...(authorization !== null && { authorization }) } };
  const request = tls ? httpsRequest({ ...target, ...own, ...tls }) : httpRequest({ ...target, ...own });
  request.on('error', reject);
  request.on('response', (answer) => {
    const chunks: Buffer[] = [];
    answer.on('error', reject);
    answer.on('data', (chunk: Buffer) => chunks.push(chunk));
    answer.on('end', () => {
      const whole = Buffer.concat(chunks);
      resolve({
        status: answer.statusCode ?? 0,
        headers: answer.headers,
        rawHeaders: answer.rawHeaders,
        body: whole,
        text: whole.toString('utf8'),
        hybridmodes: valuesOf(answer.rawHeaders, 'x-hybridmode'),
        error: valuesOf(answer.rawHeaders, 'x-hybrid-error')[0],
      });
    });
  });
  request.end(body);
  return promise;
}

/** A write with a small body. */
export function write(port: number, question: Question = {}): Promise<Answer> {
  return ask(port, { method: 'POST', path: WRITE, body: '<data/>', ...question });
}

/** All values of a field, in their order. */
export function valuesOf(rawHeaders: readonly string[], name: string): string[] {
  return rawHeaders.filter((_, i) => i % 2 === 1 && rawHeaders[i - 1]!.toLowerCase() === name);
}

function isList(headers: Question['headers']): headers is readonly string[] {
  return Array.isArray(headers);
}
