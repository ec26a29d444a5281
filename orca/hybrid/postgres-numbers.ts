import type { Client } from 'pg';
import { z } from 'zod';
import {
  LARGEST_NUMBERS,
  type ManagementNumbers,
  NUMBER_NAMES,
  type NumberName,
  type RaisedNumbers,
} from '../hybrid.ts';
import { NumbersUnreadable } from './errors.ts';

/**
 * Where tbl_syskanri keeps the numbers: kanricd, and the digits within kanritbl. 0041 and 0042 begin with the last slip
 * (PIC 9(8)); in 1009 (患者番号構成情報) the internal patient key is at SYS-1009-PTID, behind the schemes of patient numbers,
 * the year and the serial number of patients.
 */
const PLACES: Readonly<Record<NumberName, { kanricd: string; from: number; width: number }>> = {
  outpatientSlip: { kanricd: '0041', from: 1, width: 8 },
  inpatientSlip: { kanricd: '0042', from: 1, width: 8 },
  patientSerial: { kanricd: '1009', from: 31, width: 10 },
};

const VALUES = NUMBER_NAMES.map((name, index) => {
  const { kanricd, from, width } = PLACES[name];
  return `('${kanricd}', ${from}, ${width}, $${index + 3}::bigint)`;
}).join(', ');

// The row that is valid on the day, of the one institution: a database may hold several (グループ診療), and old ones.
const HELD = `
with wish (kanricd, place, width, least) as (values ${VALUES}),
held as (
  select s.hospnum, s.kanricd, s.kbncd, s.styukymd, s.edyukymd, wish.place, wish.width, wish.least,
         substr(s.kanritbl, wish.place, wish.width) as number
  from tbl_syskanri s join wish on s.kanricd = wish.kanricd
  where s.hospnum = $1 and s.kbncd = '*' and s.styukymd <= $2 and s.edyukymd >= $2
  order by s.kanricd`;

// One statement: it reads under the row's lock, writes only what becomes larger, and tells both.
const RAISE = `${HELD} for update of s
), raised as (
  update tbl_syskanri s
  set kanritbl = overlay(s.kanritbl placing lpad(held.least::text, held.width, '0') from held.place for held.width),
      upymd = to_char(now() at time zone 'Asia/Tokyo', 'YYYYMMDD'),
      uphms = to_char(now() at time zone 'Asia/Tokyo', 'HH24MISS')
  from held
  where s.hospnum = held.hospnum and s.kanricd = held.kanricd and s.kbncd = held.kbncd
    and s.styukymd = held.styukymd and s.edyukymd = held.edyukymd
    and case when substr(s.kanritbl, held.place, held.width) ~ ('^[0-9]{' || held.width || '}$')
             then substr(s.kanritbl, held.place, held.width)::bigint < held.least else false end
  returning s.kanricd, substr(s.kanritbl, held.place, held.width) as number
)
select held.kanricd, held.number as before, coalesce(raised.number, held.number) as after
from held left join raised on raised.kanricd = held.kanricd`;
const READ = `${HELD}) select kanricd, number as before, number as after from held`;

const rows = z.array(z.object({ kanricd: z.string(), before: z.string(), after: z.string() }));

/** `on`: YYYYMMDD, the day for which the row is valid. @throws NumbersUnreadable */
export async function readNumbers(client: Client, hospnum: number, on: string): Promise<ManagementNumbers> {
  const { rows: found } = await client.query(READ, [hospnum, on, 0, 0, 0]);
  return numbersIn(rows.parse(found), 'before');
}

/** Raises in one statement; leaves all as it was where one of the rows is not as it should be. @throws NumbersUnreadable */
export async function raiseNumbers(
  client: Client,
  hospnum: number,
  on: string,
  atLeast: Partial<ManagementNumbers>,
): Promise<RaisedNumbers> {
  await client.query('begin');
  try {
    const least = NUMBER_NAMES.map((name) => atLeast[name] ?? 0);
    const { rows: found } = await client.query(RAISE, [hospnum, on, ...least]);
    const all = rows.parse(found);
    const answer = { before: numbersIn(all, 'before'), after: numbersIn(all, 'after') };
    await client.query('commit');
    return answer;
  } catch (error) {
    await client.query('rollback').catch(() => undefined);
    throw error;
  }
}

function numbersIn(found: z.infer<typeof rows>, which: 'before' | 'after'): ManagementNumbers {
  const number = (name: NumberName): number => {
    const { kanricd } = PLACES[name];
    const [row, ...others] = found.filter((each) => each.kanricd === kanricd);
    if (row === undefined) throw new NumbersUnreadable(`tbl_syskanri has no row ${kanricd} that is valid on this day`);
    if (others.length > 0) throw new NumbersUnreadable(`tbl_syskanri has several rows ${kanricd} for this day`);
    const value = row[which];
    if (!/^\d+$/.test(value) || Number(value) > LARGEST_NUMBERS[name] * 10)
      throw new NumbersUnreadable(`tbl_syskanri ${kanricd}: expected digits, got something else`);
    return Number(value);
  };
  return {
    outpatientSlip: number('outpatientSlip'),
    inpatientSlip: number('inpatientSlip'),
    patientSerial: number('patientSerial'),
  };
}
