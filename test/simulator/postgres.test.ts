import { deepEqual, equal, match, notEqual, ok, rejects } from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connected } from '../../orca/hybrid/postgres-connection.ts';
import { raiseNumbers, readNumbers } from '../../orca/hybrid/postgres-numbers.ts';
import { restoreDump } from '../../orca/hybrid/postgres-restore.ts';
import { clinicDigest, dumpClinic } from '../../simulator/clinic/dump.ts';
import { restoreClinic } from '../../simulator/clinic/restore.ts';
import { placeOf } from '../../simulator/postgres/place.ts';
import type { Simulator } from '../../simulator/server.ts';
import { startPostgres, type PostgresServer } from '../support/postgres.ts';
import { at, CREDENTIALS, MORNING, post, simulator, stopAll } from './client.ts';
import { wholeVisit } from './flow.ts';
import { admin, cutOff, dumpOf, listOf, lockWaited, raiseWithin, urlOf } from './postgres-calls.ts';

const RECEPTION = { Request_Number: '01', Patient_ID: '3', Department_Code: '01', Physician_Code: '10001' };
const TODAY = '20260413';

describe('a clinic kept in PostgreSQL', function () {
  this.timeout(60_000);
  let server: PostgresServer;
  let databases = 0;
  let database = '';

  before(async () => {
    server = await startPostgres();
  });
  beforeEach(() => {
    database = `clinic${++databases}`;
  });
  afterEach(stopAll);
  after(() => server.stop());

  const kept = async (more: object = {}): Promise<Simulator> =>
    simulator({ postgres: urlOf(server, database), patients: 10, history: { days: 5, visitsPerDay: 3 }, ...more });
  const count = async (table: string): Promise<number> =>
    Number((await server.run(`select count(*) n from ${table}`, database))[0]?.['n']);

  it('makes the database where it is missing, and finds the same clinic there next time', async () => {
    const first = await kept({ seed: 5 });
    await wholeVisit(first);
    const digest = clinicDigest(first.clinic);
    await stopAll();
    const again = await kept({ seed: 6 });
    equal(clinicDigest(again.clinic), digest);
  });

  it('whatever was answered is in the database: receptions, visits, patients, diseases, deletions', async () => {
    const orca = await kept();
    const [visits, receptions] = [await count('tbl_jyurrk'), await count('tbl_uketuke')];
    const received = await post(orca, '/orca11/acceptmodv2', 'acceptreq', RECEPTION);
    equal(await count('tbl_uketuke'), receptions + 1);
    const visit = await wholeVisit(orca);
    equal(await count('tbl_jyurrk'), visits + 1);
    const slip = Number(at(visit.record, 'Invoice_Number'));
    const [row] = await server.run(`select seikyu, nyukin from tbl_jyurrk where denpnum = ${slip}`, database);
    ok(Number(row?.['nyukin']) > 0);
    const cancel = { Request_Number: '02', Patient_ID: '3', Acceptance_Id: at(received.record, 'Acceptance_Id') };
    equal(at((await post(orca, '/orca11/acceptmodv2', 'acceptreq', cancel)).record, 'Api_Result'), '00');
    equal(await count('tbl_uketuke'), receptions);
    await post(orca, '/orca22/diseasev3', 'diseasereq', {
      Patient_ID: '3',
      Perform_Date: '2026-04-13',
      Diagnosis_Information: { Department_Code: '01' },
      Disease_Information: [{ Disease_Code: '8841239', Disease_StartDate: '2026-04-13' }],
    });
    equal((await server.run(`select 1 from tbl_ptbyomei where code = '8841239' and ptid = 3`, database)).length, 1);
  });

  it('keeps the management numbers where WebORCA’s own database has them', async () => {
    const orca = await kept();
    const client = await connected(placeOf(urlOf(server, database)));
    try {
      deepEqual(await readNumbers(client, 1, TODAY), orca.clinic.counters.all());
      await wholeVisit(orca);
      deepEqual(await readNumbers(client, 1, TODAY), orca.clinic.counters.all());
    } finally {
      await client.end();
    }
  });

  it('draws the next number behind one that was raised in the database', async () => {
    const orca = await kept();
    const client = await connected(placeOf(urlOf(server, database)));
    try {
      await raiseNumbers(client, 1, TODAY, { outpatientSlip: 7000, patientSerial: 900 });
      equal(at((await wholeVisit(orca)).record, 'Invoice_Number'), '0007001');
      const raised: unknown = await (await admin(orca, 'GET', '/numbers')).json();
      deepEqual(raised, { outpatientSlip: 7001, inpatientSlip: 0, patientSerial: 900 });
      await post(orca, '/orca12/patientmodv2?class=01', 'patientmodreq', {
        Patient_ID: '*',
        WholeName: '新規　太郎',
        WholeName_inKana: 'シンキ　タロウ',
        BirthDate: '1980-02-03',
        Sex: '1',
      });
      equal(orca.clinic.patients.bySerial(901)?.name, '新規　太郎');
      equal((await readNumbers(client, 1, TODAY)).patientSerial, 901);
      await admin(orca, 'PUT', '/numbers', { outpatientSlip: 8000 });
      equal((await readNumbers(client, 1, TODAY)).outpatientSlip, 8000);
    } finally {
      await client.end();
    }
  });

  it('gives no number out twice while somebody raises them', async () => {
    const orca = await kept();
    const client = await connected(placeOf(urlOf(server, database)));
    try {
      await client.query('begin');
      await raiseWithin(client);
      const visit = wholeVisit(orca);
      await lockWaited(server, database);
      await client.query('commit');
      equal(at((await visit).record, 'Invoice_Number'), '0005001');
    } finally {
      await client.end();
    }
  });

  it('is dumped by pg_dump and restored by pg_restore, here and in a simulator without a database', async () => {
    const orca = await kept({ seed: 3 });
    await wholeVisit(orca);
    const digest = clinicDigest(orca.clinic);
    const dump = await dumpOf(orca);
    const listed = await listOf(dump);
    match(listed, /Dumped by pg_dump version: \d+/);
    match(listed, /CONSTRAINT public tbl_jyurrk/);
    const plain = await simulator({ seed: 9 });
    await restoreClinic(plain.clinic, dump);
    equal(clinicDigest(plain.clinic), digest);
    await wholeVisit(orca);
    notEqual(clinicDigest(orca.clinic), digest);
    equal((await admin(orca, 'POST', '/restore', dump)).status, 200);
    equal(clinicDigest(orca.clinic), digest);
    await wholeVisit(orca);
    equal(await count('tbl_jyurrk'), orca.clinic.db.prepare('select 1 from tbl_jyurrk').all().length);
  });

  it('takes in the dump of a simulator without a database, with the characters replaced where that is asked for', async () => {
    const plain = await simulator({ seed: 4, patients: 6 });
    plain.clinic.db.prepare(`update tbl_ptinf set name = '髙見本　一郎' where ptid = 1`).run();
    const orca = await kept();
    await admin(orca, 'PUT', '/conditions', { isRewriting: true });
    const answer = await admin(orca, 'POST', '/restore', await dumpClinic(plain.clinic, MORNING));
    equal(answer.status, 200, await answer.text());
    equal(orca.clinic.patients.bySerial(1)?.name, '高見本　一郎');
    equal(await count('tbl_ptinf'), 6);
  });

  it('a dump that is broken, of something else, or newer leaves all as it was', async () => {
    const orca = await kept();
    const digest = clinicDigest(orca.clinic);
    const dump = await dumpOf(orca);
    const refusal = async (body: Buffer): Promise<string> => {
      const answer = await admin(orca, 'POST', '/restore', body);
      equal(answer.status, 400);
      return answer.text();
    };
    await refusal(dump.subarray(0, dump.length - 3000));
    await refusal(Buffer.from('no dump'));
    const newer = await simulator();
    newer.clinic.db.exec(`update tbl_dbkanri set version = '059900-1'`);
    match(await refusal(await dumpClinic(newer.clinic, MORNING)), /newer/);
    equal(clinicDigest(orca.clinic), digest);
    equal(at((await post(orca, '/orca11/acceptmodv2', 'acceptreq', RECEPTION)).record, 'Api_Result'), 'K1');
  });

  it('sees what somebody else restored into the database', async () => {
    const orca = await kept({ seed: 3 });
    const digest = clinicDigest(orca.clinic);
    const dump = await dumpOf(orca);
    await wholeVisit(orca);
    const folder = await mkdtemp(join(tmpdir(), 'simulator-dump-'));
    try {
      await writeFile(join(folder, 'latest.dump'), dump);
      const shelf = { connection: placeOf(urlOf(server, database)), folder, binaries: null };
      const whole = { id: 'latest.dump', name: 'latest.dump', madeAt: MORNING, bytes: null, sha256: null };
      await restoreDump(shelf, whole, {});
    } finally {
      await rm(folder, { recursive: true });
    }
    equal(
      at((await post(orca, '/api01rv2/visitptlstv2', 'visitptlstreq', { Request_Number: '01' })).record, 'Api_Result'),
      '13',
    );
    equal(clinicDigest(orca.clinic), digest);
  });

  it('answers 502 while the database is out of reach, and goes on from what is in it afterwards', async () => {
    const orca = await kept();
    const digest = clinicDigest(orca.clinic);
    await server.run(`alter database ${database} with allow_connections false`, 'postgres');
    await cutOff(server, database);
    const headers = { authorization: CREDENTIALS };
    const url = `${orca.url}/api/orca11/acceptmodv2?format=json`;
    const refused = await fetch(url, { method: 'POST', headers, body: JSON.stringify({ acceptreq: RECEPTION }) });
    equal(refused.status, 502);
    await server.run(`alter database ${database} with allow_connections true`, 'postgres');
    equal(at((await post(orca, '/api01rv2/acceptlstv2?class=01', 'acceptlstreq', {})).record, 'Api_Result'), '21');
    equal(clinicDigest(orca.clinic), digest);
    equal(at((await post(orca, '/orca11/acceptmodv2', 'acceptreq', RECEPTION)).record, 'Api_Result'), 'K1');
    equal(await count('tbl_uketuke'), 1);
  });

  it('touches no database that holds something else, and none that another simulator uses', async () => {
    await server.run(`create database ${database}`, 'postgres');
    await server.run('create table tbl_ptinf (ptid bigint)', database);
    await rejects(kept(), /holds something else/);
    database = `clinic${++databases}`;
    await kept();
    await rejects(kept(), /another simulator/);
  });

  it('is asked for by a URL that names a database', async () => {
    await rejects(simulator({ postgres: 'localhost' }), /--postgres: expected/);
  });
});
