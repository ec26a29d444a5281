import { bodyParser } from '@koa/bodyparser';
import type { z } from 'zod';
import { Problem } from './problem.ts';
import type { Context } from './context.ts';

export const BODY_BYTES = 64 * 1024;

const parse = bodyParser({ enableTypes: ['json'], jsonLimit: BODY_BYTES });

/**
 * The JSON body, parsed.
 * @throws Problem 400 (naming the fields), 413, 415
 */
export async function readBody<T>(ctx: Context, schema: z.ZodType<T>): Promise<T> {
  // A compressed body would be a way around the limit, and no caller has a reason to send one.
  const isPlain = ['', 'identity'].includes(ctx.get('content-encoding').toLowerCase());
  if (typeof ctx.is('application/json') !== 'string' || !isPlain)
    throw new Problem('NOT_JSON_TYPE', {
      ja: '本文は Content-Type: application/json で、圧縮せずに送ってください。',
      en: 'Send the body as Content-Type: application/json, not compressed.',
    });
  try {
    await parse(ctx, async () => undefined);
  } catch (error) {
    throw bodyProblem(error);
  }
  return checked(schema, ctx.request.body);
}

/** The query, parsed. @throws Problem 400, naming the parameters */
export function readQuery<T>(ctx: Context, schema: z.ZodType<T>): T {
  return checked(schema, { ...ctx.query });
}

function checked<T>(schema: z.ZodType<T>, value: unknown): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const fields = result.error.issues.flatMap(fieldErrors);
  throw new Problem(
    'INVALID_FIELDS',
    {
      ja: `次の項目が正しくありません: ${fields.map(({ field }) => field).join('、')}。`,
      en: fields.map(({ field, message }) => `${field}: ${message}`).join('; '),
    },
    { members: { fields } },
  );
}

function fieldErrors(issue: z.core.$ZodIssue): { field: string; message: string }[] {
  if (issue.code === 'unrecognized_keys') return issue.keys.map((field) => ({ field, message: 'unknown field' }));
  return [{ field: issue.path.join('.') || '(body)', message: issue.message }];
}

function bodyProblem(error: unknown): unknown {
  if (!(error instanceof Error) || !('status' in error)) return error;
  switch (error.status) {
    case 413:
      return new Problem('BODY_TOO_LARGE', {
        ja: `本文が大きすぎます。${BODY_BYTES / 1024} KiB までにしてください。`,
        en: `The body may have ${BODY_BYTES} bytes at most.`,
      });
    case 415:
      return new Problem('NOT_JSON_TYPE', { ja: '本文の文字コードは UTF-8 だけです。', en: 'Send the body in UTF-8.' });
    default:
      return new Problem('BODY_NOT_JSON', {
        ja: '本文を JSON として読めません。書き方を確認してください。',
        en: 'The body cannot be read as a JSON object.',
      });
  }
}
