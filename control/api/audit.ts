import { z } from 'zod';
import { readQuery } from '../body.ts';
import type { Route } from '../route.ts';
import type { Audit } from '../switch/audit.ts';
import type { AuditRow } from '../switch/audit-row.ts';
import { factsOf, overridesOf } from '../switch/audit-sql.ts';

const LONGEST = 1000;
const LIMIT = { error: `expected a number from 1 to ${LONGEST}` };
const BEFORE = { error: 'expected the id of a row' };
const AuditQuery = z.strictObject({
  limit: z.coerce.number(LIMIT).int(LIMIT).min(1, LIMIT).max(LONGEST, LIMIT).default(100),
  before: z.coerce.number(BEFORE).int(BEFORE).min(1, BEFORE).optional(),
});

/** The audit trail, newest first. */
export function auditRoutes(audit: Audit): Route[] {
  return [
    {
      method: 'GET',
      path: '/api/audit',
      scopes: ['read'],
      handle: (ctx, caller) => {
        const { limit, before } = readQuery(ctx, AuditQuery);
        const rows = audit.page(limit, before);
        ctx.body = { head: audit.head, rows: rows.map((row) => auditView(row, caller.may('patients'))) };
      },
    },
  ];
}

function auditView(row: AuditRow, seesPatients: boolean) {
  const { before, after, overrides, detail, reason, ...rest } = row;
  // What somebody found out about an unknown outcome is about a patient.
  const isWithheld = row.action === 'outcome-tick' && !seesPatients;
  return {
    ...rest,
    reason: isWithheld ? null : reason,
    before: factsOf(before),
    after: factsOf(after),
    overrides: overridesOf(overrides),
    detail: factsOf(detail),
  };
}
