import assert from 'node:assert/strict';
import { z } from 'zod';
import { DOCUMENT } from '../../control/openapi/document.ts';
import type { Operation, Schema } from '../../control/openapi/openapi.ts';

type Json = z.core.JSONSchema.JSONSchema;

const DEFS = JSON.parse(
  JSON.stringify(DOCUMENT.components.schemas).replaceAll('#/components/schemas/', '#/$defs/'),
) as Record<string, Json>;

/** `schema` of the API's description as a parser. */
export function parser(schema: Schema): z.ZodType {
  const own = JSON.parse(JSON.stringify(schema).replaceAll('#/components/schemas/', '#/$defs/')) as Json;
  return z.fromJSONSchema({ ...own, $defs: DEFS });
}

/** The description's operation; HEAD is GET's. */
export function operation(method: string, path: string): Operation | undefined {
  const template = Object.keys(DOCUMENT.paths).find((known) => isInstance(path, known));
  const item = template === undefined ? undefined : DOCUMENT.paths[template];
  switch (method) {
    case 'GET':
    case 'HEAD':
      return item?.get;
    case 'POST':
      return item?.post;
    case 'DELETE':
      return item?.delete;
    default:
      return undefined;
  }
}

/** Whether `path` is one of those that `template` (`/api/outcomes/{id}`, or a route's `:id`) stands for. */
function isInstance(path: string, template: string): boolean {
  const [given, known] = [path, template].map((each) => each.split('/'));
  if (given?.length !== known?.length) return false;
  return known!.every((step, at) => step === given![at] || (step.startsWith('{') && given![at] !== ''));
}

/** Holds an answer against what the description says of it; an address that it does not describe is not held. */
export function holdToDescription(
  method: string,
  path: string,
  answer: { status: number; type: string; body: string },
): void {
  const described = operation(method, path);
  if (described === undefined) return;
  const stated = described.responses[answer.status];
  assert.ok(stated, `${method} ${path}: ${answer.status} is not described`);
  const type = answer.type.replace(/;.*/, '');
  const media = stated.content?.[type];
  assert.ok(media, `${method} ${path} ${answer.status}: ${type} is not described`);
  if (method === 'HEAD' || !type.includes('json')) return;
  const result = parser(media.schema).safeParse(JSON.parse(answer.body));
  assert.ok(result.success, `${method} ${path} ${answer.status}: ${result.error?.message} in ${answer.body}`);
}
