import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseConfig } from '../../config.ts';
import { openLog } from '../../log.ts';
import { start } from '../../main.ts';
import type { Running } from '../../main.ts';
import { startSimulator } from '../../simulator/server.ts';
import type { Simulator } from '../../simulator/server.ts';
import { folder, removeFolders } from '../state/folder.ts';
import { Lines } from './lines.ts';

const PATIENT = '00001';
const SECRETS = [
  PATIENT,
  'emr-password',
  'env-password',
  'operator-password',
  'wrong-password',
  'seen by sato',
  'Basic ',
];
const WRITE =
  '<data><acceptreq type="record"><Patient_ID type="string">00001</Patient_ID><Department_Code type="string">01</Department_Code>' +
  '<Physician_Code type="string">10001</Physician_Code></acceptreq></data>';

describe('the log of a day', () => {
  let simulators: Simulator[];
  let running: Running;
  let lines: Lines;
  let accessFile: string;

  before(async () => {
    const operators = [{ user: 'env-user', password: 'env-password' }];
    const environment = { patients: 5, history: { days: 1, visitsPerDay: 1 }, operators };
    simulators = [await startSimulator(environment), await startSimulator(environment)];
    const dir = folder();
    accessFile = join(dir, 'access.log');
    const [operational, cloud] = simulators.map(({ url }) => `url: "${url}", user: env-user, password: env-password`);
    const config = parseConfig(
      `
state: { dir: ${JSON.stringify(dir)}, initial: normal }
gateway: { listen: "127.0.0.1:0" }
control: { listen: "127.0.0.1:0" }
health: { every: 0 }
switch: { dwell: 0, drain: 200ms }
environments:
  operational: { kind: cloud, ${operational}, deadlines: { firstByte: 300ms } }
  cloudEmergency: { kind: cloud, ${cloud} }
partners: [{ name: emr, basic: { user: emr, password: emr-password } }]
log: { level: trace, format: json, access: { file: ${JSON.stringify(accessFile)} } }
`,
      { directory: dir, env: {} },
    );
    lines = new Lines();
    running = await start(config, openLog(config.log, lines));
  });
  after(async () => {
    await running.stop();
    for (const simulator of simulators) await simulator.close();
    removeFolders();
  });

  function partner(
    path: string,
    { body, password = 'emr-password', id }: { body?: string; password?: string; id?: string } = {},
  ) {
    const { port } = running.gateway.addresses[0]!;
    return fetch(`http://127.0.0.1:${port}${path}`, {
      method: body === undefined ? 'GET' : 'POST',
      headers: {
        authorization: `Basic ${Buffer.from(`emr:${password}`).toString('base64')}`,
        ...(body !== undefined && { 'content-type': 'application/xml' }),
        ...(id !== undefined && { 'x-request-id': id }),
      },
      ...(body !== undefined && { body }),
    });
  }

  async function control(method: string, path: string, body?: object, token = running.control.token) {
    const answer = await fetch(new URL(path, running.control.address.url), {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    return { status: answer.status, json: (await answer.json()) as Record<string, unknown> };
  }

  it('names no patient and no credentials, whatever happens', async () => {
    const read = `/api/api01rv2/patientgetv2?id=${PATIENT}&format=json`;
    assert.equal((await partner(read)).status, 200);
    assert.equal((await partner(read, { password: 'wrong-password' })).status, 401);
    assert.equal((await partner('/api/orca11/acceptmodv2?class=01', { body: WRITE })).status, 200);
    assert.equal((await partner(`/nowhere?id=${PATIENT}`)).status, 404);
    assert.equal((await partner('/api/orca11/acceptmodv2?class=01', { body: WRITE.slice(0, 60) })).status < 500, true);

    simulators[0]!.faults.add({ kind: 'hang', path: '/api/orca11/acceptmodv2' });
    const unknown = await partner('/api/orca11/acceptmodv2?class=01', { body: WRITE });
    assert.equal(unknown.headers.get('x-hybrid-error'), 'first-byte-timeout');
    const listed = await control('GET', '/api/outcomes');
    const [outcome] = listed.json['outcomes'] as { id: string; patient: string }[];
    assert.equal(outcome?.patient, PATIENT);
    const note = `患者 ${PATIENT} seen by sato`;
    assert.equal((await control('POST', `/api/outcomes/${outcome.id}`, { note })).status, 200);

    const to = { to: 'emergency', expectedEpoch: 1, reason: `患者 ${PATIENT} の受付中に障害` };
    assert.equal((await control('POST', '/api/mode', to)).status, 200);
    assert.equal((await control('POST', '/api/mode', to)).status, 409);
    assert.equal((await control('POST', '/api/mode', { ...to, token: PATIENT })).status, 400);
    const operator = { name: 'sato', role: 'operator', password: 'operator-password' };
    assert.equal((await control('POST', '/api/operators', operator)).status, 200);
    const { role: _, ...login } = operator;
    assert.equal((await control('POST', '/api/session', login)).status, 200);
    assert.equal((await control('POST', '/api/session', { ...login, password: 'wrong-password' })).status, 401);
    assert.equal((await control('GET', `/api/audit?limit=${PATIENT}x`)).status, 400);

    const { token } = running.control;
    for (const secret of [...SECRETS, token]) {
      assert.ok(!lines.text.includes(secret), `${secret} in ${lineWith(lines.text, secret)}`);
    }
    assert.ok(lines.of('refused').length >= 2);
    assert.ok(lines.of('the mode was changed').length === 1);
  }).timeout(20_000);

  it('carries the request id of a partner into the answer, the log and the access log; another one is made up', async () => {
    const id = 'emr.2026-04-13_0001';
    const answer = await partner(`/api/api01rv2/patientgetv2?id=${PATIENT}`, { id });
    assert.equal(answer.headers.get('x-request-id'), id);
    const refused = await partner('/api/api01rv2/patientgetv2', { id, password: 'wrong-password' });
    assert.equal(refused.headers.get('x-request-id'), id);
    assert.equal(lines.of('refused').at(-1)?.['requestId'], id);
    for (const bad of ['x'.repeat(65), 'a b', 'a/b']) {
      const other = await partner('/api/api01rv2/patientgetv2', { id: bad });
      assert.notEqual(other.headers.get('x-request-id'), bad);
    }
  });

  it('of every request has a line in the access log: who, what, where, how, with the same keys, and no query', async () => {
    const id = 'looked-for';
    await partner(`/api/api01rv2/patientgetv2?id=${PATIENT}`, { id });
    const found = (): string | undefined =>
      readFileSync(accessFile, 'utf8')
        .split('\n')
        .find((line) => line.includes(id));
    while (found() === undefined) await new Promise(setImmediate);
    const line: Record<string, unknown> = JSON.parse(found() ?? '');
    const { time, ms, ...rest } = line;
    assert.ok(typeof time === 'string' && typeof ms === 'number');
    assert.deepEqual(rest, {
      requestId: id,
      partner: 'emr',
      method: 'GET',
      path: '/api/api01rv2/patientgetv2',
      effect: 'read',
      environment: 'cloudEmergency',
      status: 200,
      code: null,
      epoch: 2,
    });
    assert.doesNotMatch(readFileSync(accessFile, 'utf8'), /00001|password/);
  });

  it('two writes that a partner calls the same are two in the journal', async () => {
    const send = () => partner('/api/orca11/acceptmodv2?class=01', { body: WRITE, id: 'the-same' });
    await Promise.all([send(), send(), send()]);
    assert.equal((await control('GET', '/api/outcomes')).json['outcomes']?.toString(), '');
  });
});

function lineWith(text: string, secret: string): string {
  return text.split('\n').find((line) => line.includes(secret)) ?? '';
}
