// The rule is that nobody gives patients' data or credentials to the log. This is the net below it.

const NEVER = [
  'patient',
  'Patient_ID',
  'query',
  'search',
  'body',
  'headers',
  'rawHeaders',
  'authorization',
  'Authorization',
  'cookie',
  'set-cookie',
  'password',
  'passphrase',
  'token',
  'note',
  'reason',
];

/** For pino's `redact`: these fields, at the top of a line and two levels below. */
export const REDACTED = {
  paths: NEVER.flatMap((name) => [`["${name}"]`, `*["${name}"]`, `*.*["${name}"]`]),
  censor: '[redacted]',
};

/** For pino's `serializers`: addresses end before their query, for patients' numbers stand there. */
export const SERIALIZERS = { path: withoutQuery, url: withoutQuery, target: withoutQuery };

export function withoutQuery(value: unknown): unknown {
  return typeof value === 'string' ? value.replace(/\?.*/s, '?…') : value;
}
