import { notSent, unknown, type Refusal } from './refusal.ts';

/** What is wrong with a request, or with how it is sent. */
export const PARTNER_REFUSALS = {
  'bad-host': notSent(400, 'Host ヘッダーが正しくありません。', 'The Host field is missing, repeated or malformed.'),
  'bad-target': notSent(
    400,
    '要求先のパスが正しくありません。',
    'The request target is malformed, or another origin than this gateway.',
  ),
  'http-version': notSent(505, 'HTTP/1.1 で送信してください。', 'Only HTTP/1.1 and HTTP/1.0 are served here.'),
  'bad-framing': notSent(
    400,
    '本文の長さの指定が正しくありません。',
    'The length of the body is ambiguous: send Content-Length or Transfer-Encoding: chunked, once.',
  ),
  'unknown-coding': notSent(
    501,
    'この転送方式には対応していません。',
    'The only transfer coding understood here is chunked.',
  ),
  'length-required': notSent(
    411,
    '本文の長さ (Content-Length) を指定してください。',
    'Send this method with a Content-Length.',
  ),
  'method-not-allowed': notSent(405, 'このメソッドは使用できません。', 'This method is not served here.'),
  'expectation-failed': notSent(
    417,
    'Expect ヘッダーの値に対応していません。',
    'The only expectation understood here is 100-continue.',
  ),
  'too-many-headers': notSent(431, 'ヘッダーの数が多すぎます。', 'Too many header fields (gateway.limits.headers).'),
  'headers-too-large': notSent(
    431,
    'ヘッダーが大きすぎます。',
    'The header section is too large (gateway.limits.headerBytes).',
  ),
  'body-too-large': notSent(413, '本文が大きすぎます。', 'The body is larger than gateway.limits.bodyBytes.'),
  'malformed-request': notSent(400, 'HTTP の要求として読み取れません。', 'This is not a well-formed HTTP/1.1 request.'),
  'request-timeout': notSent(408, '要求が時間内に届きませんでした。', 'The request did not arrive in time.'),
  'unknown-partner': notSent(
    401,
    '連携システムとして登録されていません。',
    'Unknown partner: check the user and password that the gateway has for it.',
  ),
  'too-many-requests': notSent(
    429,
    '要求が多すぎます。しばらくしてからもう一度送信してください。',
    'This partner sends more than its limits.requestsPerSecond.',
    1,
  ),
  'too-many-connections': notSent(
    503,
    '接続が多すぎます。しばらくしてからもう一度接続してください。',
    'Too many connections.',
    1,
  ),
  'bad-handshake': notSent(
    400,
    'WebSocket の接続要求が正しくありません。',
    'The WebSocket handshake lacks its Sec-WebSocket-Key.',
  ),
  'partner-stalled': unknown(408, '連携システムが応答を受け取りません。', 'The partner does not read its answer.'),
  'partner-gone': unknown(499, '連携システムが接続を切りました。', 'The partner went away.'),
  'partner-broke-off': notSent(
    400,
    '要求の本文が最後まで届きませんでした。',
    'The body of the request did not arrive whole.',
  ),
} as const satisfies Readonly<Record<string, Refusal>>;
