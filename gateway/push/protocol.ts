import { z } from 'zod';

// What goes over a push socket: one JSON object per text frame. Nothing here knows of sockets.

/** Whom an event is meant for, beside everybody: WebORCA addresses some to one session or one group. */
export interface Address {
  readonly session: string | null;
  readonly group: string | null;
}

export const EVERYBODY: Address = { session: null, group: null };

/** One event as an environment sent it. */
export interface PushEvent {
  /** The only safe key: `id` begins again at 1 behind 65535. */
  readonly uuid: string;
  readonly event: string;
  readonly user: string;
  /** Local time with its zone, as it came. */
  readonly time: string;
  /** The whole envelope, as JSON. */
  readonly data: string;
  /** Of a `print002`: only the environment that made the form has it. */
  readonly dataId: string | null;
}

/** What a partner asks for, or the error that answers it. */
export type Command =
  | { readonly kind: 'subscribe'; readonly reqId: ReqId; readonly event: string; readonly address: Address }
  | { readonly kind: 'unsubscribe'; readonly reqId: ReqId; readonly subId: string }
  | { readonly kind: 'refused'; readonly answer: string };

/** Chosen by the client; given back as it came. */
export type ReqId = string | number | undefined;

export type ErrorCode = 'INTERNAL_ERROR' | 'NO_SUCH_SUBSCRIPTION' | 'INVALID_PARAMS' | 'PARSE_ERROR';

/** What an environment says. */
export type Said =
  | { readonly kind: 'subscribed'; readonly subId: string }
  | { readonly kind: 'event'; readonly event: PushEvent }
  | { readonly kind: 'error'; readonly code: string; readonly reason: string }
  | { readonly kind: 'other' };

const name = z.string().min(1).max(200);
const reqId = z.union([z.string().max(200), z.number()]).optional();
const subscribe = z.looseObject({
  command: z.literal('subscribe'),
  'req.id': reqId,
  event: name,
  session_id: name.nullish(),
  group_id: name.nullish(),
});
const unsubscribe = z.looseObject({
  command: z.literal('unsubscribe'),
  'req.id': reqId,
  'sub.id': z.string().max(200),
});
const anyCommand = z.looseObject({ command: z.string() });
const named = z.looseObject({ 'req.id': reqId, 'sub.id': z.string().max(200).optional() });

export function parseCommand(text: string): Command {
  const json = jsonOf(text);
  const known = anyCommand.safeParse(json);
  if (!known.success) return refused(undefined, {}, 'PARSE_ERROR', 'expected a JSON object with a command');
  const { command } = known.data;
  if (command === 'subscribe') {
    const asked = subscribe.safeParse(json);
    if (asked.success) {
      const { event, session_id: session, group_id: group } = asked.data;
      const address = { session: session ?? null, group: group ?? null };
      return { kind: 'subscribe', reqId: asked.data['req.id'], event, address };
    }
  }
  if (command === 'unsubscribe') {
    const asked = unsubscribe.safeParse(json);
    if (asked.success) return { kind: 'unsubscribe', reqId: asked.data['req.id'], subId: asked.data['sub.id'] };
  }
  const ids = named.safeParse(json);
  const reason =
    command === 'subscribe' || command === 'unsubscribe' ? 'a member is missing or wrong' : 'unknown command';
  return refused(command.slice(0, 50), ids.success ? ids.data : {}, 'INVALID_PARAMS', reason);
}

const envelope = z.looseObject({
  uuid: z.string().min(1).max(200),
  event: z.string(),
  user: z.string().catch(''),
  time: z.string().catch(''),
  body: z.unknown().optional(),
});
const said = z.looseObject({
  command: z.string(),
  'sub.id': z.string().optional(),
  data: z.unknown().optional(),
  code: z.string().catch(''),
  reason: z.string().catch(''),
});
const form = z.looseObject({ Data_Id: z.string().min(1) });

export function parseSaid(text: string): Said {
  const found = said.safeParse(jsonOf(text));
  if (!found.success) return { kind: 'other' };
  const { command, code, reason, data } = found.data;
  switch (command) {
    case 'subscribed':
      return { kind: 'subscribed', subId: found.data['sub.id'] ?? '' };
    case 'error':
      return { kind: 'error', code, reason };
    case 'event': {
      const event = pushEvent(data);
      return event === null ? { kind: 'other' } : { kind: 'event', event };
    }
    default:
      return { kind: 'other' };
  }
}

/** An envelope as an event; null where it is none. */
export function pushEvent(data: unknown): PushEvent | null {
  const found = envelope.safeParse(data);
  if (!found.success) return null;
  const { uuid, event, user, time, body } = found.data;
  const made = event === 'print002' ? form.safeParse(body) : null;
  return { uuid, event, user, time, data: JSON.stringify(data), dataId: made?.success ? made.data.Data_Id : null };
}

export function subscribeText(reqIdText: string, event: string, { session, group }: Address): string {
  return JSON.stringify({
    command: 'subscribe',
    'req.id': reqIdText,
    event,
    ...(session !== null && { session_id: session }),
    ...(group !== null && { group_id: group }),
  });
}

export function subscribedText(id: ReqId, subId: string): string {
  return JSON.stringify({ command: 'subscribed', 'req.id': id, 'sub.id': subId });
}

export function unsubscribedText(id: ReqId, subId: string): string {
  return JSON.stringify({ command: 'unsubscribed', 'req.id': id, 'sub.id': subId });
}

export function errorText(command: string, ids: Ids, code: ErrorCode, reason: string): string {
  return JSON.stringify({ command: 'error', for: command, ...ids, code, reason });
}

/** An event message in two parts: the first is a subscription's own, the second is the same for all. */
export function eventHead(subId: string): string {
  return `{"command":"event","sub.id":${JSON.stringify(subId)}`;
}

export function eventTail(data: string): string {
  return `,"data":${data}}`;
}

/** Why a resumed subscriber has to read its lists anew. */
export type NoticeCode = 'ENVIRONMENT_CHANGED' | 'UNKNOWN_EVENT' | 'EVENTS_MISSING';

/** Only those that resume get one: WebORCA has no such command. */
export function noticeText(subId: string, code: NoticeCode, more: Readonly<Record<string, string>>): string {
  return JSON.stringify({ command: 'notice', 'sub.id': subId, code, ...more });
}

interface Ids {
  readonly 'req.id'?: ReqId;
  readonly 'sub.id'?: string | undefined;
}

function refused(command: string | undefined, ids: Ids, code: ErrorCode, reason: string): Command {
  const answer = { command: 'error', for: command, 'req.id': ids['req.id'], 'sub.id': ids['sub.id'], code, reason };
  return { kind: 'refused', answer: JSON.stringify(answer) };
}

function jsonOf(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return value;
  } catch {
    return undefined;
  }
}
