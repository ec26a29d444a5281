/** Everything that this API refuses or fails at, and how HTTP calls it. */
const PROBLEMS = {
  BAD_REQUEST: { status: 400, title: 'Bad request' },
  BODY_NOT_JSON: { status: 400, title: 'The body is not JSON' },
  INVALID_FIELDS: { status: 400, title: 'Fields are missing or wrong' },
  TOKEN_MISSING: { status: 401, title: 'A token is needed' },
  TOKEN_UNKNOWN: { status: 401, title: 'The token is not known' },
  SESSION_OVER: { status: 401, title: 'The session is over' },
  LOGIN_FAILED: { status: 401, title: 'Name or password is wrong' },
  SCOPE_MISSING: { status: 403, title: 'The token does not allow this' },
  FOREIGN_ORIGIN: { status: 403, title: 'A page of another site may not do this' },
  CSRF_MISSING: { status: 403, title: 'The session token of the page is missing' },
  NOT_FOUND: { status: 404, title: 'There is nothing here' },
  OUTCOME_NOT_FOUND: { status: 404, title: 'There is no such unknown outcome' },
  OPERATOR_NOT_FOUND: { status: 404, title: 'There is no such operator' },
  METHOD_NOT_ALLOWED: { status: 405, title: 'This address does not take that method' },
  REQUEST_TIMEOUT: { status: 408, title: 'The request did not arrive in time' },
  EPOCH_CONFLICT: { status: 409, title: 'Somebody else has switched in between' },
  OUTCOME_TICKED: { status: 409, title: 'Somebody else has ticked it off' },
  OPERATOR_EXISTS: { status: 409, title: 'The name is taken' },
  SWITCH_BLOCKED: { status: 412, title: 'A check blocks this' },
  BODY_TOO_LARGE: { status: 413, title: 'The body is too large' },
  NOT_JSON_TYPE: { status: 415, title: 'The body must be application/json' },
  EXPECTATION_FAILED: { status: 417, title: 'That expectation cannot be met' },
  WRONG_HOST: { status: 421, title: 'This host name is not ours' },
  SWITCH_REFUSED: { status: 422, title: 'The clinic cannot go there from here' },
  LOGIN_SLOWED: { status: 429, title: 'Too many logins failed' },
  HEADERS_TOO_LARGE: { status: 431, title: 'The header fields are too large' },
  INTERNAL: { status: 500, title: 'A fault in the gateway' },
  NOT_READY: { status: 503, title: 'Not ready' },
  SWITCH_FAILED: { status: 503, title: 'The switch failed, nothing has changed' },
  STATE_UNWRITABLE: { status: 503, title: 'The disk does not take it, nothing has changed' },
  TOO_MANY_STREAMS: { status: 503, title: 'Too many event streams' },
} as const;

export type ProblemCode = keyof typeof PROBLEMS;
export const PROBLEM_CODES = Object.keys(PROBLEMS);

export function problemStatus(code: ProblemCode): number {
  return PROBLEMS[code].status;
}

/** An answer that is an error: RFC 9457, with a sentence for operators (Japanese) and one for developers. */
export class Problem extends Error {
  readonly code: ProblemCode;
  readonly status: number;
  readonly ja: string;
  readonly members: Readonly<Record<string, unknown>>;
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    code: ProblemCode,
    say: { readonly ja: string; readonly en: string },
    more: {
      members?: Readonly<Record<string, unknown>>;
      headers?: Readonly<Record<string, string>>;
      cause?: unknown;
    } = {},
  ) {
    super(say.en, { cause: more.cause });
    this.code = code;
    this.status = PROBLEMS[code].status;
    this.ja = say.ja;
    this.members = more.members ?? {};
    this.headers = more.headers ?? {};
  }

  /** The body, as `application/problem+json`. */
  toJSON(): Readonly<Record<string, unknown>> {
    const { code, status, ja, message, members } = this;
    const type = `urn:hybrid-gateway:problem:${code.toLowerCase().replaceAll('_', '-')}`;
    return { type, title: PROBLEMS[code].title, status, code, detail: ja, detailEn: message, ...members };
  }
}

/** What cannot be kept is not done: the disk is full, or may not be written to. */
export function unwritableProblem(cause: unknown): Problem {
  const say = {
    ja: '記録できなかったため、何も変更していません。ディスクの空き容量と書き込み権限を確認してください。',
    en: 'Nothing was changed, for it could not be recorded. Check the free space and the permissions of state.dir.',
  };
  return new Problem('STATE_UNWRITABLE', say, { cause });
}

export function internalProblem(requestId: string): Problem {
  return new Problem('INTERNAL', {
    ja: `ゲートウェイの内部でエラーが起きました。要求番号 ${requestId} を添えて管理者に連絡してください。`,
    en: `The gateway failed at this request. Its log has the cause under ${requestId}.`,
  });
}
