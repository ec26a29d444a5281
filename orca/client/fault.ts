/** Why a call has no answer of the application: the codes of `broken` beside WebORCA's own. */
export type Fault =
  /** The caller's signal. */
  | 'aborted'
  | 'dns'
  | 'connect'
  | 'connect-timeout'
  | 'tls'
  | 'certificate'
  /** 401, 403 */
  | 'credentials'
  /** 404: the environment does not offer this call. */
  | 'unknown-call'
  /** 405: most likely the path lacks `/api`, or the call takes another method. */
  | 'wrong-method'
  /** Any other status but 200. */
  | 'http'
  | 'first-byte-timeout'
  | 'idle-timeout'
  | 'reset'
  | 'too-large'
  /** 200, but no answer that could be read. */
  | 'answer'
  /** The request cannot be written; nothing was sent. */
  | 'request';

/** One exchange that came to nothing. */
export class ExchangeFailed extends Error {
  override readonly name = 'ExchangeFailed';
  readonly code = 'EXCHANGE_FAILED';
  readonly fault: Fault;
  /** A byte of the request may be at the other side: a write may have been done. */
  readonly mayHaveArrived: boolean;
  /** Of the answer, where there was one. */
  readonly status: number | null;

  constructor(fault: Fault, mayHaveArrived: boolean, detail: { status?: number; message?: string; cause?: unknown }) {
    super(`${fault}: ${detail.message ?? whyOf(detail.cause)}`, { cause: detail.cause });
    this.fault = fault;
    this.mayHaveArrived = mayHaveArrived;
    this.status = detail.status ?? null;
  }
}

const AGAIN: ReadonlySet<Fault> = new Set(['dns', 'connect', 'connect-timeout', 'reset']);
const AGAIN_STATUS: ReadonlySet<number> = new Set([502, 503, 504]);

/** Whether a read that came to this may come to something when it is sent again. */
export function isWorthAgain(error: unknown): error is ExchangeFailed {
  if (!(error instanceof ExchangeFailed)) return false;
  return AGAIN.has(error.fault) || (error.status !== null && AGAIN_STATUS.has(error.status));
}

const DNS = new Set(['ENOTFOUND', 'EAI_AGAIN', 'EAI_FAIL', 'EAI_NODATA', 'EAI_NONAME']);
const CONNECT = new Set([
  'ECONNREFUSED',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EADDRNOTAVAIL',
  'EHOSTDOWN',
  'EACCES',
  'EPERM',
]);
const CERTIFICATE = /CERT|ALTNAME|SELF_SIGNED|UNABLE_TO_VERIFY|UNABLE_TO_GET_ISSUER|CRL|UNKNOWN_CA|HOSTNAME_MISMATCH/;

/** Tells the causes apart by the code of the error: a bad certificate is not an outage. */
export function faultOf(error: unknown, isConnected: boolean): Fault {
  const code = codeOf(error);
  if (DNS.has(code)) return 'dns';
  if (CONNECT.has(code)) return 'connect';
  if (code === 'ETIMEDOUT') return isConnected ? 'reset' : 'connect-timeout';
  if (CERTIFICATE.test(code)) return 'certificate';
  if (code.startsWith('ERR_SSL_') || code === 'EPROTO') return 'tls';
  if (code.startsWith('HPE_') && code !== 'HPE_INVALID_EOF_STATE') return 'answer';
  if (code === 'ERR_INVALID_CHAR' || code === 'ERR_UNESCAPED_CHARACTERS') return 'request';
  // A handshake that the other side hangs up on has no code of its own.
  return isConnected ? 'reset' : 'connect';
}

/** Whether WebORCA can have begun: its front end answers these before the application sees anything. */
export function mayHaveBegun(status: number): boolean {
  return status >= 500 || (status >= 200 && status < 300);
}

export function faultOfStatus(status: number): Fault {
  switch (status) {
    case 401:
    case 403:
      return 'credentials';
    case 404:
      return 'unknown-call';
    case 405:
      return 'wrong-method';
    default:
      return 'http';
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
}

function whyOf(cause: unknown): string {
  if (!(cause instanceof Error)) return 'no answer';
  return cause.message === '' ? codeOf(cause) || cause.name : cause.message;
}
