import assert from 'node:assert/strict';
import { clinicTime, momentOf } from '../../../gateway/push/clock.ts';
import { listingText, parseListing } from '../../../gateway/push/listing.ts';

const asked = (more: object): Buffer => Buffer.from(JSON.stringify({ pusheventgetv2req: more }));

describe('pusheventgetv2 as the gateway answers it', () => {
  it('takes everything where nothing is narrowed', () => {
    assert.deepEqual(parseListing(asked({})), {
      kind: 'wanted',
      wanted: { event: '', user: '', from: '0000-00-00 00:00:00', to: '9999-99-99 23:59:59' },
    });
  });

  it('takes days as whole days, and minutes as whole minutes', () => {
    const found = parseListing(asked({ event: 'patient_accept', start_time: '2026-04-13', end_time: '2026-04-13' }));
    assert.ok(found.kind === 'wanted');
    assert.deepEqual([found.wanted.from, found.wanted.to], ['2026-04-13 00:00:00', '2026-04-13 23:59:59']);
    const minutes = parseListing(asked({ start_time: '2026-04-13 09:01', end_time: '2026-04-13 09:01' }));
    assert.ok(minutes.kind === 'wanted');
    assert.deepEqual([minutes.wanted.from, minutes.wanted.to], ['2026-04-13 09:01:00', '2026-04-13 09:01:59']);
  });

  for (const [code, more] of [
    ['0001', { event: '受付' }],
    ['0002', { user: '医師' }],
    ['0003', { start_time: '2026-02-30' }],
    ['0004', { start_time: '2026-02-28 24:00' }],
    ['0005', { end_time: 'today' }],
    ['0006', { end_time: '2026-02-28 9:00' }],
    ['0008', { start_time: '2026-04-14', end_time: '2026-04-13' }],
  ] as const) {
    it(`refuses with ${code}: ${JSON.stringify(more)}`, () => {
      const found = parseListing(asked(more));
      assert.ok(found.kind === 'refused');
      assert.equal(JSON.parse(found.text)[0].error.code, code);
    });
  }

  it('refuses what is no request', () => {
    for (const body of [null, Buffer.from(''), Buffer.from('{}'), Buffer.from('<data/>')]) {
      const found = parseListing(body);
      assert.ok(found.kind === 'refused');
      assert.equal(JSON.parse(found.text)[0].error.code, '0097');
    }
  });

  it('answers a bare array, or 0007 where there is none', () => {
    assert.equal(listingText(['{"uuid":"a"}', '{"uuid":"b"}']), '[{"data":{"uuid":"a"}},{"data":{"uuid":"b"}}]\n');
    assert.equal(JSON.parse(listingText([]))[0].error.code, '0007');
  });
});

describe('the clinic’s clock', () => {
  it('is nine hours before UTC', () => {
    assert.equal(clinicTime(Date.UTC(2026, 3, 12, 15, 0, 1)), '2026-04-13 00:00:01');
  });

  it('is read with and without a zone', () => {
    const at = Date.UTC(2026, 3, 13, 0, 30, 5);
    for (const text of ['2026-04-13T09:30:05+0900', '2026-04-13 09:30:05+09:00', '2026-04-13T09:30:05'])
      assert.equal(momentOf(text), at, text);
    assert.equal(momentOf('2026-04-13T01:30:05+0100'), at);
    assert.equal(momentOf('yesterday'), null);
    assert.equal(momentOf('2026-19-39T09:30:05+0900'), null);
  });
});
