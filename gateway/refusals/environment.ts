import { notSent, unknown, type Refusal } from './refusal.ts';

/** What goes wrong between the gateway and an environment. */
export const ENVIRONMENT_REFUSALS = {
  'wrong-environment': notSent(
    503,
    '接続先の環境が、想定と違う役割を名乗っています。設定を確認してください。',
    'The environment announces another role in X-Hybridmode than the one it is configured for; writes are refused.',
    30,
  ),
  'environment-not-configured': notSent(
    502,
    '使用する環境が設定されていません。',
    'The environment that this mode uses is not configured.',
  ),
  'environment-busy': notSent(
    503,
    '環境が混み合っています。しばらくしてからもう一度送信してください。',
    'The environment has as many requests under way as its concurrency allows.',
    2,
  ),
  'dns-failed': notSent(
    502,
    '環境の名前を解決できません (DNS)。',
    'The name of the environment cannot be resolved.',
    5,
  ),
  'connect-failed': notSent(502, '環境に接続できません。', 'The environment does not accept connections.', 5),
  'connect-timeout': notSent(
    504,
    '環境への接続が時間内にできませんでした。',
    'Connecting to the environment took too long (deadlines.connect).',
    5,
  ),
  'tls-failed': notSent(
    502,
    '環境との暗号化通信 (TLS) を始められません。',
    'The TLS handshake with the environment failed.',
    5,
  ),
  'certificate-refused': notSent(
    502,
    '環境との証明書の確認に失敗しました。証明書の期限と設定を確認してください。',
    'A certificate was refused in the TLS handshake with the environment: check expiry, authority and name.',
    30,
  ),
  'first-byte-timeout': unknown(
    504,
    '環境から時間内に応答がありませんでした。登録されたかどうかを確認してください。',
    'The environment did not answer in time (deadlines.firstByte). It may have acted on the request.',
  ),
  'idle-timeout': unknown(
    504,
    '環境からの応答が途中で止まりました。',
    'The answer of the environment stopped in the middle (deadlines.idle).',
  ),
  'environment-reset': unknown(
    502,
    '環境が応答せずに接続を切りました。登録されたかどうかを確認してください。',
    'The environment closed the connection without a whole answer. It may have acted on the request.',
  ),
  'bad-answer': unknown(
    502,
    '環境の応答を HTTP として読み取れません。',
    'The answer of the environment is not well-formed HTTP.',
  ),
} as const satisfies Readonly<Record<string, Refusal>>;
