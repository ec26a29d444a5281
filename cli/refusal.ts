import type { Access } from './access.ts';
import { CommandFailed, EXIT } from './exit.ts';
import type { ExitCode } from './exit.ts';
import { plain } from './output.ts';
import { problemAnswer } from './words.ts';
import type { ProblemAnswer } from './words.ts';

export interface Answer {
  readonly status: number;
  /** undefined: the body was no JSON. */
  readonly json: unknown;
}

/** What to tell about an answer of the control API other than 200. */
export function refusal(answer: Answer, access: Access): CommandFailed {
  const problem = problemAnswer.safeParse(answer.json).data;
  if (problem === undefined) return somethingElse(access.url);
  const lines = [
    ...(problem.blocked ? blocks(problem.blocked) : said(problem)),
    ...advice(answer.status, problem, access),
  ];
  return new CommandFailed(exitOf(answer.status), lines.join('\n'), { answer: answer.json });
}

/** Nobody answered. */
export function unreachable(error: unknown, url: URL): CommandFailed {
  const lines = [
    `ゲートウェイの操作 API (${url.origin}) に接続できません。ゲートウェイが動いているか、--url または --config を確認してください。`,
    `The control API does not answer at ${url.origin} (${why(error)}). Is the gateway running? Else give --url or --config.`,
  ];
  if (isCertificate(error))
    lines.push('証明書を信頼できません: --ca FILE / The certificate is not trusted: give it with --ca FILE.');
  return new CommandFailed(EXIT.unreachable, lines.join('\n'), { cause: error });
}

/** The connection ended after a change had been asked for. */
export function outcomeUnknown(error: unknown, url: URL, path: string): CommandFailed {
  const [what, look] = LOOKS.find(([begin]) => path.startsWith(begin))?.[1] ?? MODE_LOOK;
  const lines = [
    `応答を受け取る前に接続が切れました。${what}かどうかを ${look} で確認してください。`,
    `The connection to ${url.origin} ended before the answer came (${why(error)}). Look what happened: ${look}`,
  ];
  return new CommandFailed(EXIT.unreachable, lines.join('\n'), { cause: error });
}

type Look = readonly [what: string, command: string];
const MODE_LOOK: Look = ['切り替わった', 'hybrid-gateway mode'];
const LOOKS: readonly (readonly [begin: string, look: Look])[] = [
  ['/api/outcomes', ['確認済みになった', 'hybrid-gateway outcomes']],
  ['/api/operators', ['変更された', 'hybrid-gateway operators list']],
];

/** Somebody answered, but not as the control API does. */
export function somethingElse(url: URL): CommandFailed {
  const lines = [
    `${url.origin} で応答しているのはゲートウェイの操作 API ではないようです。ORCA のクライアントも 8800 番を使います。`,
    `What answers at ${url.origin} is not the gateway's control API (ORCA's own client uses port 8800, too). Check --url.`,
  ];
  return new CommandFailed(EXIT.unreachable, lines.join('\n'));
}

function exitOf(status: number): ExitCode {
  switch (status) {
    case 400:
      return EXIT.usage;
    case 401:
    case 403:
      return EXIT.notAllowed;
    case 409:
      return EXIT.conflict;
    case 404:
    case 412:
    case 422:
      return EXIT.refused;
    default:
      return EXIT.unexpected;
  }
}

function said({ detail, detailEn, title }: ProblemAnswer): readonly string[] {
  return [detail, detailEn ?? title].filter((line) => line !== undefined).map(plain);
}

function blocks(blocked: NonNullable<ProblemAnswer['blocked']>): readonly string[] {
  const checks = blocked.flatMap(({ name, ja, en, remedy }) => [
    `  ${plain(name)}: ${plain(ja)}`,
    `    ${plain(en)}`,
    ...(remedy ? [`    → ${plain(remedy)}`] : []),
  ]);
  const overrides = blocked.filter(({ overridable }) => overridable).map(({ name }) => `--override ${plain(name)}`);
  const way = `それでも切り替えるには / To go on all the same: ${overrides.join(' ')}`;
  const never = '次の問題は解決するまで切り替えられません。 / Nothing overrides these; they have to be mended first.';
  const head = '次の確認項目が止めています。 / These checks block it:';
  return [head, ...checks, overrides.length === blocked.length ? way : never];
}

function advice(status: number, { code }: ProblemAnswer, { token }: Access): readonly string[] {
  switch (status) {
    case 401:
      return 'value' in token
        ? [
            'トークンが違います。 / The token is not known to this gateway: --token, HYBRID_GATEWAY_TOKEN, --state or --config.',
          ]
        : [
            `トークンがありません: ${token.lookedFor}。ゲートウェイと同じユーザーで実行するか、--state または --config を指定してください。`,
            'There is no token. Run this as the user of the gateway, or give --state, --config or HYBRID_GATEWAY_TOKEN.',
          ];
    case 403:
      return ['このトークンには権限がありません。 / This token lacks the scope; use one that has it.'];
    case 409:
      if (code === 'OUTCOME_TICKED' || code === 'OPERATOR_EXISTS') return [];
      return [
        'hybrid-gateway mode で現在の状態を確認してから、もう一度実行してください。 / Look at the mode, then decide again.',
      ];
    default:
      return [];
  }
}

function why(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return 'code' in error && typeof error.code === 'string' ? error.code : error.message;
}

function isCertificate(error: unknown): boolean {
  return /CERT|ALTNAME|UNABLE_TO|SELF_SIGNED/.test(why(error));
}
