import { SCOPES } from '../options.ts';
import { ROLES } from '../login/roles.ts';
import { AUDIT_ACTIONS } from '../switch/audit-row.ts';
import { ref } from './openapi.ts';
import type { Schema } from './openapi.ts';
import { count, text, textOrNull, time, whole } from './shapes.ts';

const hash: Schema = { type: 'string', pattern: '^[0-9a-f]{64}$', description: 'SHA-256, hex.' };
const facts: Schema = { type: ['object', 'null'] };
const PASSWORD: Schema = { type: 'string', minLength: 10, maxLength: 256 };

/** The shapes of what is kept about people and their deeds: audit trail, outcomes, operators, sessions. */
export const RECORD_SCHEMAS: Readonly<Record<string, Schema>> = {
  AuditHead: whole(
    { id: count, hash },
    'The newest row of the audit trail. A copy kept elsewhere shows later whether the trail was shortened or written anew.',
  ),
  AuditRow: whole({
    id: { type: 'integer', minimum: 1 },
    at: time,
    by: { type: 'string', description: 'The token or the operator; `process` for the gateway itself.' },
    via: { type: 'string', enum: ['token', 'session', 'process'] },
    address: textOrNull,
    request: { type: ['string', 'null'], description: 'X-Request-Id.' },
    action: { type: 'string', enum: [...AUDIT_ACTIONS] },
    outcome: { type: 'string', description: '`asked`: about to be done; another row `concludes` it.' },
    concludes: { type: ['integer', 'null'], description: 'The row that this one tells the end of.' },
    epoch: count,
    subject: textOrNull,
    reason: {
      type: ['string', 'null'],
      description: 'Of `outcome-tick` it is shown with the scope `patients` only.',
    },
    before: facts,
    after: facts,
    overrides: { type: 'array', items: text },
    detail: facts,
    previous: hash,
    hash,
  }),
  AuditPage: whole({
    head: ref('AuditHead'),
    rows: { type: 'array', items: ref('AuditRow'), description: 'Newest first.' },
  }),
  Outcome: whole(
    {
      id: text,
      partner: text,
      method: text,
      path: text,
      call: textOrNull,
      patient: { type: ['string', 'null'], description: 'The patient number, where the request told it.' },
      digest: { type: ['string', 'null'], description: 'SHA-256 of the body, hex.' },
      bytes: { type: ['integer', 'null'], minimum: 0 },
      environment: ref('EnvironmentName'),
      epoch: count,
      at: { ...time, description: 'When it was let through.' },
      cause: { type: 'string', description: 'What ended it before its answer came whole.' },
      since: { ...time, description: 'When it became unknown.' },
    },
    'A write that may or may not be in its environment (結果不明).',
  ),
  Outcomes: whole({ outcomes: { type: 'array', items: ref('Outcome'), description: 'Oldest first.' } }),
  OutcomeTicked: whole({ outcome: ref('Outcome'), open: count }),
  TickBody: whole({ note: { type: 'string', minLength: 1, maxLength: 500, description: 'What was found.' } }),
  Role: { type: 'string', enum: [...ROLES] },
  LoginBody: whole({ name: { type: 'string', maxLength: 100 }, password: { type: 'string', maxLength: 256 } }),
  Session: whole({
    name: text,
    role: { anyOf: [ref('Role'), { type: 'null' }], description: 'null: a token asks.' },
    scopes: { type: 'array', items: { type: 'string', enum: [...SCOPES] } },
    expires: { type: ['string', 'null'], description: 'When it ends at the latest; without a request, after an hour.' },
    csrf: { type: ['string', 'null'], description: 'What every change by a session needs in X-CSRF-Token.' },
  }),
  SessionEnded: whole({ ended: { type: 'boolean' } }),
  Operator: whole({
    name: text,
    role: ref('Role'),
    created: time,
    changed: { ...time, description: 'When the password was set last.' },
  }),
  Operators: whole({ operators: { type: 'array', items: ref('Operator') } }),
  OperatorBody: whole({
    name: { type: 'string', pattern: '^[a-z0-9][a-z0-9._-]{0,39}$' },
    role: ref('Role'),
    password: PASSWORD,
  }),
  PasswordBody: whole({ password: PASSWORD }),
};
