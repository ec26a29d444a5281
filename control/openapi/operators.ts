import { json, needs, problems, ref, WITH_TOKEN } from './openapi.ts';
import type { Answer, Operation, Parameter, Paths } from './openapi.ts';

const tags = ['operators'];
const security = needs('admin');
const name: Parameter = {
  name: 'name',
  in: 'path',
  required: true,
  description: 'Of the operator.',
  schema: { type: 'string' },
};

const LIST: Record<string, Answer> = {
  '200': { description: 'The operators, as they are now.', content: json(ref('Operators')) },
  ...WITH_TOKEN,
};
const CHANGES: Record<string, Answer> = {
  ...LIST,
  ...problems('SCOPE_MISSING', 'CSRF_MISSING', 'FOREIGN_ORIGIN', 'STATE_UNWRITABLE'),
};
const WITH_BODY = problems('INVALID_FIELDS', 'BODY_NOT_JSON', 'BAD_REQUEST', 'BODY_TOO_LARGE', 'NOT_JSON_TYPE');

const list: Operation = {
  operationId: 'showOperators',
  tags,
  summary: 'Who may log in.',
  security,
  responses: LIST,
};

const add: Operation = {
  operationId: 'addOperator',
  tags,
  summary: 'Let somebody log in. The first one is added with the token of this machine.',
  security,
  requestBody: { required: true, content: json(ref('OperatorBody')) },
  responses: { ...CHANGES, ...WITH_BODY, ...problems('OPERATOR_EXISTS') },
};

const remove: Operation = {
  operationId: 'removeOperator',
  tags,
  summary: 'Let somebody in no more; their sessions end.',
  security,
  parameters: [name],
  responses: { ...CHANGES, ...problems('OPERATOR_NOT_FOUND') },
};

const password: Operation = {
  operationId: 'setOperatorPassword',
  tags,
  summary: 'A new password; sessions under the old one end.',
  security,
  parameters: [name],
  requestBody: { required: true, content: json(ref('PasswordBody')) },
  responses: { ...CHANGES, ...WITH_BODY, ...problems('OPERATOR_NOT_FOUND') },
};

export const OPERATOR_PATHS: Paths = {
  '/api/operators': { get: list, post: add },
  '/api/operators/{name}': { delete: remove },
  '/api/operators/{name}/password': { post: password },
};
