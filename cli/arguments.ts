import { usage } from './exit.ts';
import { CALLING, calling, HELP, JSON_LINES, parse, wholeNumber } from './options.ts';
import type { Calling, CallingValues, Options } from './options.ts';
import { parseAudit, parseOperators, parseOutcomes } from './record-arguments.ts';
import type { AuditCommand, OperatorsCommand, OutcomesCommand } from './record-arguments.ts';
import { isMode, isTarget, TARGETS } from './words.ts';
import type { Mode } from './words.ts';

interface Changing extends Calling {
  readonly target: string | undefined;
  readonly reason: string;
  /** Names of checks, or `*`. */
  readonly override: readonly string[] | undefined;
  readonly expectedEpoch: number | undefined;
  readonly yes: boolean;
}

export type SwitchCommand = Changing & { readonly command: 'switch'; readonly to: Mode };
export type ConfirmCommand = Changing & { readonly command: 'confirm'; readonly mode: Mode | undefined };
export type HistoryCommand = Calling & { readonly command: 'history'; readonly limit: number };

/** What one command line asks for. */
export type Command =
  | { readonly command: 'help' | 'version' }
  | { readonly command: 'run'; readonly config: string }
  | { readonly command: 'check'; readonly file: string; readonly json: boolean }
  | (Calling & { readonly command: 'mode' | 'watch' })
  | SwitchCommand
  | ConfirmCommand
  | HistoryCommand
  | AuditCommand
  | OutcomesCommand
  | OperatorsCommand;

const CHANGING = {
  ...CALLING,
  target: { type: 'string' },
  reason: { type: 'string' },
  override: { type: 'string', multiple: true },
  'expected-epoch': { type: 'string' },
  yes: { type: 'boolean', short: 'y', default: false },
} as const satisfies Options;

/** Reads a command line, without the program's own name. Throws CommandFailed with a usage message. */
export function parseCommand(argv: readonly string[]): Command {
  const [name = '', ...rest] = argv;
  if (rest.includes('--help') || rest.includes('-h')) return { command: 'help' };
  switch (name) {
    case 'help':
    case '--help':
    case '-h':
      return { command: 'help' };
    case '--version':
    case '-v':
      return { command: 'version' };
    case 'run': {
      const { values } = parse(rest, { ...HELP, config: { type: 'string' } }, []);
      if (values.config === undefined) throw usage('--config FILE を指定してください。', '--config FILE is missing.');
      return { command: name, config: values.config };
    }
    case 'check': {
      const { values, words } = parse(rest, JSON_LINES, ['FILE']);
      return { command: 'check', file: words[0] ?? '', json: values.json };
    }
    case 'mode':
    case 'watch':
      return { command: name, ...calling(parse(rest, CALLING, []).values) };
    case 'history': {
      const { values } = parse(rest, { ...CALLING, limit: { type: 'string', default: '20' } }, []);
      return { command: name, ...calling(values), limit: wholeNumber('limit', values.limit) };
    }
    case 'switch': {
      const { values, words } = parse(rest, CHANGING, ['normal|emergency|recovery']);
      return { command: name, ...changing(values), to: modeOf(words[0] ?? '') };
    }
    case 'confirm': {
      const { values } = parse(rest, { ...CHANGING, mode: { type: 'string' } }, []);
      const mode = values.mode === undefined ? undefined : modeOf(values.mode);
      if (mode === undefined && values.target !== undefined) {
        throw usage('--target は --mode と一緒に指定してください。', '--target needs --mode beside it.');
      }
      return { command: name, ...changing(values), mode };
    }
    case 'audit':
      return parseAudit(rest);
    case 'outcomes':
      return parseOutcomes(rest);
    case 'operators':
      return parseOperators(rest);
    case '':
      throw usage('コマンドを指定してください。', 'There is no command.');
    default:
      throw usage(`コマンド ${JSON.stringify(name)} はありません。`, `There is no command ${JSON.stringify(name)}.`);
  }
}

interface ChangingValues extends CallingValues {
  readonly target?: string | undefined;
  readonly reason?: string | undefined;
  readonly override?: string[] | undefined;
  readonly 'expected-epoch'?: string | undefined;
  readonly yes: boolean;
}

function changing(values: ChangingValues): Changing {
  const { reason, target, override, yes } = values;
  if (reason === undefined || reason.trim() === '') {
    throw usage(
      '--reason で理由を入力してください。履歴に残ります。',
      '--reason TEXT is missing; it is kept in the history.',
    );
  }
  const epoch = values['expected-epoch'];
  const expectedEpoch = epoch === undefined ? undefined : wholeNumber('expected-epoch', epoch);
  return {
    ...calling(values),
    reason,
    override,
    yes,
    expectedEpoch,
    target: target === undefined ? undefined : targetOf(target),
  };
}

function targetOf(word: string): string {
  if (isTarget(word)) return TARGETS[word];
  throw usage('--target は cloud か local です。', `--target is cloud or local, not ${JSON.stringify(word)}.`);
}

function modeOf(word: string): Mode {
  if (isMode(word)) return word;
  const en = `The mode is normal, emergency or recovery, not ${JSON.stringify(word)}.`;
  throw usage('モードは normal (通常)、emergency (応急措置)、recovery (復旧措置) のどれかです。', en);
}
