import { json, needs, problem, ref, WITH_TOKEN } from './openapi.ts';
import type { Paths } from './openapi.ts';

export const AUDIT_PATHS: Paths = {
  '/api/audit': {
    get: {
      operationId: 'showAudit',
      tags: ['audit'],
      summary: 'Who did what, when, from where, and why; newest first.',
      description:
        'Append-only; each row is bound to the one before by its hash. `hybrid-gateway audit verify` checks it.',
      security: needs('read'),
      parameters: [
        {
          name: 'limit',
          in: 'query',
          description: 'How many rows at most.',
          schema: { type: 'integer', minimum: 1, maximum: 1000, default: 100 },
        },
        {
          name: 'before',
          in: 'query',
          description: 'Only rows before this one: the last id of the page before.',
          schema: { type: 'integer', minimum: 1 },
        },
      ],
      responses: {
        '200': { description: 'The rows.', content: json(ref('AuditPage')) },
        ...WITH_TOKEN,
        '400': problem('INVALID_FIELDS', 'InvalidFields'),
      },
    },
  },
};
