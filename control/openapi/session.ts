import { ANYWHERE, json, needs, problems, ref, WITH_TOKEN } from './openapi.ts';
import type { Operation, Paths } from './openapi.ts';

const tags = ['operators'];

const begin: Operation = {
  operationId: 'logIn',
  tags,
  summary: 'Log in: sets the session cookie.',
  description: 'Who guesses is slowed down, per name and per address; a restart does not change that.',
  security: [],
  requestBody: { required: true, content: json(ref('LoginBody')) },
  responses: {
    '200': { description: 'Logged in.', content: json(ref('Session')) },
    ...ANYWHERE,
    ...problems('INVALID_FIELDS', 'BODY_NOT_JSON', 'BAD_REQUEST', 'LOGIN_FAILED', 'FOREIGN_ORIGIN'),
    ...problems('BODY_TOO_LARGE', 'NOT_JSON_TYPE', 'LOGIN_SLOWED', 'STATE_UNWRITABLE'),
  },
};

const show: Operation = {
  operationId: 'showSession',
  tags,
  summary: 'Who is asking, and what they may do.',
  security: needs(),
  responses: { '200': { description: 'The session, or the token.', content: json(ref('Session')) }, ...WITH_TOKEN },
};

const end: Operation = {
  operationId: 'logOut',
  tags,
  summary: 'Log out: the session ends, and with it its event streams.',
  security: needs(),
  responses: {
    '200': { description: 'There is no session now.', content: json(ref('SessionEnded')) },
    ...WITH_TOKEN,
    ...problems('SCOPE_MISSING', 'CSRF_MISSING', 'FOREIGN_ORIGIN'),
  },
};

export const SESSION_PATHS: Paths = { '/api/session': { get: show, post: begin, delete: end } };
