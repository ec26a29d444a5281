/** A Sunday morning in Japan. */
export const NOW = new Date('2026-11-22T08:30:00+09:00');
export const FIRST = { outpatientSlip: 1102, inpatientSlip: 489, patientSerial: 123 };
/** 患者番号構成情報: kind, free, standard, extended, year, serial number of patients, patient key, month. */
export const SCHEME = ['1', ' 00', '10105', ' 000000', '2026', '0000000099', '0000000123', '04'].join('').padEnd(500);

export const TABLE = `
drop table if exists tbl_syskanri;
create table tbl_syskanri (
  kanricd char(4) not null, kbncd char(8) not null, styukymd char(8) not null, edyukymd char(8) not null,
  kanritbl varchar(500), termid varchar(16), opid varchar(16), creymd char(8), upymd char(8), uphms char(6),
  hospnum numeric(2,0) not null, primary key (hospnum, kanricd, kbncd, styukymd, edyukymd));
create table if not exists tbl_ptinf (ptid bigint primary key, name text);
create table if not exists tbl_lock (termid text primary key);
truncate tbl_ptinf, tbl_lock;
insert into tbl_ptinf select n, '患者 ' || n from generate_series(1, 500) n;
insert into tbl_lock values ('terminal');
insert into tbl_syskanri (hospnum, kanricd, kbncd, styukymd, edyukymd, kanritbl) values
  (1, '0041', '*', '00000000', '99999999', '00001102'),
  (1, '0042', '*', '00000000', '99999999', rpad('00000489', 500)),
  (1, '1009', '*', '00000000', '20251231', '${SCHEME.replace('0000000123', '0000000007')}'),
  (1, '1009', '*', '20260101', '99999999', '${SCHEME}'),
  (1, '1001', '*', '00000000', '99999999', 'another row'),
  (2, '0041', '*', '00000000', '99999999', '00000005'),
  (2, '0042', '*', '00000000', '99999999', '00000006'),
  (2, '1009', '*', '00000000', '99999999', '${SCHEME}');`;
