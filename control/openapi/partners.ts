import { json, needs, ref, WITH_TOKEN } from './openapi.ts';
import type { Paths } from './openapi.ts';

export const PARTNER_PATHS: Paths = {
  '/api/partners': {
    get: {
      operationId: 'showPartners',
      tags: ['partners'],
      summary: 'The partner systems, and when each was last heard of.',
      security: needs('read'),
      responses: { '200': { description: 'The partners.', content: json(ref('Partners')) }, ...WITH_TOKEN },
    },
  },
};
