import { json, needs, WITH_TOKEN } from './openapi.ts';
import type { Paths, Schema } from './openapi.ts';
import { whole } from './shapes.ts';

const text: Schema = { type: 'string' };
const textOrNull: Schema = { type: ['string', 'null'] };
const count: Schema = { type: 'integer', minimum: 0 };
const time: Schema = { type: 'string', format: 'date-time', description: 'ISO 8601' };
const environment: Schema = { $ref: '#/components/schemas/EnvironmentName' };

const subscription = whole({
  event: { type: 'string', description: 'The name of the event, or * for all.' },
  addressed: { type: 'string', enum: ['everybody', 'session', 'group', 'session-and-group'] },
  isCatchingUp: { type: 'boolean', description: 'It is being sent what it missed.' },
});

const subscriber = whole({
  id: text,
  partner: text,
  address: text,
  connectedAt: time,
  lastSeenAt: { ...time, description: 'When it last sent anything: a command, a ping, an answer to one.' },
  subscriptions: { type: 'array', items: subscription },
  delivered: count,
  queuedBytes: { ...count, description: 'What waits for it to read.' },
});

const upstream = whole({
  environment,
  state: { type: 'string', enum: ['connecting', 'live', 'waiting', 'closed'] },
  fault: {
    type: ['string', 'null'],
    enum: ['unreachable', 'refused', 'timeout', 'subscription-refused', 'silent', 'closed', null],
  },
  detail: textOrNull,
  since: time,
  lastHeardAt: textOrNull,
  subscriptions: { ...count, description: 'Those that it serves.' },
});

const gap = whole(
  {
    environment,
    from: time,
    to: time,
    found: {
      type: ['integer', 'null'],
      minimum: 0,
      description: 'How many events were found again; null: they are lost.',
    },
    because: textOrNull,
  },
  'A time during which the connection to an environment was away.',
);

export const SUBSCRIBER_PATHS: Paths = {
  '/api/subscribers': {
    get: {
      operationId: 'showSubscribers',
      tags: ['partners'],
      summary: 'The push sockets of partners, the connections behind them, and the gaps.',
      security: needs('read'),
      responses: {
        '200': {
          description: 'What push is doing now; gaps newest first.',
          content: json(
            whole({
              environment: { anyOf: [environment, { type: 'null' }] },
              subscribers: { type: 'array', items: subscriber },
              upstreams: { type: 'array', items: upstream },
              gaps: { type: 'array', items: gap },
              journal: whole({ pending: count, lost: count, failure: textOrNull }),
            }),
          ),
        },
        ...WITH_TOKEN,
      },
    },
  },
};
