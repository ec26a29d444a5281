import { deepEqual, equal, ok, rejects } from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import type { HybridSpeaker } from '../../orca/hybrid.ts';
import { manualSpeaker } from '../../orca/hybrid/manual.ts';
import { memorySteps } from '../../orca/hybrid/memory-steps.ts';
import { type PostgresOptions, postgresSpeaker } from '../../orca/hybrid/postgres.ts';
import { type PostgresServer, startPostgres } from '../support/postgres.ts';
import { spoken as done } from '../support/spoken.ts';
import { FIRST, NOW, SCHEME, TABLE } from '../support/syskanri.ts';

const WAITING = `select 1 from pg_stat_activity where wait_event_type = 'Lock'`;

describe('hybrid: postgres', function () {
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

  async function rows(): Promise<readonly Record<string, unknown>[]> {
    return server.run(
      `select hospnum, kanricd, styukymd, trim(kanritbl) as kanritbl, upymd, uphms from tbl_syskanri order by 1, 2, 3`,
    );
  }

  describe('numbers', () => {
    it('are read from the row that is valid today, of the institution', async () => {
      deepEqual(done(await speaker().readNumbers()), FIRST);
      const other = speaker({ hospnum: 2 });
      deepEqual(done(await other.readNumbers()), { outpatientSlip: 5, inpatientSlip: 6, patientSerial: 123 });
      const earlier = speaker({ now: () => new Date('2025-12-31T23:30:00+09:00') });
      equal(done(await earlier.readNumbers()).patientSerial, 7);
    });

    it('belong to the day that it is in Japan', async () => {
      const newYear = speaker({ now: () => new Date('2025-12-31T15:30:00Z') });
      equal(done(await newYear.readNumbers()).patientSerial, 123);
    });

    it('are raised, and it is told from what to what', async () => {
      const wanted = { outpatientSlip: 1200, inpatientSlip: 500, patientSerial: 4000 };
      deepEqual(done(await speaker().raiseNumbers(wanted)), { before: FIRST, after: wanted });
      deepEqual(done(await speaker().readNumbers()), wanted);
    });

    it('are never lowered, one by one', async () => {
      const wanted = { outpatientSlip: 1, inpatientSlip: 490, patientSerial: 122 };
      const after = { ...FIRST, inpatientSlip: 490 };
      deepEqual(done(await speaker().raiseNumbers(wanted)), { before: FIRST, after });
      deepEqual(done(await speaker().raiseNumbers({})), { before: after, after });
    });

    it('change nothing but their digits, and only in rows that become larger', async () => {
      const before = await rows();
      await speaker().raiseNumbers({ outpatientSlip: 2000, inpatientSlip: 1, patientSerial: 5000 });
      const after = await rows();
      const changed = after.filter((row, index) => row['kanritbl'] !== before[index]?.['kanritbl']);
      deepEqual(
        changed.map(({ hospnum, kanricd, styukymd }) => [hospnum, kanricd, styukymd]),
        [
          ['1', '0041', '00000000'],
          ['1', '1009', '20260101'],
        ],
      );
      equal(changed[0]?.['kanritbl'], '00002000');
      equal(changed[1]?.['kanritbl'], SCHEME.trimEnd().replace('0000000123', '0000005000'));
      for (const row of after) equal(row['upymd'] === null, !changed.includes(row));
    });

    it('are never lowered by two who raise at once', async () => {
      const wishes = Array.from({ length: 12 }, (_, index) => ({ outpatientSlip: 2000 + ((index * 7) % 12) }));
      const raised = await Promise.all(wishes.map((wish) => speaker().raiseNumbers(wish)));
      for (const [index, each] of raised.entries()) {
        const { before, after } = done(each);
        ok(after.outpatientSlip >= before.outpatientSlip);
        ok(after.outpatientSlip >= wishes[index]!.outpatientSlip);
      }
      equal(done(await speaker().readNumbers()).outpatientSlip, 2011);
    });

    it('are raised above what WebORCA gives out meanwhile', async () => {
      const orca = new Client(server.connection);
      await orca.connect();
      await orca.query('begin');
      await orca.query(`update tbl_syskanri set kanritbl = '00003000' where kanricd = '0041' and hospnum = 1`);
      const raising = speaker().raiseNumbers({ outpatientSlip: 2500 });
      while ((await server.run(WAITING)).length === 0);
      await orca.query('commit');
      await orca.end();
      const { before, after } = done(await raising);
      deepEqual([before.outpatientSlip, after.outpatientSlip], [3000, 3000]);
    });

    it('are given up where WebORCA holds them for long', async () => {
      const orca = new Client(server.connection);
      await orca.connect();
      await orca.query('begin');
      await orca.query(`select 1 from tbl_syskanri where kanricd = '0042' and hospnum = 1 for update`);
      await rejects(speaker().raiseNumbers({ inpatientSlip: 900 }), { code: 'HYBRID_REFUSED', reason: 'locked' });
      await orca.end();
      deepEqual(done(await speaker().readNumbers()), FIRST);
    });

    for (const [what, sql, message] of [
      ['a row is missing', `delete from tbl_syskanri where kanricd = '1009' and styukymd = '20260101'`, /no row 1009/],
      [
        'two rows are valid',
        `update tbl_syskanri set edyukymd = '20270101' where styukymd = '00000000'`,
        /several rows 1009/,
      ],
      [
        'there are no digits',
        `update tbl_syskanri set kanritbl = 'AB001102' where kanricd = '0041'`,
        /0041: expected digits/,
      ],
      [
        'the row is too short',
        `update tbl_syskanri set kanritbl = '1' where kanricd = '1009'`,
        /1009: expected digits/,
      ],
      ['there is no such table', 'drop table tbl_syskanri', /not a database of WebORCA/],
    ] as const) {
      it(`are left alone where ${what}`, async () => {
        await server.run(sql);
        const before = what === 'there is no such table' ? null : await rows();
        await rejects(speaker().readNumbers(), { code: 'NUMBERS_UNREADABLE', message });
        await rejects(speaker().raiseNumbers({ inpatientSlip: 900 }), { code: 'NUMBERS_UNREADABLE', message });
        if (before !== null) deepEqual(await rows(), before);
      });
    }

    it('cannot be read where nobody listens', async () => {
      const connection = { ...server.connection, port: 1 };
      await rejects(speaker({ connection }).readNumbers(), { code: 'HYBRID_UNANSWERED', fault: 'connect' });
    });

    it('are refused before anything is asked where they could not be given out', async () => {
      await rejects(speaker().raiseNumbers({ inpatientSlip: 10_000_000 }), RangeError);
    });
  });

  it('hands the announcement of a mode to a person', async () => {
    const spoken = await speaker().announceMode('emergency-fa');
    equal(spoken.kind === 'waits' && spoken.step.task, 'announce-mode');
  });
});
