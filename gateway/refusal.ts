import type { RequestFault } from './request.ts';
import type { ForwardFault } from './forward.ts';

/** Every answer that the gateway makes itself has one of these; clients and metrics may rely on them. */
export type RefusalCode =
  | RequestFault
  | ForwardFault
  | 'malformed-request'
  | 'request-timeout'
  | 'headers-too-large'
  | 'unknown-partner'
  | 'too-many-requests'
  | 'too-many-connections'
  | 'mode-unconfirmed'
  | 'mode-precondition'
  | 'switch-in-progress'
  | 'names-other-environment'
  | 'wrong-environment'
  | 'recovery-refuses-writes'
  | 'environment-not-configured'
  | 'environment-busy'
  | 'bad-handshake'
  | 'shutting-down'
  | 'state-unwritable'
  | 'internal-error';

export interface Refusal {
  readonly status: number;
  readonly ja: string;
  readonly en: string;
  readonly retryAfterSeconds: number | null;
  /** Whether the environment may have acted on the request. */
  readonly outcome: 'not-sent' | 'unknown';
}

const NOT_SENT = 'not-sent' as const;
const UNKNOWN = 'unknown' as const;

function refusal(status: number, outcome: Refusal['outcome'], retry: number | null, ja: string, en: string): Refusal {
  return { status, outcome, retryAfterSeconds: retry, ja, en };
}

const REFUSALS: Readonly<Record<RefusalCode, Refusal>> = {
  'bad-host': refusal(
    400,
    NOT_SENT,
    null,
    'Host ヘッダーが正しくありません。',
    'The Host field is missing, repeated or malformed.',
  ),
  'bad-target': refusal(
    400,
    NOT_SENT,
    null,
    '要求先のパスが正しくありません。',
    'The request target is malformed, or another origin than this gateway.',
  ),
  'http-version': refusal(
    505,
    NOT_SENT,
    null,
    'HTTP/1.1 で送信してください。',
    'Only HTTP/1.1 and HTTP/1.0 are served here.',
  ),
  'bad-framing': refusal(
    400,
    NOT_SENT,
    null,
    '本文の長さの指定が正しくありません。',
    'The length of the body is ambiguous: send Content-Length or Transfer-Encoding: chunked, once.',
  ),
  'unknown-coding': refusal(
    501,
    NOT_SENT,
    null,
    'この転送方式には対応していません。',
    'The only transfer coding understood here is chunked.',
  ),
  'length-required': refusal(
    411,
    NOT_SENT,
    null,
    '本文の長さ (Content-Length) を指定してください。',
    'Send this method with a Content-Length.',
  ),
  'method-not-allowed': refusal(
    405,
    NOT_SENT,
    null,
    'このメソッドは使用できません。',
    'This method is not served here.',
  ),
  'expectation-failed': refusal(
    417,
    NOT_SENT,
    null,
    'Expect ヘッダーの値に対応していません。',
    'The only expectation understood here is 100-continue.',
  ),
  'too-many-headers': refusal(
    431,
    NOT_SENT,
    null,
    'ヘッダーの数が多すぎます。',
    'Too many header fields (gateway.limits.headers).',
  ),
  'headers-too-large': refusal(
    431,
    NOT_SENT,
    null,
    'ヘッダーが大きすぎます。',
    'The header section is too large (gateway.limits.headerBytes).',
  ),
  'body-too-large': refusal(
    413,
    NOT_SENT,
    null,
    '本文が大きすぎます。',
    'The body is larger than gateway.limits.bodyBytes.',
  ),
  'malformed-request': refusal(
    400,
    NOT_SENT,
    null,
    'HTTP の要求として読み取れません。',
    'This is not a well-formed HTTP/1.1 request.',
  ),
  'request-timeout': refusal(
    408,
    NOT_SENT,
    null,
    '要求が時間内に届きませんでした。',
    'The request did not arrive in time.',
  ),
  'unknown-partner': refusal(
    401,
    NOT_SENT,
    null,
    '連携システムとして登録されていません。',
    'Unknown partner: check the user and password that the gateway has for it.',
  ),
  'too-many-requests': refusal(
    429,
    NOT_SENT,
    1,
    '要求が多すぎます。しばらくしてからもう一度送信してください。',
    'This partner sends more than its limits.requestsPerSecond.',
  ),
  'too-many-connections': refusal(
    503,
    NOT_SENT,
    1,
    '接続が多すぎます。しばらくしてからもう一度接続してください。',
    'Too many connections.',
  ),
  'mode-precondition': refusal(
    412,
    NOT_SENT,
    null,
    '連携システムが想定しているモードと、現在のモードが違います。',
    'X-Hybridmode in the request is not the mode that would answer it; see X-Hybridmode in this answer.',
  ),
  'switch-in-progress': refusal(
    503,
    NOT_SENT,
    2,
    'モードを切り替えています。しばらくしてからもう一度送信してください。',
    'A switch is going on; the request was held as long as switch.hold allows, and not sent.',
  ),
  'names-other-environment': refusal(
    409,
    NOT_SENT,
    null,
    '切り替え前の環境の番号（受付ID・伝票番号など）を指しているため、送信していません。一覧を取り直してから登録してください。',
    'The request names a number that the environment before the switch issued; it was not sent. Read the list again.',
  ),
  'wrong-environment': refusal(
    503,
    NOT_SENT,
    30,
    '接続先の環境が、想定と違う役割を名乗っています。設定を確認してください。',
    'The environment announces another role in X-Hybridmode than the one it is configured for; writes are refused.',
  ),
  'cut-by-switch': refusal(
    504,
    UNKNOWN,
    null,
    '切り替えのため、応答を待たずに打ち切りました。登録されたかどうかを確認してください。',
    'The request was cut off by a switch; the environment may have acted on it.',
  ),
  'taken-back': refusal(
    503,
    NOT_SENT,
    2,
    'モードを切り替えています。もう一度送信してください。',
    'A switch began before a byte was sent.',
  ),
  'mode-unconfirmed': refusal(
    503,
    NOT_SENT,
    5,
    '運用モードが確認されていないため、登録を受け付けていません。ゲートウェイの画面でモードを確認してください。',
    'Writes wait until an operator confirms the mode (hybrid-gateway confirm).',
  ),
  'recovery-refuses-writes': refusal(
    503,
    NOT_SENT,
    30,
    '復旧措置モードのため、登録を受け付けていません。',
    'Recovery mode: this clinic takes no writes until it is back to normal (recovery.partners).',
  ),
  'environment-not-configured': refusal(
    502,
    NOT_SENT,
    null,
    '使用する環境が設定されていません。',
    'The environment that this mode uses is not configured.',
  ),
  'environment-busy': refusal(
    503,
    NOT_SENT,
    2,
    '環境が混み合っています。しばらくしてからもう一度送信してください。',
    'The environment has as many requests under way as its concurrency allows.',
  ),
  'bad-handshake': refusal(
    400,
    NOT_SENT,
    null,
    'WebSocket の接続要求が正しくありません。',
    'The WebSocket handshake lacks its Sec-WebSocket-Key.',
  ),
  'shutting-down': refusal(503, NOT_SENT, 5, 'ゲートウェイを停止しています。', 'The gateway is shutting down.'),
  'state-unwritable': refusal(
    503,
    NOT_SENT,
    10,
    'ゲートウェイの状態を保存できないため、登録を受け付けていません。ディスクの空き容量を確認してください。',
    'The gateway cannot write its state: check the disk. Nothing was sent.',
  ),
  'internal-error': refusal(
    500,
    UNKNOWN,
    null,
    'ゲートウェイの内部でエラーが発生しました。',
    'The gateway failed. The log has the request id.',
  ),
  'dns-failed': refusal(
    502,
    NOT_SENT,
    5,
    '環境の名前を解決できません (DNS)。',
    'The name of the environment cannot be resolved.',
  ),
  'connect-failed': refusal(502, NOT_SENT, 5, '環境に接続できません。', 'The environment does not accept connections.'),
  'connect-timeout': refusal(
    504,
    NOT_SENT,
    5,
    '環境への接続が時間内にできませんでした。',
    'Connecting to the environment took too long (deadlines.connect).',
  ),
  'tls-failed': refusal(
    502,
    NOT_SENT,
    5,
    '環境との暗号化通信 (TLS) を始められません。',
    'The TLS handshake with the environment failed.',
  ),
  'certificate-refused': refusal(
    502,
    NOT_SENT,
    30,
    '環境との証明書の確認に失敗しました。証明書の期限と設定を確認してください。',
    'A certificate was refused in the TLS handshake with the environment: check expiry, authority and name.',
  ),
  'first-byte-timeout': refusal(
    504,
    UNKNOWN,
    null,
    '環境から時間内に応答がありませんでした。登録されたかどうかを確認してください。',
    'The environment did not answer in time (deadlines.firstByte). It may have acted on the request.',
  ),
  'idle-timeout': refusal(
    504,
    UNKNOWN,
    null,
    '環境からの応答が途中で止まりました。',
    'The answer of the environment stopped in the middle (deadlines.idle).',
  ),
  'environment-reset': refusal(
    502,
    UNKNOWN,
    null,
    '環境が応答せずに接続を切りました。登録されたかどうかを確認してください。',
    'The environment closed the connection without a whole answer. It may have acted on the request.',
  ),
  'bad-answer': refusal(
    502,
    UNKNOWN,
    null,
    '環境の応答を HTTP として読み取れません。',
    'The answer of the environment is not well-formed HTTP.',
  ),
  'partner-stalled': refusal(
    408,
    UNKNOWN,
    null,
    '連携システムが応答を受け取りません。',
    'The partner does not read its answer.',
  ),
  'partner-gone': refusal(499, UNKNOWN, null, '連携システムが接続を切りました。', 'The partner went away.'),
  'partner-broke-off': refusal(
    400,
    NOT_SENT,
    null,
    '要求の本文が最後まで届きませんでした。',
    'The body of the request did not arrive whole.',
  ),
};

export function refusalOf(code: RefusalCode): Refusal {
  return REFUSALS[code];
}

export function refusalCodes(): RefusalCode[] {
  return Object.keys(REFUSALS).filter((code): code is RefusalCode => code in REFUSALS);
}
