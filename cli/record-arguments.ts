import { usage } from './exit.ts';
import { CALLING, calling, parse, wholeNumber } from './options.ts';
import type { AccessOptions, Calling } from './options.ts';

/** The newest row of an audit trail, as it was noted down somewhere else. */
export interface PinnedHead {
  readonly id: number;
  readonly hash: string;
}

export type AuditCommand =
  | (Calling & { readonly command: 'audit'; readonly limit: number; readonly before: number | undefined })
  | {
      readonly command: 'audit verify';
      readonly access: AccessOptions;
      readonly head: PinnedHead | null;
      readonly json: boolean;
    };

export type OutcomesCommand =
  | (Calling & { readonly command: 'outcomes' })
  | (Calling & { readonly command: 'outcomes tick'; readonly id: string; readonly note: string });

export type OperatorsCommand =
  | (Calling & { readonly command: 'operators list' })
  | (Calling & { readonly command: 'operators add'; readonly name: string; readonly role: string })
  | (Calling & { readonly command: 'operators remove' | 'operators password'; readonly name: string });

const HEAD = /^(\d+):([0-9a-f]{64})$/;
export const ROLES = ['viewer', 'operator', 'admin'];

/** `audit`, `audit verify`. Throws CommandFailed with a usage message. */
export function parseAudit([first = '', ...rest]: string[]): AuditCommand {
  if (first !== 'verify') {
    const args = first === '' ? rest : [first, ...rest];
    const options = { ...CALLING, limit: { type: 'string', default: '20' }, before: { type: 'string' } } as const;
    const { values } = parse(args, options, []);
    const before = values.before === undefined ? undefined : wholeNumber('before', values.before);
    return { command: 'audit', ...calling(values), limit: wholeNumber('limit', values.limit), before };
  }
  const { values } = parse(rest, { ...CALLING, head: { type: 'string' } }, []);
  const { access, json } = calling(values);
  return { command: 'audit verify', access, json, head: values.head === undefined ? null : headOf(values.head) };
}

/** `outcomes`, `outcomes tick ID --note TEXT`. Throws CommandFailed with a usage message. */
export function parseOutcomes([first = '', ...rest]: string[]): OutcomesCommand {
  if (first !== 'tick')
    return { command: 'outcomes', ...calling(parse(first === '' ? rest : [first, ...rest], CALLING, []).values) };
  const { values, words } = parse(rest, { ...CALLING, note: { type: 'string' } }, ['ID']);
  const note = values.note?.trim() ?? '';
  if (note === '')
    throw usage(
      '--note で確認した結果を入力してください。記録に残ります。',
      '--note TEXT is missing: what was found; it is kept.',
    );
  return { command: 'outcomes tick', ...calling(values), id: words[0] ?? '', note };
}

/** `operators list|add|remove|password`. Throws CommandFailed with a usage message. */
export function parseOperators([first = '', ...rest]: string[]): OperatorsCommand {
  switch (first) {
    case 'list':
      return { command: 'operators list', ...calling(parse(rest, CALLING, []).values) };
    case 'add': {
      const { values, words } = parse(rest, { ...CALLING, role: { type: 'string' } }, ['NAME']);
      const role = values.role ?? '';
      if (!ROLES.includes(role))
        throw usage('--role は viewer、operator、admin のどれかです。', '--role is viewer, operator or admin.');
      return { command: 'operators add', ...calling(values), name: words[0] ?? '', role };
    }
    case 'remove':
    case 'password': {
      const { values, words } = parse(rest, CALLING, ['NAME']);
      return { command: `operators ${first}`, ...calling(values), name: words[0] ?? '' };
    }
    default:
      throw usage(
        'list、add、remove、password のどれかを指定してください。',
        'operators is followed by list, add, remove or password.',
      );
  }
}

function headOf(text: string): PinnedHead {
  const [, id, hash] = HEAD.exec(text) ?? [];
  if (id === undefined || hash === undefined)
    throw usage('--head は「番号:ハッシュ」です。', '--head is ID:HASH, as a switch printed it.');
  return { id: Number(id), hash };
}
