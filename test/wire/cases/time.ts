import type { WireCase } from '../case.ts';
import { A, get, H, P, post } from '../notation.ts';
import { all, either, faultIf, forbidden, missing, reply } from '../safe.ts';
import type { Stage } from '../stage.ts';
import type { RawClient } from '../client.ts';
import type { Fault, Seen } from '../case.ts';
import { upgrade } from './upgrades.ts';

/** The connection ends within the time, after 408 or without a word. */
async function endsWithin(client: RawClient, ms: number, ...allowed: readonly number[]): Promise<readonly Fault[]> {
  const ended = await client.until(() => client.closing !== 'open', ms);
  const status = client.reader.replies[0]?.status;
  return [
    ...faultIf(!ended, forbidden(`still open after ${ms / 1000} s`)),
    ...faultIf(status !== undefined && !allowed.includes(status), reply(`answered ${status}`)),
  ];
}

async function unfinishedHead(stage: Stage, everyMs: number | null): Promise<readonly Fault[]> {
  const token = stage.token();
  const client = await stage.send(`GET ${P}/a HTTP/1.1\r\n${H}${A}X-A: `, token);
  const drip = everyMs === null ? null : setInterval(() => client.send(Buffer.from('a')), everyMs);
  const faults = await endsWithin(client, 30_000, 408, 400);
  if (drip !== null) clearInterval(drip);
  return [...faults, ...faultIf(stage.requests(token).length > 0, forbidden('half a head was forwarded'))];
}

const posts = (seen: Seen): number => seen.requests.filter(({ head }) => head.method === 'POST').length;

/** Slow and idle partners, and connections that die between two requests. */
export const time: readonly WireCase[] = [
  {
    id: 'W-04b',
    title: 'no answer to an upgrade, and the partner stays',
    why: 'an upgrade needs a time limit of its own',
    lane: 'patient',
    procedure: async (stage) => {
      const client = await stage.send(upgrade(), stage.token({ at: 'end', plays: ['silence'] }));
      const isOver = await client.until(() => client.reader.finished > 0 || client.closing !== 'open', 30_000);
      const status = client.reader.replies[0]?.status;
      return [
        ...faultIf(!isOver, forbidden('no answer within 30 s')),
        ...faultIf(status !== undefined && status !== 504, reply(`answered ${status}`)),
      ];
    },
  },
  {
    id: 'F-03',
    title: 'a half-closed connection behind a whole GET',
    why: 'netcat and old libraries do this: answered or closed, never leaked',
    sent: [{ send: get() }, { pauseMs: 60 }, 'FIN'],
    environment: { at: 'end', plays: [{ pauseMs: 250 }, 'ordinary'] },
    safe: all(
      (seen) => faultIf(seen.closing === 'open', forbidden('the connection was left open')),
      either(
        (seen) => faultIf(seen.replies.length > 0, reply('an answer')),
        (seen) => faultIf(seen.replies[0]?.status !== 200, reply('no 200')),
      ),
    ),
  },
  {
    id: 'F-04',
    title: 'one byte of the head every two seconds',
    why: 'each such connection costs memory and a place',
    lane: 'patient',
    procedure: async (stage) => await unfinishedHead(stage, 2000),
  },
  {
    id: 'F-04b',
    title: 'a connection without a byte',
    why: 'as F-04',
    lane: 'patient',
    procedure: async (stage) => await endsWithin(await stage.connect(), 70_000, 408),
  },
  {
    id: 'F-04c',
    title: 'half a head, then silence',
    why: 'as F-04',
    lane: 'patient',
    procedure: async (stage) => await unfinishedHead(stage, null),
  },
  {
    id: 'F-10',
    title: 'the environment resets the kept connection as a POST arrives',
    why: 'a write whose bytes were sent is never sent again: nobody knows what became of it',
    sent: [
      { send: get('', `${P}/warm`) },
      { awaitReplies: 1 },
      { send: post('Content-Length: 2\r\n', 'ab', `${P}/write`) },
    ],
    environment: { byPath: { '/write': { at: 'end', plays: ['RST'] } } },
    replies: 2,
    alone: true,
    safe: (seen) => [
      ...faultIf(![502, 504].includes(seen.replies[1]?.status ?? 0), reply(`the POST got ${seen.replies[1]?.status}`)),
      ...faultIf(posts(seen) === 0, missing('the POST never got there')),
      ...faultIf(posts(seen) > 1, forbidden('the POST was sent again')),
    ],
  },
  {
    id: 'F-10b',
    title: 'the environment closes the idle connection before a POST',
    why: 'a connection that was closed leaves the pool',
    sent: [
      { send: get('', `${P}/warm`) },
      { awaitReplies: 1 },
      { pauseMs: 150 },
      { send: post('Content-Length: 2\r\n', 'ab', `${P}/write`) },
    ],
    environment: { byPath: { '/warm': { at: 'end', plays: ['ordinary', { pauseMs: 30 }, 'FIN'] } } },
    replies: 2,
    alone: true,
    safe: (seen) => [
      ...faultIf(seen.replies[1]?.status !== 200, reply(`the POST got ${seen.replies[1]?.status}`)),
      ...faultIf(posts(seen) === 0, missing('the POST never got there')),
      ...faultIf(posts(seen) > 1, forbidden('the POST was sent again')),
    ],
  },
];
