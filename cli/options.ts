import { parseArgs } from 'node:util';
import type { ParseArgsConfig } from 'node:util';
import { usage } from './exit.ts';

export type Options = NonNullable<ParseArgsConfig['options']>;
type ParsedArgs<T extends Options> = ReturnType<typeof parseArgs<{ options: T; allowPositionals: true; strict: true }>>;

interface Parsed<T extends Options> {
  readonly values: ParsedArgs<T>['values'];
  readonly words: readonly string[];
}

/** How the caller says where the control API is; what is not said is looked for. */
export interface AccessOptions {
  readonly url: string | undefined;
  readonly config: string | undefined;
  readonly state: string | undefined;
  readonly token: string | undefined;
  readonly ca: string | undefined;
}

export interface Calling {
  readonly access: AccessOptions;
  /** Print the API's own answers, one JSON line each. */
  readonly json: boolean;
}

export const HELP = { help: { type: 'boolean', short: 'h' } } as const satisfies Options;
export const JSON_LINES = { ...HELP, json: { type: 'boolean', default: false } } as const satisfies Options;
export const CALLING = {
  ...JSON_LINES,
  url: { type: 'string' },
  config: { type: 'string' },
  state: { type: 'string' },
  token: { type: 'string' },
  ca: { type: 'string' },
} as const satisfies Options;
/** The options, and as many words as there are names in `words`. Throws CommandFailed with a usage message. */
export function parse<T extends Options>(args: string[], options: T, words: readonly string[]): Parsed<T> {
  const { values, positionals } = strictly(args, options);
  if (positionals.length === words.length) return { values, words: positionals };
  const surplus = positionals[words.length];
  if (surplus === undefined) throw usage(`${words.join(' ')} を指定してください。`, `${words.join(' ')} is missing.`);
  throw usage(`${JSON.stringify(surplus)} は余分です。`, `${JSON.stringify(surplus)} is one word too many.`);
}

function strictly<T extends Options>(args: string[], options: T): ParsedArgs<T> {
  try {
    return parseArgs({ args, options, allowPositionals: true, strict: true });
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw usage('コマンドの書き方を確認してください。', message.split('. ')[0] ?? message);
  }
}

export interface CallingValues {
  readonly json: boolean;
  readonly url?: string | undefined;
  readonly config?: string | undefined;
  readonly state?: string | undefined;
  readonly token?: string | undefined;
  readonly ca?: string | undefined;
}

export function calling({ json, url, config, state, token, ca }: CallingValues): Calling {
  return { json, access: { url, config, state, token, ca } };
}

export function wholeNumber(option: string, text: string): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && Number.isSafeInteger(value)) return value;
  throw usage(`--${option} は整数です。`, `--${option} is a whole number, not ${JSON.stringify(text)}.`);
}
