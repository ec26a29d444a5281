import { json, needs, problems, ref, WITH_TOKEN } from './openapi.ts';
import type { Paths } from './openapi.ts';

export const OUTCOME_PATHS: Paths = {
  '/api/outcomes': {
    get: {
      operationId: 'showOutcomes',
      tags: ['outcomes'],
      summary: 'Writes that may or may not be in their environment.',
      security: needs('patients'),
      responses: { '200': { description: 'Those not ticked off.', content: json(ref('Outcomes')) }, ...WITH_TOKEN },
    },
  },
  '/api/outcomes/{id}': {
    post: {
      operationId: 'tickOutcome',
      tags: ['outcomes'],
      summary: 'Tick one off, after a person has looked into the environment.',
      security: needs('patients', 'switch'),
      parameters: [
        { name: 'id', in: 'path', required: true, description: 'Of the outcome.', schema: { type: 'string' } },
      ],
      requestBody: { required: true, content: json(ref('TickBody')) },
      responses: {
        '200': { description: 'Ticked off.', content: json(ref('OutcomeTicked')) },
        ...WITH_TOKEN,
        ...problems('INVALID_FIELDS', 'BODY_NOT_JSON', 'BAD_REQUEST'),
        ...problems('SCOPE_MISSING', 'CSRF_MISSING', 'FOREIGN_ORIGIN', 'BODY_TOO_LARGE', 'NOT_JSON_TYPE'),
        ...problems('OUTCOME_NOT_FOUND', 'OUTCOME_TICKED', 'STATE_UNWRITABLE'),
      },
    },
  },
};
