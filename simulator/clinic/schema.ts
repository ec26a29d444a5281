/** Of the tables below; grows with every change to them. */
export const STORE_VERSION = 2;

/**
 * Tables carry the names of WebORCA's own, so that a dump says something to people who know those. tbl_syskanri has its
 * columns too: who raises the numbers in a database looks for them there.
 */
export const SCHEMA = `
create table if not exists tbl_dbkanri (kanricd text primary key, version text not null);
create table if not exists tbl_syskanri (
  kanricd char(4) not null, kbncd char(8) not null, styukymd char(8) not null, edyukymd char(8) not null,
  kanritbl varchar(500) not null, termid varchar(16) not null, opid varchar(16) not null, creymd char(8) not null,
  upymd char(8) not null, uphms char(6) not null, hospnum numeric(2,0) not null,
  primary key (hospnum, kanricd, kbncd, styukymd, edyukymd));
create table if not exists tbl_ptinf (
  ptid integer primary key, ptnum text not null unique, name text not null, kananame text not null, birthday text not null,
  sex text not null, tstptkbn text not null, creymd text not null, upymd text not null, uphms text not null,
  content text not null);
create index if not exists ix_ptinf_upymd on tbl_ptinf (upymd, uphms, creymd, ptnum);
create index if not exists ix_ptinf_creymd on tbl_ptinf (creymd, ptnum);
create table if not exists tbl_ptkyusei (
  ptid integer not null, rennum integer not null, name text not null, kananame text not null, chgymd text not null,
  primary key (ptid, rennum));
create table if not exists tbl_pthkninf (ptid integer not null, hknid integer not null, content text not null,
  primary key (ptid, hknid));
create table if not exists tbl_ptkohinf (ptid integer not null, kohid integer not null, content text not null,
  primary key (ptid, kohid));
create table if not exists tbl_pthknkumi (
  ptid integer not null, hkncombinum integer not null, hknid integer not null, kohids text not null,
  nondisplay text not null, primary key (ptid, hkncombinum));
create table if not exists tbl_uketuke (
  ukeymd text not null, ukeid integer not null, ptid integer, name text not null, sryka text not null, drcd text not null,
  srynaiyo text not null, hkncombinum text not null, uketime text not null, kaikeitime text not null,
  primary key (ukeymd, ukeid));
create table if not exists tbl_sryact (id integer primary key, content text not null unique);
create table if not exists tbl_jyurrk (
  denpnum integer primary key, grp_denpnum integer not null, ptid integer not null, nyugaikbn text not null,
  sryymd text not null, sryka text not null, rennum integer not null, hkncombinum text not null, drcd text not null,
  outside text not null, offtime text not null, acts integer not null, points integer not null, seikyu integer not null,
  nyukin integer not null, creymd text not null, upymd text not null, uphms text not null);
create index if not exists ix_jyurrk_sryymd on tbl_jyurrk (sryymd, denpnum);
create index if not exists ix_jyurrk_ptid on tbl_jyurrk (ptid, sryymd);
create table if not exists tbl_wksryact (
  rowno integer primary key, uid text not null, ptid integer not null, nyugaikbn text not null, sryymd text not null,
  srytime text not null, sryka text not null, drcd text not null, hkncombinum text not null, content text not null,
  mode text not null, mode2 text not null, opened_by text not null);
create index if not exists ix_wksryact_sryymd on tbl_wksryact (sryymd, rowno);
create index if not exists ix_wksryact_ptid on tbl_wksryact (ptid, sryymd);
create table if not exists tbl_ptbyomei (
  id integer primary key, ptid integer not null, sryka text not null, nyugaikbn text not null, hkncombinum text not null,
  code text not null, name text not null, suspected text not null, startymd text not null, endymd text not null,
  tenki text not null, content text not null);
create index if not exists ix_ptbyomei_ptid on tbl_ptbyomei (ptid);
create table if not exists tbl_lock (
  uid text primary key, karte_uid text not null, opid text not null, ld text not null, ptid integer not null,
  lockymd text not null, lockhms text not null, terminal integer not null);
create table if not exists tbl_api_para (uid text primary key, karte_uid text not null, content text not null);
create table if not exists monpushevent (
  seq integer primary key autoincrement, uuid text not null, id integer not null, event text not null,
  user_ text not null, pushed_at text not null, data text not null);
create table if not exists sim_clinic (name text primary key, value text not null);
`;

/** What a dump carries. Locks, conversations and pushes are left out: WebORCA's own restore empties them too. */
export const DUMPED_TABLES = [
  'tbl_dbkanri',
  'tbl_syskanri',
  'tbl_ptinf',
  'tbl_ptkyusei',
  'tbl_pthkninf',
  'tbl_ptkohinf',
  'tbl_pthknkumi',
  'tbl_uketuke',
  'tbl_sryact',
  'tbl_jyurrk',
  'tbl_wksryact',
  'tbl_ptbyomei',
  'sim_clinic',
] as const;

export const EMPTIED_TABLES = ['tbl_lock', 'tbl_api_para', 'monpushevent'] as const;
