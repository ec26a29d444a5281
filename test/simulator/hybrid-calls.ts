import type { Simulator } from '../../simulator/server.ts';
import { CREDENTIALS } from './client.ts';

/** One of the calls below /api/hybrid. */
export async function hybrid(
  orca: Simulator,
  method: string,
  path: string,
  body?: object | Buffer,
  headers: object = {},
): Promise<Response> {
  const sent = body === undefined ? {} : { body: Buffer.isBuffer(body) ? new Uint8Array(body) : JSON.stringify(body) };
  return fetch(`${orca.url}/api/hybrid${path}`, {
    method,
    headers: { authorization: CREDENTIALS, ...headers },
    ...sent,
  });
}

/** The object that an answer is. */
export async function value(response: Response): Promise<Record<string, unknown>> {
  const found: Record<string, unknown> = await response.json().then((each: unknown) => Object(each));
  return found;
}
