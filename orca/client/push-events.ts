import { z } from 'zod';
import { type OrcaMessage, OrcaSyntaxError } from '../xml2.ts';
import type { Ask, CallOptions } from './call.ts';
import { children, required, text } from './fields.ts';
import type { Outcome } from './outcome.ts';

/** One event as it was pushed. */
export interface PushEvent {
  /** The only safe key: `id` begins again at 1 after 65535. */
  readonly uuid: string;
  readonly id: number;
  readonly event: string;
  /** The operator, or `__nobody`. */
  readonly user: string;
  /** Local time with its zone, as it came. */
  readonly time: string;
  readonly body: unknown;
}

export interface PushEventCalls {
  /** pusheventgetv2, cloud only: what was pushed in the last 7 days. `from`, `to`: a date, or a date and `HH:MM`. */
  list(
    request?: { readonly event?: string; readonly user?: string; readonly from?: string; readonly to?: string },
    options?: CallOptions,
  ): Promise<Outcome<readonly PushEvent[]>>;
}

const data = z.looseObject({
  uuid: z.string(),
  id: z.coerce.number().int(),
  event: z.string(),
  user: z.string().default(''),
  time: z.string().default(''),
  body: z.unknown(),
});
const failure = z.object({ error: z.object({ code: z.string(), message: z.string().default('') }) });
const events = z.array(z.object({ data }));

export function pushEventCalls(ask: Ask): PushEventCalls {
  return {
    list: ({ event = '', user = '', from = '', to = '' } = {}, options) =>
      ask(
        {
          name: 'pusheventgetv2',
          path: '/api/api01rv2/pusheventgetv2',
          form: 'json',
          request: { root: 'pusheventgetv2req', record: { event, user, start_time: from, end_time: to } },
          root: ROOT,
          none: ['0007'],
          parse: messageOf,
          read: (record) =>
            children(record, 'events', (each) => ({
              uuid: required(each, 'uuid'),
              id: Number(text(each, 'id')),
              event: required(each, 'event'),
              user: text(each, 'user'),
              time: text(each, 'time'),
              body: JSON.parse(text(each, 'body')),
            })),
        },
        options,
      ),
  };
}

const ROOT = 'pusheventgetv2res';

// A bare array of {data}, or {error}, alone or in an array: brought into the form of all other answers.
function messageOf(text: string): OrcaMessage {
  const json = jsonOf(text);
  const failed = failure.safeParse(Array.isArray(json) ? json[0] : json);
  if (failed.success) {
    const { code, message } = failed.data.error;
    return { root: ROOT, record: { Api_Result: code, Api_Result_Message: message } };
  }
  const found = events.safeParse(json);
  if (!found.success) throw new OrcaSyntaxError('expected an array of events');
  const rows = found.data.map(({ data: { uuid, id, event, user, time, body } }) => ({
    uuid,
    id: String(id),
    event,
    user,
    time,
    body: JSON.stringify(body ?? null),
  }));
  return { root: ROOT, record: { Api_Result: '0000', events: rows } };
}

function jsonOf(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return value;
  } catch (error) {
    throw new OrcaSyntaxError('not JSON', { cause: error });
  }
}
