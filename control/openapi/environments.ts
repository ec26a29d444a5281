import { json, needs, ref, WITH_TOKEN } from './openapi.ts';
import type { Paths } from './openapi.ts';

export const ENVIRONMENT_PATHS: Paths = {
  '/api/environments': {
    get: {
      operationId: 'showEnvironments',
      tags: ['environments'],
      summary: 'The environments: how they are, what they say, what they are in this mode.',
      security: needs('read'),
      responses: {
        '200': { description: 'The configured environments.', content: json(ref('Environments')) },
        ...WITH_TOKEN,
      },
    },
  },
};
