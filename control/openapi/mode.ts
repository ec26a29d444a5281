import { json, needs, problem, problems, ref, WITH_TOKEN } from './openapi.ts';
import type { Answer, Operation, Parameter, Paths } from './openapi.ts';

const tags = ['mode'];

const CHANGES: Record<string, Answer> = {
  ...WITH_TOKEN,
  '400': problem('INVALID_FIELDS, BODY_NOT_JSON or BAD_REQUEST: `fields` names what is wrong.'),
  ...problems('SCOPE_MISSING', 'CSRF_MISSING', 'FOREIGN_ORIGIN', 'BODY_TOO_LARGE', 'NOT_JSON_TYPE'),
  '409': problem('EPOCH_CONFLICT: somebody else has switched; `current` is what they made of it.', 'EpochConflict'),
  '412': problem('SWITCH_BLOCKED: `blocked` holds the checks, some may be overridden by name.', 'SwitchBlocked'),
  '422': problem('SWITCH_REFUSED: `rule` says why the clinic cannot go there from here.', 'SwitchRefused'),
  '503': problem('SWITCH_FAILED: nothing has changed.', 'SwitchFailed'),
};

const to: Parameter = { name: 'to', in: 'query', required: true, description: 'Where to.', schema: ref('Mode') };
const target: Parameter = {
  name: 'target',
  in: 'query',
  description: 'Which emergency environment; absent means the current one.',
  schema: ref('Target'),
};
const limit: Parameter = {
  name: 'limit',
  in: 'query',
  description: 'How many entries at most.',
  schema: { type: 'integer', minimum: 1, maximum: 1000, default: 100 },
};

const show: Operation = {
  operationId: 'showMode',
  tags,
  summary: 'The mode, what each environment answers in it, and what may follow.',
  security: needs('read'),
  responses: { '200': { description: 'The mode.', content: json(ref('ModeView')) }, ...WITH_TOKEN },
};

const preflight: Operation = {
  operationId: 'previewSwitch',
  tags,
  summary: 'What a switch would meet: the same checks, nothing changed.',
  security: needs('read'),
  parameters: [to, target],
  responses: {
    '200': { description: 'Each check and what it found.', content: json(ref('Preflight')) },
    ...WITH_TOKEN,
    '400': problem('INVALID_FIELDS', 'InvalidFields'),
    '422': problem('SWITCH_REFUSED', 'SwitchRefused'),
  },
};

const change: Operation = {
  operationId: 'switchMode',
  tags,
  summary: 'Switch: every partner system follows, none has to be re-pointed.',
  description: 'Compare-and-set on `expectedEpoch`: of two operators who switch at once, exactly one does.',
  security: needs('switch'),
  requestBody: { required: true, content: json(ref('SwitchBody')) },
  responses: { '200': { description: 'Switched.', content: json(ref('Switched')) }, ...CHANGES },
};

const confirm: Operation = {
  operationId: 'confirmMode',
  tags,
  summary: 'Say which mode the clinic is in, after a start that asks for it; writes flow again.',
  security: needs('switch'),
  requestBody: { required: true, content: json(ref('ConfirmBody')) },
  responses: { '200': { description: 'Confirmed.', content: json(ref('Confirmed')) }, ...CHANGES },
};

const history: Operation = {
  operationId: 'showModeHistory',
  tags,
  summary: 'Every committed mode: who, when, why.',
  security: needs('read'),
  parameters: [limit],
  responses: {
    '200': { description: 'The history.', content: json(ref('History')) },
    ...WITH_TOKEN,
    '400': problem('INVALID_FIELDS', 'InvalidFields'),
  },
};

export const MODE_PATHS: Paths = {
  '/api/mode': { get: show, post: change },
  '/api/mode/preflight': { get: preflight },
  '/api/mode/confirm': { post: confirm },
  '/api/mode/history': { get: history },
};
