import { z } from 'zod';

// The scalars of the configuration file: times, sizes, addresses, paths, secrets. Every refusal reads
// `expected …, got …`, and no secret's value ever stands in one.

/** What the options need of the world around the file: handed in, so that reading them touches no disk itself. */
export interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The absolute form of a path that was written relative to the configuration file. */
  absolute(path: string): string;
  /** A small text file, or why there is none, as the end of a sentence: `does not exist`. */
  read(path: string): { readonly text: string } | { readonly failure: string };
  /** Why a file cannot be used, or null when it can. */
  whyNoFile(path: string): string | null;
}

export interface Address {
  /** A name or an IP address, without the brackets of IPv6. */
  readonly host: string;
  readonly port: number;
}

type Reading<T> = { readonly value: T } | { readonly expected: string; readonly got?: string };

/** Timers of Node fire at once when they are asked to wait longer than this. */
export const LONGEST_MS = 2 ** 31 - 1;

const MILLISECONDS = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
const BYTES = { B: 1, KiB: 1024, MiB: 1024 ** 2, GiB: 1024 ** 3 } as const;

/** A list in a sentence: `a, b or c`. */
export function alternatives(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`;
}

/** A value as an error message may show it, cut to a readable length. Not for secrets: see `kindOf`. */
export function shown(value: unknown): string {
  if (typeof value !== 'string') return typeof value === 'number' ? `the number ${value}` : kindOf(value);
  return value === '' ? 'empty text' : JSON.stringify(value.length > 60 ? `${value.slice(0, 59)}…` : value);
}

/** What sort of thing a value is, without the value. */
export function kindOf(value: unknown): string {
  if (value === undefined || value === null) return 'nothing';
  if (typeof value === 'string') return value === '' ? 'empty text' : 'text';
  if (typeof value === 'number') return 'a number';
  if (typeof value === 'boolean') return 'true or false';
  return Array.isArray(value) ? 'a list' : 'a mapping';
}

/** A schema for one value, from a function that reads it or says what it expected. */
export function scalar<T>(reading: (value: unknown) => Reading<T>): z.ZodType<T> {
  return z.unknown().transform((value, context): T => {
    const result = reading(value);
    if ('value' in result) return result.value;
    const message = `expected ${result.expected}, got ${result.got ?? shown(value)}`;
    context.addIssue({ code: 'custom', message });
    return z.NEVER;
  });
}

/** A mapping with these options and no others; an option without a value counts as not given. */
export function section<Shape extends z.ZodRawShape>(shape: Shape) {
  const known = Object.keys(shape);
  const unknownKey = z.unknown().superRefine((_, context) => {
    context.addIssue({ code: 'custom', message: 'unknown option', params: { known } });
  });
  const object = z.object(shape, {
    error: (issue) => `expected a mapping of ${known.join(', ')}, got ${kindOf(issue.input)}`,
  });
  return z.preprocess((given) => withoutEmpty(given, known), object.catchall(unknownKey));
}

/** A list. */
export function listOf<T>(element: z.ZodType<T>, of: string): z.ZodType<readonly T[]> {
  return z.array(element, { error: (issue) => `expected a list of ${of}, got ${kindOf(issue.input)}` });
}

/** One of several schemas, chosen by looking at the value, so that a refusal speaks about the form that was meant. */
export function chosen<T>(choose: (value: unknown) => z.ZodType<T>): z.ZodType<T> {
  return z.unknown().transform((value, context): T => {
    const result = choose(value).safeParse(value);
    if (result.success) return result.data;
    for (const { path, message, ...rest } of result.error.issues) {
      const params = rest.code === 'custom' ? rest.params : undefined;
      context.addIssue({ code: 'custom', path, message, ...(params && { params }) });
    }
    return z.NEVER;
  });
}

/** A schema whose absence is null. */
export function orNull<T>(schema: z.ZodType<T>): z.ZodType<T | null> {
  return schema.nullable().default(null);
}

/** Milliseconds: a number, or text such as `250ms`, `5s`, `2m`, `1h`, `7d`. */
export function duration({ min = 0, max = LONGEST_MS, off = false } = {}): z.ZodType<number> {
  return scalar((value) => {
    const ms = quantity(value, /^(\d+(?:\.\d+)?)\s*(ms|s|m|h|d)$/, MILLISECONDS);
    if (ms === null) return { expected: 'a time such as "5s", "250ms" or "1h" (a bare number is milliseconds)' };
    if ((off && ms === 0) || (ms >= min && ms <= max)) return { value: ms };
    const range = ms > max ? `at most ${spokenMs(max)}` : `at least ${spokenMs(min)}${off ? ', or 0 for off' : ''}`;
    return { expected: `a time of ${range}`, got: `${shown(value)} (${ms} ms)` };
  });
}

/** Bytes: a number, or text such as `16KiB`, `1MiB`. */
export function size({ min = 0 } = {}): z.ZodType<number> {
  return scalar((value) => {
    const bytes = quantity(value, /^(\d+(?:\.\d+)?)\s*(B|KiB|MiB|GiB)$/, BYTES);
    if (bytes === null) return { expected: 'a size such as "16KiB" or "1MiB" (a bare number is bytes)' };
    return bytes >= min ? { value: bytes } : { expected: `a size of at least ${min} bytes` };
  });
}

/** A whole number. */
export function count({ min = 0, max = Number.MAX_SAFE_INTEGER } = {}): z.ZodType<number> {
  const range = max === Number.MAX_SAFE_INTEGER ? `of at least ${min}` : `from ${min} to ${max}`;
  return scalar((value) => {
    if (typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max) return { value };
    return { expected: `a whole number ${range}` };
  });
}

export function flag(): z.ZodType<boolean> {
  return scalar((value) => (typeof value === 'boolean' ? { value } : { expected: 'true or false' }));
}

/** Exactly one of these words. */
export function oneOf<const Word extends string>(words: readonly Word[]): z.ZodType<Word> {
  return scalar((value) => {
    const word = words.find((known) => known === value);
    return word === undefined ? { expected: alternatives(words) } : { value: word };
  });
}

/** One line of text: a name, a host. */
export function text(what = 'text'): z.ZodType<string> {
  return scalar((value) => {
    if (typeof value === 'number') return { expected: `${what} in quotes` };
    return isLine(value) ? { value } : { expected: `${what} on one line` };
  });
}

/** Where to listen: `0.0.0.0:8010`, `localhost:8010`, `[::]:8010`. Port 0 lets the system choose. */
export function address(): z.ZodType<Address> {
  return scalar((value) => {
    const found =
      typeof value === 'string' ? /^(?:\[([0-9A-Fa-f:.]+)\]|([A-Za-z0-9._-]+)):(\d{1,5})$/.exec(value) : null;
    const host = found?.[1] ?? found?.[2];
    const port = Number(found?.[3]);
    if (host === undefined || port > 65_535)
      return { expected: 'an address and port such as "0.0.0.0:8010" or "[::]:8010"' };
    if (found?.[1] !== undefined && !z.ipv6().safeParse(host).success)
      return { expected: 'an IPv6 address in the brackets' };
    return { value: { host, port } };
  });
}

/** A path, made absolute; nothing needs to be there yet. */
export function path(around: Surroundings, what: string): z.ZodType<string> {
  return scalar((value) => (isLine(value) ? { value: around.absolute(value) } : { expected: `the path of ${what}` }));
}

/** A file that is there and can be read; its absolute path. */
export function file(around: Surroundings, what: string): z.ZodType<string> {
  return scalar((value) => {
    if (!isLine(value)) return { expected: `the path of ${what}` };
    const failure = around.whyNoFile(around.absolute(value));
    if (failure === null) return { value: around.absolute(value) };
    return { expected: `the path of ${what}`, got: `${shown(value)}: ${around.absolute(value)} ${failure}` };
  });
}

/** A secret: in the file itself, `"${NAME}"` from the environment, or `{ file: path }`. Never repeated in a message. */
export function secret(around: Surroundings, what: string): z.ZodType<string> {
  const expected = `${what}: text, "\${NAME}" for an environment variable, or { file: path }`;
  return scalar((value) => {
    if (typeof value === 'string') return secretText(value, around, what, expected);
    const from = fileOf(value);
    if (from === null) {
      const hint = typeof value === 'number' ? 'a number; put it in quotes' : kindOf(value);
      return { expected, got: hint };
    }
    const found = around.read(around.absolute(from));
    if ('failure' in found)
      return { expected: `a file with ${what}`, got: `${around.absolute(from)}, which ${found.failure}` };
    const line = found.text.replace(/^\uFEFF/, '').replace(/\r?\n$/, '');
    if (isLine(line)) return { value: line };
    return {
      expected: `a file with ${what} on one line`,
      got: `${around.absolute(from)} with ${describeSecret(line)}`,
    };
  });
}

function secretText(value: string, around: Surroundings, what: string, expected: string): Reading<string> {
  const reference = /^\$\{(.*)\}$/s.exec(value)?.[1];
  if (reference === undefined) return isLine(value) ? { value } : { expected, got: describeSecret(value) };
  if (!/^[A-Za-z_]\w*$/.test(reference)) return { expected, got: '"${…}" around something that is no variable name' };
  const found = around.env[reference];
  if (found !== undefined && isLine(found)) return { value: found };
  const got = found === undefined ? 'is not set' : `holds ${describeSecret(found)}`;
  return { expected: `${what} in the environment variable ${reference}`, got: `one that ${got}` };
}

function describeSecret(value: string): string {
  return value === '' ? 'empty text' : 'text with line breaks or control characters';
}

function fileOf(value: unknown): string | null {
  const given = section({ file: text('a path') }).safeParse(value);
  return given.success ? given.data.file : null;
}

function isLine(value: unknown): value is string {
  return typeof value === 'string' && value !== '' && !/\p{Cc}/u.test(value);
}

function quantity(value: unknown, form: RegExp, units: Readonly<Record<string, number>>): number | null {
  if (typeof value === 'number') return Number.isSafeInteger(value) && value >= 0 ? value : null;
  const found = typeof value === 'string' ? form.exec(value) : null;
  const factor = units[found?.[2] ?? ''];
  if (factor === undefined) return null;
  const total = Math.round(Number(found?.[1]) * factor);
  return Number.isSafeInteger(total) ? total : null;
}

function spokenMs(ms: number): string {
  const unit = (['d', 'h', 'm', 's'] as const).find((name) => ms >= MILLISECONDS[name]);
  return unit === undefined ? `${ms}ms` : `${Math.floor(ms / MILLISECONDS[unit])}${unit}`;
}

function withoutEmpty(given: unknown, known: readonly string[]): unknown {
  if (typeof given !== 'object' || given === null || Array.isArray(given)) return given;
  return Object.fromEntries(Object.entries(given).filter(([key, value]) => value !== null || !known.includes(key)));
}
