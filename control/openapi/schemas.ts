import { HEALTH_CAUSES } from '../../gateway/status.ts';
import { EMERGENCY_ENVIRONMENTS, ENVIRONMENTS, MODES } from '../../mode/mode.ts';
import { PROBLEM_CODES } from '../problem.ts';
import { STEPS } from '../switch/steps.ts';
import { ref } from './openapi.ts';
import { RECORD_SCHEMAS } from './records.ts';
import { count, flag, text, textOrNull, time, whole } from './shapes.ts';
import type { Schema } from './openapi.ts';

const modeState = {
  mode: ref('Mode'),
  target: ref('EmergencyName'),
  epoch: { type: 'integer', minimum: 1, description: 'Grows by one at every committed switch.' },
  since: time,
  by: text,
  reason: text,
  wrote: {
    type: 'array',
    items: ref('EmergencyName'),
    description: "The emergency environments that took a partner's write since the emergency began.",
  },
} satisfies Record<string, Schema>;

const { wrote: _, ...entry } = modeState;
const audit: Schema = ref('AuditHead');

const problem = {
  type: { type: 'string', pattern: '^urn:hybrid-gateway:problem:[a-z-]+$' },
  title: text,
  status: { type: 'integer', minimum: 400, maximum: 599 },
  code: { type: 'string', enum: [...PROBLEM_CODES] },
  detail: { type: 'string', description: 'A sentence for operators, in Japanese.' },
  detailEn: text,
} satisfies Record<string, Schema>;

function problemWith(members: Record<string, Schema>): Schema {
  return whole({ ...problem, ...members });
}

const check = {
  name: { type: 'string', description: 'What `override` names.' },
  state: { type: 'string', enum: ['ok', 'warn', 'block'] },
  ja: text,
  en: text,
  remedy: { type: ['string', 'null'], description: 'What to do about it, in Japanese.' },
  overridable: flag,
  overridden: flag,
} satisfies Record<string, Schema>;

/** The shapes of this API's bodies. */
export const SCHEMAS: Readonly<Record<string, Schema>> = {
  ...RECORD_SCHEMAS,
  Mode: { type: 'string', enum: [...MODES] },
  EmergencyName: { type: 'string', enum: [...EMERGENCY_ENVIRONMENTS] },
  EnvironmentName: { type: 'string', enum: [...ENVIRONMENTS] },
  HybridMode: { type: 'string', enum: MODES.flatMap((mode) => [mode, `${mode}-fa`]) },
  Target: { type: 'string', enum: ['cloud', 'local', ...EMERGENCY_ENVIRONMENTS] },
  ModeState: whole(modeState, 'The state of the clinic, as it is on disk.'),
  HistoryEntry: whole({ ...entry, from: { anyOf: [ref('Mode'), { type: 'null' }] } }),
  ModeView: whole({
    state: ref('ModeState'),
    confirmed: flag,
    awaits: {
      type: ['string', 'null'],
      enum: ['empty', 'copied', 'stale', 'announced', 'never-confirmed', null],
      description: 'Why writes wait for an operator to confirm the mode.',
    },
    fenced: { type: ['string', 'null'], description: 'Why writes wait; null while they flow.' },
    routed: ref('EnvironmentName'),
    header: {
      type: 'object',
      description: "The `X-Hybridmode` of each configured environment's answers.",
      properties: Object.fromEntries(ENVIRONMENTS.map((name) => [name, ref('HybridMode')])),
      additionalProperties: false,
    },
    next: { type: 'array', items: ref('Mode') },
    proposal: {
      description: 'What the gateway suggests to people now; null: nothing.',
      anyOf: [ref('Proposal'), { type: 'null' }],
    },
  }),
  Proposal: whole({
    to: ref('Mode'),
    target: { anyOf: [ref('EmergencyName'), { type: 'null' }] },
    why: { type: 'string', enum: ['unreachable', 'announced'] },
    cause: { type: ['string', 'null'], enum: [...HEALTH_CAUSES, null] },
    since: time,
    ja: text,
    en: text,
  }),
  SwitchBody: {
    type: 'object',
    properties: {
      to: ref('Mode'),
      target: ref('Target'),
      expectedEpoch: { type: 'integer', minimum: 1, description: 'The epoch that the decision was made on.' },
      reason: { type: 'string', minLength: 1, maxLength: 500 },
      override: {
        type: 'array',
        items: text,
        description: 'Names of checks that may block in vain; `*` for all that can be overridden.',
      },
    },
    required: ['to', 'expectedEpoch', 'reason'],
    additionalProperties: false,
  },
  ConfirmBody: {
    type: 'object',
    properties: {
      mode: ref('Mode'),
      target: ref('Target'),
      expectedEpoch: { type: 'integer', minimum: 1 },
      reason: { type: 'string', minLength: 1, maxLength: 500 },
      override: { type: 'array', items: text },
    },
    required: ['expectedEpoch', 'reason'],
    additionalProperties: false,
  },
  Step: whole({ name: { type: 'string', enum: [...STEPS] }, at: time, ms: { type: 'number', minimum: 0 } }),
  Switched: whole({
    state: ref('ModeState'),
    steps: { type: 'array', items: ref('Step') },
    overridden: { type: 'array', items: text },
    audit,
  }),
  Confirmed: whole({ state: ref('ModeState'), overridden: { type: 'array', items: text }, audit }),
  Check: whole(check),
  Preflight: whole({
    epoch: { type: 'integer', minimum: 1 },
    next: whole({ mode: ref('Mode'), target: ref('EmergencyName') }),
    allowed: { type: 'boolean', description: 'Nothing blocks.' },
    checks: { type: 'array', items: ref('Check') },
  }),
  History: whole({ history: { type: 'array', items: ref('HistoryEntry'), description: 'Newest first.' } }),
  Environment: whole({
    name: ref('EnvironmentName'),
    kind: { type: 'string', enum: ['cloud', 'onprem'] },
    health: { type: 'string', enum: ['up', 'down', 'unknown'] },
    cause: { type: ['string', 'null'], enum: [...HEALTH_CAUSES, null] },
    detail: textOrNull,
    since: time,
    lastAnswerAt: textOrNull,
    latencyMs: { type: ['number', 'null'] },
    announced: { type: ['string', 'null'], description: 'What it last said in `X-Hybridmode` itself.' },
    inFlight: count,
    routed: { type: 'boolean', description: "Partners' requests go here now." },
    header: ref('HybridMode'),
    mismatch: {
      anyOf: [
        whole({ facet: { type: 'string', enum: ['role', 'phase', 'unknown'] }, expected: ref('HybridMode') }),
        { type: 'null' },
      ],
    },
  }),
  Environments: whole({ environments: { type: 'array', items: ref('Environment') } }),
  Partner: whole({
    name: text,
    kind: { type: 'string', enum: ['api', 'terminal'] },
    lastSeenAt: textOrNull,
    requests: count,
    connections: count,
  }),
  Partners: whole({ partners: { type: 'array', items: ref('Partner') } }),
  Alive: whole({ alive: { const: true } }),
  Ready: whole({ ready: { const: true } }),
  Problem: { type: 'object', properties: problem, required: Object.keys(problem) },
  InvalidFields: problemWith({
    fields: { type: 'array', minItems: 1, items: whole({ field: text, message: text }) },
  }),
  EpochConflict: problemWith({ current: ref('ModeState'), audit }),
  SwitchBlocked: problemWith({ blocked: { type: 'array', minItems: 1, items: ref('Check') }, audit }),
  SwitchRefused: problemWith({ rule: { type: 'string', description: 'Which rule forbids it.' }, audit }),
  SwitchFailed: problemWith({ step: { type: 'string', enum: [...STEPS] }, audit }),
  NotReady: problemWith({ reasons: { type: 'array', minItems: 1, items: text } }),
};
