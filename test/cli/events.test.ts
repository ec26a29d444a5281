import { deepEqual } from 'node:assert/strict';
import { Readable } from 'node:stream';
import * as fc from 'fast-check';
import { eventsOf } from '../../cli/events.ts';
import type { ServerEvent } from '../../cli/events.ts';

async function events(chunks: readonly Uint8Array[]): Promise<readonly ServerEvent[]> {
  const all: ServerEvent[] = [];
  for await (const event of eventsOf(Readable.from(chunks, { objectMode: true }))) all.push(event);
  return all;
}

describe('the event stream', () => {
  const read: readonly [what: string, stream: string, expected: readonly ServerEvent[]][] = [
    ['an event with all its fields', 'id: 1\nevent: mode\ndata: {}\n\n', [{ id: '1', type: 'mode', data: '{}' }]],
    ['an event without a name is a message', 'data: x\n\n', [{ id: null, type: 'message', data: 'x' }]],
    [
      'data over several lines is one text',
      'data: a\ndata\ndata:  b\n\n',
      [{ id: null, type: 'message', data: 'a\n\n b' }],
    ],
    ['comments and retry times are no events', ': hello\n\nretry: 5\n\n', []],
    ['CRLF and CR end lines, too', 'data: a\r\n\r\ndata: b\r\r', [{ id: null, type: 'message', data: 'a' }]],
    ['an event that the end cuts off is dropped', 'data: a\n', []],
  ];
  for (const [what, stream, expected] of read) {
    it(what, async () => deepEqual(await events([Buffer.from(stream)]), expected));
  }

  it('does not depend on where the network cuts it', async () => {
    const stream = Buffer.from(
      'id: 1\r\nevent: mode\r\ndata: {"reason":"回線障害"}\r\n\r\ndata: b\n\ndata: c\r\rdata: d\n\n',
    );
    const whole = await events([stream]);
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(stream.length)), async (places) => {
        const cuts = [0, ...places.toSorted((one, other) => one - other), stream.length];
        const chunks = cuts.slice(1).map((to, at) => stream.subarray(cuts[at], to));
        deepEqual(await events(chunks.filter((chunk) => chunk.length > 0)), whole);
      }),
      { numRuns: 100, interruptAfterTimeLimit: 10_000 },
    );
  });
});
