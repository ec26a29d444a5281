import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import {
  eventHead,
  eventTail,
  parseCommand,
  parseSaid,
  pushEvent,
  subscribeText,
} from '../../../gateway/push/protocol.ts';

const EVERYBODY = { session: null, group: null };

describe('a push command', () => {
  const cases: [string, object, object][] = [
    [
      'a subscribe',
      { command: 'subscribe', 'req.id': 'r', event: 'patient_accept' },
      { kind: 'subscribe', reqId: 'r', event: 'patient_accept', address: EVERYBODY },
    ],
    [
      'a subscribe of monsiaj’s',
      { command: 'subscribe', 'req.id': 'r', event: '*', session_id: 's' },
      { kind: 'subscribe', reqId: 'r', event: '*', address: { session: 's', group: null } },
    ],
    [
      'one for a group, with a number for its id and what nobody knows',
      { command: 'subscribe', 'req.id': 7, event: '*', group_id: 'g', colour: 'red' },
      { kind: 'subscribe', reqId: 7, event: '*', address: { session: null, group: 'g' } },
    ],
    [
      'one without an id',
      { command: 'subscribe', event: '*' },
      { kind: 'subscribe', reqId: undefined, event: '*', address: EVERYBODY },
    ],
    [
      'an unsubscribe',
      { command: 'unsubscribe', 'req.id': 'u', 'sub.id': 's' },
      { kind: 'unsubscribe', reqId: 'u', subId: 's' },
    ],
  ];
  for (const [what, given, expected] of cases)
    it(`can be ${what}`, () => assert.deepEqual(parseCommand(JSON.stringify(given)), expected));

  it('that is none is answered with an error that names what it can', () => {
    for (const [text, code, more] of [
      ['', 'PARSE_ERROR', {}],
      ['[]', 'PARSE_ERROR', {}],
      ['{"event":"*"}', 'PARSE_ERROR', {}],
      ['{"command":"subscribe","req.id":"r"}', 'INVALID_PARAMS', { for: 'subscribe', 'req.id': 'r' }],
      ['{"command":"unsubscribe","req.id":"r"}', 'INVALID_PARAMS', { for: 'unsubscribe', 'req.id': 'r' }],
      ['{"command":"publish","sub.id":"s"}', 'INVALID_PARAMS', { for: 'publish', 'sub.id': 's' }],
    ] as const) {
      const found = parseCommand(text);
      assert.ok(found.kind === 'refused');
      const { reason, ...answer } = JSON.parse(found.answer);
      assert.equal(typeof reason, 'string');
      assert.deepEqual(answer, { command: 'error', code, ...more });
    }
  });

  it('never throws, whatever it is', () => {
    fc.assert(fc.property(fc.oneof(fc.string(), fc.json()), (text) => void [parseCommand(text), parseSaid(text)]));
  });
});

describe('what an environment says', () => {
  const data = {
    uuid: 'u',
    id: 1,
    event: 'patient_accept',
    user: 'o',
    body: { a: '髙' },
    time: '2026-04-13T09:00:00+0900',
  };

  it('is an event with its envelope as it came, members of its own included', () => {
    const odd = { ...data, more: [1, null] };
    const found = parseSaid(JSON.stringify({ command: 'event', 'sub.id': 's', data: odd }));
    assert.ok(found.kind === 'event');
    assert.deepEqual(JSON.parse(found.event.data), odd);
    assert.deepEqual([found.event.uuid, found.event.event, found.event.dataId], ['u', 'patient_accept', null]);
  });

  it('names the form of a print002', () => {
    assert.equal(pushEvent({ ...data, event: 'print002', body: { Data_Id: 'd', Orca_Uid: 'o' } })?.dataId, 'd');
    assert.equal(pushEvent({ ...data, event: 'print001', body: { Data_Id: 'd' } })?.dataId, null);
  });

  it('is nothing to pass on without a uuid', () => {
    const { uuid: _, ...without } = data;
    assert.deepEqual(parseSaid(JSON.stringify({ command: 'event', data: without })), { kind: 'other' });
  });

  it('may be a refusal', () => {
    const said = parseSaid('{"command":"error","for":"subscribe","code":"INVALID_PARAMS","reason":"no"}');
    assert.deepEqual(said, { kind: 'error', code: 'INVALID_PARAMS', reason: 'no' });
  });
});

describe('what the gateway writes', () => {
  it('is one JSON object per event, whatever the ids and bodies are', () => {
    fc.assert(
      fc.property(fc.string(), fc.jsonValue(), (subId, body) => {
        const text = eventHead(subId) + eventTail(JSON.stringify({ uuid: 'u', body }));
        assert.deepEqual(
          JSON.parse(text),
          JSON.parse(JSON.stringify({ command: 'event', 'sub.id': subId, data: { uuid: 'u', body } })),
        );
      }),
    );
  });

  it('names session and group only where there are any', () => {
    assert.deepEqual(JSON.parse(subscribeText('r', '*', EVERYBODY)), {
      command: 'subscribe',
      'req.id': 'r',
      event: '*',
    });
    assert.deepEqual(JSON.parse(subscribeText('r', '*', { session: 's', group: 'g' })), {
      command: 'subscribe',
      'req.id': 'r',
      event: '*',
      session_id: 's',
      group_id: 'g',
    });
  });
});
