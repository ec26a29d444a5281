import { deepEqual, equal, ok, rejects } from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { isDone } from '../../orca/client/outcome.ts';
import type { HybridSpeaker, Progress } from '../../orca/hybrid.ts';
import { assumedSpeaker } from '../../orca/hybrid/assumed.ts';
import { manualSpeaker } from '../../orca/hybrid/manual.ts';
import { memorySteps } from '../../orca/hybrid/memory-steps.ts';
import { type PostgresOptions, postgresSpeaker } from '../../orca/hybrid/postgres.ts';
import { Opened, reached, TODAY } from '../support/orca-client.ts';
import { type PostgresServer, startPostgres } from '../support/postgres.ts';
import { spoken as done } from '../support/spoken.ts';
import { FIRST, NOW, TABLE } from '../support/syskanri.ts';

describe('hybrid: postgres, its dumps', function () {
  this.timeout(60_000);
  let server: PostgresServer;
  let folder: string;
  before(async () => {
    server = await startPostgres();
    folder = mkdtempSync(join(tmpdir(), 'hybrid-gateway-'));
  });
  after(async () => {
    await server.stop();
    rmSync(folder, { recursive: true });
  });
  beforeEach(() => server.run(TABLE));

  function speaker(more: Partial<PostgresOptions> = {}): HybridSpeaker {
    const { connection, binaries } = server;
    const options = { connection, binaries, folder, now: () => NOW, firstPauseMs: 5, ...more };
    return postgresSpeaker(options, manualSpeaker('localEmergency', memorySteps()));
  }

  describe('dumps', () => {
    it('are taken, listed, fetched and shelved', async () => {
      const progress: Progress[] = [];
      const dump = done(await speaker().takeDump({ onProgress: (each) => progress.push(each) }));
      equal(dump.name, '20261121233000.dump');
      ok(progress.some(({ step }) => step.includes('tbl_syskanri')));
      const [listed] = done(await speaker().listDumps());
      deepEqual([listed?.id, listed?.bytes], [dump.id, dump.bytes]);
      const to = join(folder, 'fetched');
      const file = done(await speaker().downloadDump(dump, to));
      deepEqual(readFileSync(to), readFileSync(join(folder, dump.name)));
      const shelved = done(await speaker().uploadDump(file, 'latest'));
      deepEqual([shelved.name, shelved.sha256], ['latest.dump', dump.sha256]);
    });

    it('of no other name than one in the folder', async () => {
      const dump = { id: '../../etc/passwd', name: 'x', madeAt: NOW, bytes: null, sha256: null };
      await rejects(speaker().downloadDump(dump, join(folder, 'x')), { code: 'HYBRID_REFUSED' });
      await rejects(speaker().restore(dump), { code: 'HYBRID_REFUSED' });
    });

    it('are left as they were by one that fails', async () => {
      const connection = { ...server.connection, database: 'nosuch' };
      await rejects(speaker({ connection, now: () => new Date(0) }).takeDump(), { code: 'TOOL_FAILED' });
      await rejects(async () => statSync(join(folder, '19700101000000.dump.part')), { code: 'ENOENT' });
    });

    it('need programs, and name the package they come in', async () => {
      await rejects(speaker({ binaries: folder }).takeDump(), {
        code: 'TOOL_MISSING',
        message: /^pg_dump was not found.*apt-get install postgresql-client/s,
      });
    });
  });

  describe('a restore', () => {
    it('puts the database back, as it was, with nobody in it', async () => {
      const dump = done(await speaker().takeDump());
      await server.run(`update tbl_syskanri set kanritbl = '00009999' where kanricd = '0041'; delete from tbl_ptinf`);
      const terminal = new Client(server.connection);
      terminal.on('error', () => undefined);
      await terminal.connect();
      const progress: Progress[] = [];
      done(await speaker().restore(dump, { onProgress: (each) => progress.push(each) }));
      deepEqual(done(await speaker().readNumbers()), FIRST);
      deepEqual(await server.run('select count(*)::int as count from tbl_ptinf'), [{ count: 500 }]);
      deepEqual(await server.run('select * from tbl_lock'), []);
      deepEqual(progress.at(-1)?.done, progress.at(-1)?.total);
      const names = await server.run(`select datname from pg_database where datname like 'orca%' order by 1`);
      deepEqual(
        names.map(({ datname }) => datname),
        ['orca', 'orca_before'],
      );
    });

    it('is owned by whom the database belonged to', async () => {
      await server.run(`do $$ begin create role clinic login; exception when duplicate_object then null; end $$`);
      await server.run('alter database orca owner to clinic');
      const dump = done(await speaker().takeDump());
      done(await speaker().restore(dump));
      const sql = `select tableowner from pg_tables where tablename = 'tbl_ptinf'`;
      deepEqual(await server.run(sql), [{ tableowner: 'clinic' }]);
    });

    for (const [what, spoil] of [
      ['is cut', (bytes: Buffer) => bytes.subarray(0, Math.floor(bytes.length * 0.7))],
      ['is no dump', () => Buffer.from('PGDMP, or so it says')],
    ] as const) {
      it(`of a dump that ${what} costs nothing`, async () => {
        const dump = done(await speaker().takeDump());
        writeFileSync(join(folder, 'broken.dump'), spoil(readFileSync(join(folder, dump.name))));
        const broken = { ...dump, id: 'broken.dump' };
        await rejects(speaker().restore(broken), { code: 'RESTORE_FAILED' });
        deepEqual(done(await speaker().readNumbers()), FIRST);
        deepEqual(await server.run(`select 1 from pg_database where datname = 'orca_restoring'`), []);
      });
    }

    it("of somebody else's database costs nothing", async () => {
      await server.run('drop database if exists other', 'postgres');
      await server.run('create database other', 'postgres');
      await server.run('create table accounts (id int)', 'other');
      const connection = { ...server.connection, database: 'other' };
      const dump = done(await speaker({ connection, now: () => new Date('2026-01-01') }).takeDump());
      await rejects(speaker().restore(dump), { code: 'RESTORE_FAILED', message: /no tbl_syskanri/ });
      deepEqual(done(await speaker().readNumbers()), FIRST);
    });

    it('ends with the signal, and costs nothing', async () => {
      const dump = done(await speaker().takeDump());
      const abort = new AbortController();
      const options = { signal: abort.signal, onProgress: () => abort.abort() };
      await rejects(speaker().restore(dump, options), { name: 'AbortError' });
      deepEqual(done(await speaker().readNumbers()), FIRST);
    });
  });

  describe('beside a simulated WebORCA', () => {
    const opened = new Opened();
    afterEach(() => opened.close());

    it('restores its dumps, and finds its numbers in them', async () => {
      const orca = await opened.simulator();
      const cloud = assumedSpeaker(reached(orca.url));
      opened.later(() => cloud.close());
      const dump = done(await cloud.takeDump());
      const file = done(await cloud.downloadDump(dump, join(folder, 'from-the-cloud')));
      done(await speaker().restore(done(await speaker().uploadDump(file, 'from-the-cloud'))));
      deepEqual(done(await speaker().readNumbers()), orca.clinic.counters.all());
      const [patients] = await server.run('select count(*)::int as count from tbl_ptinf');
      equal(patients?.['count'], 40);
    });

    it('raises the numbers that it gives out next', async () => {
      const { host, port, user } = server.connection;
      const orca = await opened.simulator({ postgres: `postgres://${user}:orca@${host}:${port}/clinic` });
      const connection = { ...server.connection, database: 'clinic' };
      const before = done(await speaker({ connection }).readNumbers());
      deepEqual(before, orca.clinic.counters.all());
      done(await speaker({ connection }).raiseNumbers({ outpatientSlip: before.outpatientSlip + 1000 }));
      const visit = {
        patient: '3',
        date: TODAY,
        department: '01',
        physician: '10001',
        insurance: { combination: '0001' },
        blocks: [{ class: '120', items: [{ code: '112007410' }] }],
      };
      const { outcome } = await opened.client(orca.url).conversations.register(visit);
      equal(isDone(outcome) && Number(outcome.answer.invoice), before.outpatientSlip + 1001);
      equal(done(await speaker({ connection }).readNumbers()).outpatientSlip, before.outpatientSlip + 1001);
    });
  });
});
