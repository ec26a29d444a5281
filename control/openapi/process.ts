import { ANYWHERE, json, needs, problem, ref, WITH_TOKEN } from './openapi.ts';
import type { Paths } from './openapi.ts';

const tags = ['process'];

export const PROCESS_PATHS: Paths = {
  '/metrics': {
    get: {
      operationId: 'showMetrics',
      tags,
      summary: "The gateway's figures, for Prometheus.",
      security: needs('metrics'),
      responses: {
        '200': { description: 'The figures.', content: { 'text/plain': { schema: { type: 'string' } } } },
        ...WITH_TOKEN,
      },
    },
  },
  '/healthz': {
    get: {
      operationId: 'isAlive',
      tags,
      summary: 'The process lives.',
      security: [],
      responses: { '200': { description: 'It does.', content: json(ref('Alive')) }, ...ANYWHERE },
    },
  },
  '/readyz': {
    get: {
      operationId: 'isReady',
      tags,
      summary: 'Partners can be served.',
      security: [],
      responses: {
        '200': { description: 'They can.', content: json(ref('Ready')) },
        ...ANYWHERE,
        '503': problem('NOT_READY: `reasons` says why not.', 'NotReady'),
      },
    },
  },
  '/api/openapi.json': {
    get: {
      operationId: 'describeApi',
      tags,
      summary: 'This description.',
      security: needs('read'),
      responses: {
        '200': { description: 'OpenAPI 3.1.', content: json({ type: 'object' }) },
        ...WITH_TOKEN,
      },
    },
  },
};
