import { ENVIRONMENT_PATHS } from './environments.ts';
import { EVENT_PATHS } from './events.ts';
import { MODE_PATHS } from './mode.ts';
import type { Paths } from './openapi.ts';
import { PARTNER_PATHS } from './partners.ts';
import { PROCESS_PATHS } from './process.ts';
import { SCHEMAS } from './schemas.ts';

const PATHS: Paths = {
  ...MODE_PATHS,
  ...ENVIRONMENT_PATHS,
  ...PARTNER_PATHS,
  ...EVENT_PATHS,
  ...PROCESS_PATHS,
};

/** What this API is: OpenAPI 3.1. */
export const DOCUMENT = {
  openapi: '3.1.0',
  info: {
    title: 'Hybrid Gateway control API',
    version: '1',
    description:
      'The mode of a clinic between its WebORCA environments. Errors are problem+json (RFC 9457): `detail` is a ' +
      'sentence for operators in Japanese, `detailEn` one for developers. Every answer carries X-Request-Id.',
    license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
  },
  servers: [{ url: '/' }],
  tags: [
    { name: 'mode', description: 'Which mode the clinic is in, and switching it.' },
    { name: 'environments', description: 'The WebORCA environments.' },
    { name: 'partners', description: 'The systems that call the gateway.' },
    { name: 'events', description: 'What happens, as it happens.' },
    { name: 'process', description: 'The gateway itself.' },
  ],
  paths: PATHS,
  components: {
    schemas: SCHEMAS,
    securitySchemes: {
      token: {
        type: 'http',
        scheme: 'bearer',
        description:
          'A token of `control.tokens`, or the one in `control.token` in the state folder. The scope that an operation ' +
          'names is needed; `switch` implies `read`, `admin` everything.',
      },
    },
  },
} as const;
