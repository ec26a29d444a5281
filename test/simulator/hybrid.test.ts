import { deepEqual, equal, ok } from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { clinicDigest, dumpClinic } from '../../simulator/clinic/dump.ts';
import { MORNING, simulator, stopAll } from './client.ts';
import { hybrid, value } from './hybrid-calls.ts';

describe('the calls that we assume of a hybrid service', () => {
  afterEach(stopAll);

  it('read the management numbers and raise them, but never lower', async () => {
    const orca = await simulator();
    const { outpatientSlip } = orca.clinic.counters.all();
    const raised = await value(await hybrid(orca, 'POST', '/numbers', { outpatientSlip: 5000, patientSerial: 3 }));
    const after = { outpatientSlip: 5000, inpatientSlip: 0, patientSerial: 40 };
    deepEqual(raised, { before: { ...after, outpatientSlip }, after });
    ok(outpatientSlip < 5000);
    deepEqual(await value(await hybrid(orca, 'GET', '/numbers')), after);
    equal((await hybrid(orca, 'POST', '/numbers', { slip: 1 })).status, 400);
    equal((await fetch(`${orca.url}/api/hybrid/numbers`)).status, 401);
  });

  it('take a dump, list it, and give it whole or in ranges', async () => {
    const orca = await simulator();
    const taken = await value(await hybrid(orca, 'POST', '/dumps'));
    const whole = await hybrid(orca, 'GET', `/dumps/${String(taken['id'])}`);
    const bytes = Buffer.from(await whole.arrayBuffer());
    equal(whole.headers.get('content-length'), String(taken['bytes']));
    equal(createHash('sha256').update(bytes).digest('hex'), taken['sha256']);
    const piece = await hybrid(orca, 'GET', `/dumps/${String(taken['id'])}`, undefined, { range: 'bytes=100-199' });
    equal(piece.status, 206);
    equal(piece.headers.get('content-range'), `bytes 100-199/${bytes.length}`);
    deepEqual(Buffer.from(await piece.arrayBuffer()), bytes.subarray(100, 200));
    equal(
      (await hybrid(orca, 'GET', `/dumps/${String(taken['id'])}`, undefined, { range: 'bytes=99999999-' })).status,
      416,
    );
    equal((await hybrid(orca, 'GET', '/dumps/none')).status, 404);
  });

  it('give the whole dump where what was begun is another one', async () => {
    const orca = await simulator();
    const { id, bytes, sha256 } = await value(await hybrid(orca, 'POST', '/dumps'));
    const range = async (condition: string): Promise<Response> =>
      hybrid(orca, 'GET', `/dumps/${String(id)}`, undefined, { range: 'bytes=100-', 'if-range': condition });
    equal((await range(`"${String(sha256)}"`)).status, 206);
    const whole = await range('"another"');
    equal(whole.status, 200);
    equal((await whole.arrayBuffer()).byteLength, bytes);
  });

  it('take nothing of a part that is not what its Content-Digest says', async () => {
    const orca = await simulator();
    const bytes = Buffer.from('PGDMP but no more');
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    const begun = await value(await hybrid(orca, 'POST', '/uploads', { name: 'x', bytes: bytes.length, sha256 }));
    const put = async (piece: Buffer, of: Buffer): Promise<Response> => {
      const digest = createHash('sha256').update(of).digest('base64');
      const headers = { 'content-digest': `sha-256=:${digest}:` };
      return hybrid(orca, 'PUT', `/uploads/${String(begun['upload'])}?offset=0`, piece, headers);
    };
    const refused = await put(bytes.subarray(0, 9), bytes.subarray(0, 10));
    equal(refused.status, 422);
    const { code, received } = await value(refused);
    deepEqual({ code, received }, { code: 'DIGEST', received: 0 });
    equal((await value(await put(bytes.subarray(0, 10), bytes.subarray(0, 10))))['received'], 10);
  });

  it('take an upload in parts, say where to go on, and restore it with progress', async () => {
    const one = await simulator({ seed: 1 });
    const other = await simulator({ seed: 2 });
    const dump = await dumpClinic(one.clinic, MORNING);
    const sha256 = createHash('sha256').update(dump).digest('hex');
    const { upload } = await value(
      await hybrid(other, 'POST', '/uploads', { name: 'latest.dump', bytes: dump.length, sha256 }),
    );
    const target = `/uploads/${String(upload)}`;
    equal((await value(await hybrid(other, 'PUT', `${target}?offset=0`, dump.subarray(0, 1000))))['received'], 1000);
    const wrong = await hybrid(other, 'PUT', `${target}?offset=0`, dump.subarray(0, 1000));
    equal(wrong.status, 409);
    equal((await value(wrong))['received'], 1000);
    const done = await value(await hybrid(other, 'PUT', `${target}?offset=1000`, dump.subarray(1000)));
    const id = Reflect.get(Object(done['dump']), 'id');
    other.conditions.restoreMs = 40;
    const begun = await value(await hybrid(other, 'POST', '/restores', { dump: id }));
    equal(begun['state'], 'running');
    const seen: unknown[] = [];
    let state = begun;
    for (const end = Date.now() + 5000; state['state'] === 'running' && Date.now() < end; await wait(5)) {
      state = await value(await hybrid(other, 'GET', `/restores/${String(begun['restore'])}`));
      seen.push(state['percent']);
    }
    equal(state['state'], 'done');
    ok(seen.length > 1);
    equal(clinicDigest(one.clinic), clinicDigest(other.clinic));
  });

  it('refuse an upload that is not what was announced, and say why a restore failed', async () => {
    const orca = await simulator();
    const bytes = Buffer.from('PGDMP but no more');
    const { upload } = await value(
      await hybrid(orca, 'POST', '/uploads', { name: 'x', bytes: bytes.length, sha256: '0'.repeat(64) }),
    );
    equal((await hybrid(orca, 'PUT', `/uploads/${String(upload)}?offset=0`, bytes)).status, 422);
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    const again = await value(await hybrid(orca, 'POST', '/uploads', { name: 'x', bytes: bytes.length, sha256 }));
    const done = await value(await hybrid(orca, 'PUT', `/uploads/${String(again['upload'])}?offset=0`, bytes));
    const begun = await value(
      await hybrid(orca, 'POST', '/restores', { dump: Reflect.get(Object(done['dump']), 'id') }),
    );
    let state = begun;
    for (const end = Date.now() + 5000; state['state'] === 'running' && Date.now() < end; await wait(5)) {
      state = await value(await hybrid(orca, 'GET', `/restores/${String(begun['restore'])}`));
    }
    equal(state['state'], 'failed');
  });

  it('announce a mode, which X-Hybridmode says from then on', async () => {
    const orca = await simulator();
    equal(
      (await hybrid(orca, 'PUT', '/mode', { hybridmode: 'emergency-fa' })).headers.get('x-hybridmode'),
      'emergency-fa',
    );
    equal((await hybrid(orca, 'PUT', '/mode', { hybridmode: 'holiday' })).status, 400);
    orca.conditions.isHybridOffered = false;
    equal((await hybrid(orca, 'GET', '/mode')).status, 404);
  });
});
