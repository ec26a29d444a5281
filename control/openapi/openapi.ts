import type { z } from 'zod';
import type { Scope } from '../options.ts';
import { problemStatus } from '../problem.ts';
import type { ProblemCode } from '../problem.ts';

// The part of OpenAPI 3.1 that this API needs to describe itself.

export type Schema = z.core.JSONSchema.JSONSchema;

export interface Media {
  readonly schema: Schema;
}

export interface Answer {
  readonly description: string;
  readonly content?: Readonly<Record<string, Media>>;
  readonly headers?: Readonly<Record<string, { readonly description: string; readonly schema: Schema }>>;
}

export interface Parameter {
  readonly name: string;
  readonly in: 'query' | 'header' | 'path';
  readonly description: string;
  readonly required?: boolean;
  readonly schema: Schema;
}

export interface Operation {
  readonly operationId: string;
  readonly tags: readonly string[];
  readonly summary: string;
  readonly description?: string;
  readonly security: readonly Readonly<Record<string, readonly Scope[]>>[];
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly required: boolean; readonly content: Readonly<Record<string, Media>> };
  readonly responses: Readonly<Record<string, Answer>>;
}

export interface PathItem {
  readonly get?: Operation;
  readonly post?: Operation;
  readonly delete?: Operation;
}

export type Paths = Readonly<Record<string, PathItem>>;

export function ref(name: string): Schema {
  return { $ref: `#/components/schemas/${name}` };
}

export function json(schema: Schema): Readonly<Record<string, Media>> {
  return { 'application/json': { schema } };
}

/** What an operation takes a token or a session for; without scopes, any will do. */
export function needs(...scopes: readonly Scope[]): Operation['security'] {
  return [{ token: scopes }, { session: scopes }];
}

/** What every operation may answer, whatever was asked. */
export const ANYWHERE = problems('BAD_REQUEST', 'WRONG_HOST', 'INTERNAL');
/** What every operation that takes a token or a session may answer. */
export const WITH_TOKEN = {
  ...ANYWHERE,
  ...problems('TOKEN_MISSING', 'TOKEN_UNKNOWN', 'SESSION_OVER', 'SCOPE_MISSING'),
};

/** Answers that are errors, by status; `schema` where the body says more than a plain problem. */
export function problems(...codes: readonly ProblemCode[]): Record<string, Answer> {
  const statuses = [...new Set(codes.map(problemStatus))];
  return Object.fromEntries(
    statuses.map((status) => {
      const named = codes.filter((code) => problemStatus(code) === status);
      return [status, problem(named.join(', '))];
    }),
  );
}

export function problem(description: string, schema = 'Problem'): Answer {
  return { description, content: { 'application/problem+json': { schema: ref(schema) } } };
}
