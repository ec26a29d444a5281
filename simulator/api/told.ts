import { z } from 'zod';
import { bodyOf, type Exchange } from '../exchange.ts';
import type { WireAnswer } from '../wire.ts';

/** A request of the hybrid calls that makes no sense; the message says why. */
export class BadRequest extends Error {
  readonly code = 'BAD_REQUEST';
}

export function told({ ground }: Exchange, status: number, value: object): WireAnswer {
  const body = Buffer.from(`${JSON.stringify(value)}\n`);
  return { status, contentType: 'application/json; charset=UTF-8', body, hybridmode: ground.conditions.hybridmode };
}

export function unknown(exchange: Exchange, what: string): WireAnswer {
  return told(exchange, 404, { code: 'NOT_FOUND', message: `no such ${what}` });
}

/** The body, as the schema reads it. Throws BadRequest. */
export async function jsonOf<T>(exchange: Exchange, schema: z.ZodType<T>): Promise<T> {
  const text = (await bodyOf(exchange)).toString('utf8');
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new BadRequest('expected JSON', { cause: error });
  }
  const found = schema.safeParse(value);
  if (!found.success) throw new BadRequest(z.prettifyError(found.error));
  return found.data;
}
