import { AUDIT_PATHS } from './audit.ts';
import { ENVIRONMENT_PATHS } from './environments.ts';
import { EVENT_PATHS } from './events.ts';
import { MODE_PATHS } from './mode.ts';
import type { Paths, Schema } from './openapi.ts';
import { OPERATOR_PATHS } from './operators.ts';
import { OUTCOME_PATHS } from './outcomes.ts';
import { PARTNER_PATHS } from './partners.ts';
import { PROCESS_PATHS } from './process.ts';
import { SCHEMAS } from './schemas.ts';
import { SESSION_PATHS } from './session.ts';
import { SUBSCRIBER_PATHS } from './subscribers.ts';

const PATHS: Paths = {
  ...MODE_PATHS,
  ...ENVIRONMENT_PATHS,
  ...PARTNER_PATHS,
  ...SUBSCRIBER_PATHS,
  ...EVENT_PATHS,
  ...OUTCOME_PATHS,
  ...AUDIT_PATHS,
  ...SESSION_PATHS,
  ...OPERATOR_PATHS,
  ...PROCESS_PATHS,
};

interface Described {
  readonly openapi: '3.1.0';
  readonly info: Readonly<Record<'title' | 'version' | 'description', string>> & {
    readonly license: { readonly name: string; readonly identifier: string };
  };
  readonly servers: readonly { readonly url: string }[];
  readonly tags: readonly { readonly name: string; readonly description: string }[];
  readonly paths: Paths;
  readonly components: {
    readonly schemas: Readonly<Record<string, Schema>>;
    readonly securitySchemes: Readonly<Record<'token' | 'session', Readonly<Record<string, string>>>>;
  };
}

/** What this API is: OpenAPI 3.1. */
export const DOCUMENT: Described = {
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
    { name: 'outcomes', description: 'Writes of which nobody knows whether they are in their environment.' },
    { name: 'audit', description: 'Who did what, when, from where, and why.' },
    { name: 'operators', description: 'The people who may log in, and their sessions.' },
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
      session: {
        type: 'apiKey',
        in: 'cookie',
        name: 'hybrid_gateway_session',
        description:
          'What POST /api/session sets; with TLS its name begins with `__Host-`. A change also needs X-CSRF-Token, with ' +
          'the value that GET /api/session gives. The roles: `viewer` has the scope `read`; `operator` read, patients and ' +
          'switch; `admin` everything.',
      },
    },
  },
};
