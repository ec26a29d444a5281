/** What can go wrong between the gateway and an environment; each is a refusal with words and a status of its own. */
export type ForwardFault =
  | 'bad-target'
  | 'dns-failed'
  | 'connect-failed'
  | 'connect-timeout'
  | 'tls-failed'
  | 'certificate-refused'
  | 'first-byte-timeout'
  | 'idle-timeout'
  | 'environment-reset'
  | 'bad-answer'
  | 'partner-gone'
  | 'partner-broke-off'
  | 'partner-stalled'
  | 'cut-by-switch'
  | 'taken-back'
  | 'body-too-large'
  | 'request-timeout';

const DNS = new Set(['ENOTFOUND', 'EAI_AGAIN', 'EAI_FAIL', 'EAI_NODATA', 'EAI_NONAME']);
const CERTIFICATE = /CERT|ALTNAME|SELF_SIGNED|UNABLE_TO_VERIFY|UNABLE_TO_GET_ISSUER|CRL|UNKNOWN_CA|HOSTNAME_MISMATCH/;

/**
 * Tells the causes apart by the code of the error: a bad certificate is not an outage, a name is not a server.
 * @param isConnected bytes of the request may have left: then nothing that happens is "could not connect" any more
 */
export function faultOf(error: Error | null, isConnected: boolean): ForwardFault {
  const code = codeOf(error);
  if (code === 'PARTNER_BROKE_OFF') return 'partner-broke-off';
  if (code === 'BODY_TOO_LARGE') return 'body-too-large';
  if (code === 'BODY_TOO_SLOW') return 'request-timeout';
  if (CERTIFICATE.test(code)) return 'certificate-refused';
  if (code.startsWith('HPE_') && code !== 'HPE_INVALID_EOF_STATE') return 'bad-answer';
  if (isConnected) return 'environment-reset';
  if (DNS.has(code)) return 'dns-failed';
  if (code === 'ETIMEDOUT') return 'connect-timeout';
  if (code.startsWith('ERR_SSL_') || code === 'EPROTO') return 'tls-failed';
  // ECONNREFUSED and its like; a handshake that the other side hangs up on has no code of its own.
  return 'connect-failed';
}

function codeOf(error: Error | null): string {
  return error !== null && 'code' in error && typeof error.code === 'string' ? error.code : '';
}
