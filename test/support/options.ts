import type { z } from 'zod';
import type { Surroundings } from '../../units.ts';

/** A world in memory: environment variables, and files by absolute path. */
export function world({
  env = {},
  files = {},
}: {
  env?: Record<string, string>;
  files?: Record<string, string>;
} = {}): Surroundings {
  return {
    env,
    absolute: (path) => (path.startsWith('/') ? path : `/clinic/${path.replace(/^\.\//, '')}`),
    read: (path) => (files[path] === undefined ? { failure: 'does not exist' } : { text: files[path] }),
    whyNoFile: (path) => (files[path] === undefined ? 'does not exist' : null),
  };
}

/** A schema's refusals of a value, as `path: message` lines; none where it takes it. */
export function refusals(schema: z.ZodType, value: unknown): readonly string[] {
  const issues = schema.safeParse(value).error?.issues ?? [];
  return issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
}

/** What a schema makes of a value, or its refusals. */
export function reading<T>(schema: z.ZodType<T>, value: unknown): T | readonly string[] {
  const result = schema.safeParse(value);
  return result.success ? result.data : refusals(schema, value);
}
