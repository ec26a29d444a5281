import assert from 'node:assert/strict';
import { faultOf, type ForwardFault } from '../../gateway/fault.ts';

function error(code: string | undefined): Error {
  return Object.assign(new Error('test'), code === undefined ? {} : { code });
}

describe('the fault behind an error', () => {
  const cases: [string | undefined, ForwardFault, ForwardFault][] = [
    // code, before the connection was there, and after
    ['ENOTFOUND', 'dns-failed', 'environment-reset'],
    ['EAI_AGAIN', 'dns-failed', 'environment-reset'],
    ['ECONNREFUSED', 'connect-failed', 'environment-reset'],
    ['EHOSTUNREACH', 'connect-failed', 'environment-reset'],
    ['ENETUNREACH', 'connect-failed', 'environment-reset'],
    ['ETIMEDOUT', 'connect-timeout', 'environment-reset'],
    ['ECONNRESET', 'connect-failed', 'environment-reset'],
    ['EPIPE', 'connect-failed', 'environment-reset'],
    [undefined, 'connect-failed', 'environment-reset'],
    ['CERT_HAS_EXPIRED', 'certificate-refused', 'certificate-refused'],
    ['CERT_NOT_YET_VALID', 'certificate-refused', 'certificate-refused'],
    ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'certificate-refused', 'certificate-refused'],
    ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'certificate-refused', 'certificate-refused'],
    ['SELF_SIGNED_CERT_IN_CHAIN', 'certificate-refused', 'certificate-refused'],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', 'certificate-refused', 'certificate-refused'],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'certificate-refused', 'certificate-refused'],
    ['ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED', 'certificate-refused', 'certificate-refused'],
    ['ERR_SSL_TLSV1_ALERT_UNKNOWN_CA', 'certificate-refused', 'certificate-refused'],
    ['ERR_SSL_SSLV3_ALERT_BAD_CERTIFICATE', 'certificate-refused', 'certificate-refused'],
    ['ERR_SSL_WRONG_VERSION_NUMBER', 'tls-failed', 'environment-reset'],
    ['ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE', 'tls-failed', 'environment-reset'],
    ['EPROTO', 'tls-failed', 'environment-reset'],
    ['HPE_INVALID_CONSTANT', 'bad-answer', 'bad-answer'],
    ['HPE_HEADER_OVERFLOW', 'bad-answer', 'bad-answer'],
    ['HPE_INVALID_EOF_STATE', 'connect-failed', 'environment-reset'],
    ['PARTNER_BROKE_OFF', 'partner-broke-off', 'partner-broke-off'],
    ['BODY_TOO_LARGE', 'body-too-large', 'body-too-large'],
    ['BODY_TOO_SLOW', 'request-timeout', 'request-timeout'],
  ];
  for (const [code, before, after] of cases) {
    it(`${code ?? 'without a code'}: ${before} before the connection, ${after} on it`, () => {
      assert.equal(faultOf(error(code), false), before);
      assert.equal(faultOf(error(code), true), after);
    });
  }

  it('where there is no error at all is the same', () => {
    assert.equal(faultOf(null, false), 'connect-failed');
    assert.equal(faultOf(null, true), 'environment-reset');
  });
});
