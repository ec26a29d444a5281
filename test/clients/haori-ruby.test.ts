import { deepEqual, equal, match } from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { z } from 'zod';
import type { Simulator } from '../../simulator/server.ts';
import { Opened, TODAY } from '../support/orca-client.ts';
import { isLeftAlone } from '../support/orca-locks.ts';

const PROGRAM = join(import.meta.dirname, 'ruby', 'flows.rb');
const line = z.looseObject({ flow: z.string() });

describe('a client in plain Ruby, as a third party would write it', function () {
  this.timeout(30_000);
  const opened = new Opened();
  afterEach(() => opened.close());

  for (const { form, isPadded } of [
    { form: 'xml', isPadded: false },
    { form: 'json', isPadded: false },
    { form: 'json', isPadded: true },
  ]) {
    it(`does its day's work in ${form}${isPadded ? ' with an old server' : ''}`, async () => {
      const orca = await opened.simulator({ isPadded });
      const told = await flows(orca, form);
      deepEqual([...told.keys()], ['patient', 'reception', 'visit', 'modify', 'locks']);

      const patient = orca.clinic.patients.byNumber('00003');
      equal(told.get('patient')?.['name'], patient?.name);
      match(String(told.get('reception')?.['id']), /^\d{5}$/);
      equal(orca.clinic.receptions.ofDay(TODAY)[0]?.billedAt !== '', true);

      const invoice = String(told.get('visit')?.['invoice']);
      match(invoice, /^\d{7}$/);
      deepEqual(told.get('modify'), { flow: 'modify', invoice, blocks_before: 3 });
      deepEqual(
        orca.clinic.visits.ofDay(TODAY, '', 10).map(({ slip, ptid }) => [slip, ptid]),
        [[Number(invoice), patient?.ptid]],
      );
      equal(orca.clinic.visits.blocks(Number(invoice)).length, 1);

      deepEqual(told.get('locks'), { flow: 'locks', shut_out: 'E90', held: 1, asked: 'S40', left: 'E10' });
      isLeftAlone(orca);
    });
  }
});

/** What each flow told. */
async function flows(orca: Simulator, form: string): Promise<ReadonlyMap<string, Readonly<Record<string, unknown>>>> {
  const args = [PROGRAM, orca.url, 'ormaster', 'ormaster', form, TODAY];
  const { stdout } = await promisify(execFile)('ruby', args).catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT')
      throw new Error('this test needs the program "ruby": install it (test/tools.sh does so on Debian)', {
        cause: error,
      });
    throw error;
  });
  const lines = stdout
    .trim()
    .split('\n')
    .map((text) => line.parse(JSON.parse(text)));
  return new Map(lines.map((each) => [each.flow, each]));
}
