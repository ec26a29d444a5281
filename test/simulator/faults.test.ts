import { deepEqual, equal, match, ok, rejects } from 'node:assert/strict';
import { once } from 'node:events';
import { request as httpsRequest } from 'node:https';
import { connect } from 'node:net';
import type { Simulator } from '../../simulator/server.ts';
import { issueCertificate } from '../../simulator/certificate.ts';
import { at, CREDENTIALS, get, head, post, raw, simulator, stopAll } from './client.ts';

const PATIENT = '/api01rv2/patientgetv2?id=1';
const RECEPTION = { Request_Number: '01', Patient_ID: '3', Department_Code: '01', Physician_Code: '10001' };

async function admin(
  orca: Simulator,
  method: string,
  path: string,
  body?: object,
): Promise<{ status: number; value: unknown }> {
  const response = await fetch(`${orca.url}/simulator${path}`, {
    method,
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
  return { status: response.status, value: await response.json() };
}

describe('faults on demand', () => {
  afterEach(stopAll);

  it('slow keeps an answer back for so long', async () => {
    const orca = await simulator();
    orca.faults.add({ kind: 'slow', latencyMs: 120, count: 1 });
    const started = performance.now();
    await get(orca, PATIENT);
    ok(performance.now() - started >= 115);
    equal(orca.faults.list()[0]?.struck, 1);
  });

  it('hang takes the request and never answers', async () => {
    const orca = await simulator();
    orca.faults.add({ kind: 'hang', path: '/api/api01rv2/patientgetv2' });
    await rejects(
      fetch(`${orca.url}/api${PATIENT}`, { headers: { authorization: CREDENTIALS }, signal: AbortSignal.timeout(100) }),
    );
    equal(orca.arrivals.last?.status, null);
    equal((await post(orca, '/api01rv2/acceptlstv2?class=01', 'acceptlstreq', {})).status, 200);
  });

  it('reset breaks the connection with RST, before the call or after it was carried out', async () => {
    const orca = await simulator();
    const codeOfReset = async (): Promise<string> => {
      const body = JSON.stringify({ acceptreq: RECEPTION });
      const error: unknown = await raw(
        orca.port,
        head('POST', '/api/orca11/acceptmodv2?format=json', `Content-Length: ${body.length}`) + body,
      ).catch((reason: unknown) => reason);
      return error instanceof Error && 'code' in error ? String(error.code) : 'no error';
    };
    const before = orca.faults.add({ kind: 'reset' });
    equal(await codeOfReset(), 'ECONNRESET');
    equal(orca.clinic.receptions.ofDay('2026-04-13').length, 0);
    orca.faults.remove(before);
    orca.faults.add({ kind: 'reset', moment: 'answer' });
    equal(await codeOfReset(), 'ECONNRESET');
    equal(orca.clinic.receptions.ofDay('2026-04-13').length, 1);
  });

  it('truncate breaks off in the middle of the body', async () => {
    const orca = await simulator();
    orca.faults.add({ kind: 'truncate', count: 2 });
    const chunked = await raw(orca.port, head('GET', `/api${PATIENT}`));
    match(chunked, /<patientinfores/);
    ok(!chunked.includes('</xmlio2>'));
    ok(!chunked.endsWith('0\r\n\r\n'));
    const measured = await raw(orca.port, head('GET', '/api/api01rv2/patientgetv2?id=99999'));
    ok(measured.includes('Content-Length'));
    ok(!measured.includes('</xmlio2>'));
    match(await raw(orca.port, head('GET', `/api${PATIENT}`)), /<\/xmlio2>/);
  });

  it('bad-gateway answers 502 with nothing but a date', async () => {
    const orca = await simulator();
    orca.faults.add({ kind: 'bad-gateway' });
    match(
      await raw(orca.port, head('GET', `/api${PATIENT}`)),
      /^HTTP\/1\.1 502 Bad Gateway\r\nDate: [^\r]+\r\nContent-Length: 0\r\nConnection: close\r\n\r\n$/,
    );
  });

  it('hybridmode tells another mode, or none', async () => {
    const orca = await simulator();
    orca.faults.add({ kind: 'hybridmode', value: 'recovery-fa', count: 1 });
    equal((await get(orca, PATIENT)).headers.get('x-hybridmode'), 'recovery-fa');
    equal((await get(orca, PATIENT)).headers.get('x-hybridmode'), 'normal');
    orca.faults.add({ kind: 'hybridmode', value: '' });
    equal((await get(orca, PATIENT)).headers.get('x-hybridmode'), null);
  });

  it('refuse closes the port until it is removed, and cuts what was open', async () => {
    const orca = await simulator();
    const open = connect(orca.port, '127.0.0.1');
    await once(open, 'connect');
    open.on('error', () => undefined);
    const cut = once(open, 'close');
    const id = orca.faults.add({ kind: 'refuse' });
    await cut;
    await rejects(raw(orca.port, head('GET', `/api${PATIENT}`)), { code: 'ECONNREFUSED' });
    orca.faults.remove(id);
    match(await raw(orca.port, head('GET', `/api${PATIENT}`)), /^HTTP\/1\.1 200 /);
  });

  it('refuse can end by itself, and a simulator that is closed meanwhile stays closed', async () => {
    const orca = await simulator();
    orca.faults.add({ kind: 'refuse', durationMs: 30 });
    await rejects(raw(orca.port, head('GET', `/api${PATIENT}`)), { code: 'ECONNREFUSED' });
    let answer = '';
    for (const end = Date.now() + 5000; answer === '' && Date.now() < end;) {
      answer = await raw(orca.port, head('GET', `/api${PATIENT}`)).catch(() => '');
    }
    match(answer, /^HTTP\/1\.1 200 /);
    orca.faults.add({ kind: 'refuse' });
    await stopAll();
    await rejects(raw(orca.port, head('GET', `/api${PATIENT}`)), { code: 'ECONNREFUSED' });
  });

  it('strikes only what matches: by path, method, after so many, so often, with a probability', async () => {
    const orca = await simulator();
    orca.faults.add({ kind: 'bad-gateway', path: '/api/orca11', method: 'POST', skip: 1, count: 1 });
    const statusOf = async (path: string): Promise<number> =>
      (await fetch(`${orca.url}${path}`, { method: 'POST', headers: { authorization: CREDENTIALS } })).status;
    const seen = [await statusOf('/api/api01rv2/acceptlstv2')];
    for (let time = 0; time < 3; time++) seen.push(await statusOf('/api/orca11/acceptmodv2'));
    deepEqual(seen, [200, 200, 502, 200]);
    orca.faults.clear();
    orca.faults.add({ kind: 'bad-gateway', probability: 0.5 });
    const drawn: number[] = [];
    for (let time = 0; time < 40; time++) drawn.push(await statusOf('/api/orca11/acceptmodv2'));
    ok(drawn.includes(200) && drawn.includes(502));
  });

  it('a skewed clock shows in answers, another version in systeminfv2', async () => {
    const orca = await simulator();
    const clock = orca.faults.add({ kind: 'clock', skewMs: 3_600_000 });
    equal(at((await get(orca, PATIENT)).record, 'Information_Time'), '10:30:00');
    orca.faults.remove(clock);
    orca.faults.add({ kind: 'version', version: '050300-2' });
    const told = await post(orca, '/api01rv2/systeminfv2', 'private_objects', {
      Request_Date: '2026-04-13',
      Request_Time: '09:29:00',
    });
    equal(at(told.record, 'Jma_Receipt_Version'), '050300-2');
    equal(at(told.record, 'Information_Time'), '09:30:00');
  });
});

describe('the administration of a simulator', () => {
  afterEach(stopAll);

  it('takes faults, tells them, and removes them', async () => {
    const orca = await simulator();
    const added = await admin(orca, 'POST', '/faults', { kind: 'bad-gateway', path: '/api/api01rv2' });
    deepEqual(added, { status: 200, value: { id: 1 } });
    equal((await fetch(`${orca.url}/api${PATIENT}`, { headers: { authorization: CREDENTIALS } })).status, 502);
    equal((await admin(orca, 'DELETE', '/faults/1')).status, 200);
    equal((await admin(orca, 'DELETE', '/faults/1')).status, 404);
    equal((await get(orca, PATIENT)).status, 200);
  });

  it('says what is wrong with a fault that it does not know', async () => {
    const orca = await simulator();
    equal((await admin(orca, 'POST', '/faults', { kind: 'earthquake' })).status, 400);
    equal((await admin(orca, 'POST', '/faults', { kind: 'slow' })).status, 400);
    equal((await admin(orca, 'POST', '/faults', { kind: 'lock', patient: '99999' })).status, 400);
    equal((await admin(orca, 'GET', '/nothing')).status, 404);
  });

  it('tells arrivals, the clinic in numbers, and sets mode and counters', async () => {
    const orca = await simulator();
    await get(orca, PATIENT);
    const arrivals = (await admin(orca, 'GET', '/arrivals')).value;
    ok(Array.isArray(arrivals) && arrivals.length === 1);
    match(JSON.stringify((await admin(orca, 'GET', '/clinic')).value), /"patients":40/);
    await admin(orca, 'PUT', '/hybridmode', { value: 'emergency' });
    equal((await get(orca, PATIENT)).headers.get('x-hybridmode'), 'emergency');
    await admin(orca, 'PUT', '/conditions', { restoreMs: 5 });
    equal(orca.conditions.restoreMs, 5);
    await admin(orca, 'PUT', '/numbers', { outpatientSlip: 20_000 });
    equal(orca.clinic.counters.next('outpatientSlip'), 20_001);
  });

  it('closes the port for good only where it has another one to come back by', async () => {
    const orca = await simulator({ adminListen: { port: 0 } });
    equal((await admin(orca, 'POST', '/faults', { kind: 'refuse' })).status, 400);
    const own = `http://127.0.0.1:${orca.adminPort}/simulator/faults`;
    equal((await fetch(own, { method: 'POST', body: JSON.stringify({ kind: 'refuse' }) })).status, 200);
    await rejects(raw(orca.port, head('GET', `/api${PATIENT}`)), { code: 'ECONNREFUSED' });
    equal((await fetch(own, { method: 'DELETE' })).status, 200);
    match(await raw(orca.port, head('GET', `/api${PATIENT}`)), /^HTTP\/1\.1 200 /);
  });

  it('does not listen to a page in a browser', async () => {
    const orca = await simulator();
    const response = await fetch(`${orca.url}/simulator/faults`, {
      method: 'DELETE',
      headers: { origin: 'http://elsewhere' },
    });
    equal(response.status, 403);
  });
});

describe('TLS of the simulated WebORCA', () => {
  afterEach(stopAll);
  const authority = issueCertificate({ commonName: 'Rehearsal CA', isAuthority: true });
  const server = issueCertificate({ commonName: 'localhost', names: ['localhost', '127.0.0.1'], issuer: authority });
  const client = issueCertificate({ commonName: 'clinic-0001', issuer: authority });
  const tls = { key: server.key, cert: server.cert, ca: authority.cert };

  async function ask(orca: Simulator, certificate: { cert: string; key: string } | null): Promise<number> {
    const options = { ca: authority.cert, headers: { authorization: CREDENTIALS }, agent: false, ...certificate };
    return new Promise((resolve, reject) => {
      httpsRequest(`${orca.url}/api${PATIENT}`, options, (response) => {
        response.resume();
        resolve(response.statusCode ?? 0);
      })
        .on('error', reject)
        .end();
    });
  }

  it('asks for a client certificate and refuses the handshake without one', async () => {
    const orca = await simulator({ tls: { ...tls, requestClientCertificate: 'required' } });
    equal(await ask(orca, client), 200);
    equal(orca.arrivals.last?.certificate, 'clinic-0001');
    await rejects(ask(orca, null));
    const stranger = issueCertificate({ commonName: 'stranger' });
    await rejects(ask(orca, stranger));
  });

  it('takes whoever comes where a client certificate is only asked for', async () => {
    const orca = await simulator({ tls: { ...tls, requestClientCertificate: 'optional' } });
    equal(await ask(orca, null), 200);
    equal(await ask(orca, client), 200);
  });

  it('shows an expired certificate on demand', async () => {
    const orca = await simulator({ tls });
    const day = 24 * 3600 * 1000;
    equal(await ask(orca, null), 200);
    const past = { notBefore: new Date(Date.now() - 9 * day), notAfter: new Date(Date.now() - day) };
    const expired = issueCertificate({ commonName: 'localhost', names: ['127.0.0.1'], issuer: authority, ...past });
    await stopAll();
    const again = await simulator({ tls: { ...tls, expired } });
    const id = again.faults.add({ kind: 'certificate' });
    await rejects(ask(again, null), { code: 'CERT_HAS_EXPIRED' });
    again.faults.remove(id);
    equal(await ask(again, null), 200);
  });

  it('resets what is inside TLS with an RST of the connection', async () => {
    const orca = await simulator({ tls });
    orca.faults.add({ kind: 'reset' });
    await rejects(ask(orca, null), { code: 'ECONNRESET' });
  });
});
