import { fullWidthDigits } from './text.ts';

export interface Department {
  readonly code: string;
  readonly name: string;
  readonly short: string;
}
export const DEPARTMENTS = [
  { code: '01', name: '内科', short: '内' },
  { code: '10', name: '外科', short: '外' },
  { code: '11', name: '整形外科', short: '整' },
  { code: '26', name: '眼科', short: '眼' },
] as const satisfies readonly Department[];

export interface Person {
  readonly code: string;
  readonly name: string;
  readonly kana: string;
}
export const PHYSICIANS = [
  { code: '10001', name: '試験　医師', kana: 'シケン　イシ' },
  { code: '10002', name: '見本　医師', kana: 'ミホン　イシ' },
  { code: '10003', name: '例題　医師', kana: 'レイダイ　イシ' },
] as const satisfies readonly Person[];
export const STAFF: readonly Person[] = [{ code: '20001', name: '試験　受付', kana: 'シケン　ウケツケ' }];

export const PAYMENT_METHODS = [
  { code: '01', name: '現金', short: '現金' },
  { code: '02', name: '振込', short: '振込' },
  { code: '03', name: 'クレジットカード', short: 'カード' },
] as const;

/** 診療内容 (system01lstv2 06). */
export const CONTENTS = [
  { code: '01', name: '診察', short: '診察' },
  { code: '02', name: '薬のみ', short: '薬のみ' },
  { code: '03', name: '注射のみ', short: '注射' },
  { code: '04', name: '検査', short: '検査' },
  { code: '05', name: 'リハビリテーション', short: 'リハビリ' },
  { code: '06', name: '健康診断', short: '健診' },
  { code: '07', name: '予防注射', short: '予防' },
  { code: '99', name: '該当なし', short: '該当なし' },
] as const;

export interface Act {
  readonly code: string;
  readonly name: string;
  /** 診療種別区分 */
  readonly class: string;
  readonly points: number;
  readonly unit?: { readonly code: string; readonly name: string };
}
const TABLET = { code: '016', name: '錠' };
const SHEET = { code: '030', name: '枚' };
/** A small point master: what the generated visits are made of. */
export const ACTS: readonly Act[] = [
  { code: '111000110', name: '初診料', class: '110', points: 291 },
  { code: '112007410', name: '再診料', class: '120', points: 75 },
  { code: '112011010', name: '外来管理加算', class: '120', points: 52 },
  { code: '112015770', name: '明細書発行体制等加算', class: '120', points: 1 },
  { code: '113001810', name: '特定疾患療養管理料（診療所）', class: '130', points: 225 },
  { code: '620001402', name: '試験外用鎮痛剤', class: '230', points: 12, unit: SHEET },
  { code: '620000033', name: '試験降圧錠５ｍｇ', class: '210', points: 3, unit: TABLET },
  { code: '620000044', name: '試験解熱錠２００ｍｇ', class: '210', points: 2, unit: TABLET },
  { code: '120002910', name: '処方箋料（その他）', class: '800', points: 60 },
  { code: '130000510', name: '皮内、皮下及び筋肉内注射', class: '310', points: 25 },
  { code: '140000610', name: '創傷処置（１００ｃｍ２未満）', class: '400', points: 52 },
  { code: '160000310', name: '尿一般検査', class: '600', points: 26 },
  { code: '160008010', name: '末梢血液一般検査', class: '600', points: 21 },
  { code: '170000410', name: '単純撮影（イ）の写真診断', class: '700', points: 85 },
];

const CLASS_NAMES: Readonly<Record<string, string>> = {
  '110': '初診料',
  '120': '再診料',
  '130': '医学管理料',
  '140': '在宅料',
  '210': '内服薬剤',
  '220': '屯服薬剤',
  '230': '外用薬剤',
  '310': '皮下筋肉注射',
  '320': '静脈注射',
  '330': '点滴注射',
  '400': '処置行為',
  '500': '手術',
  '540': '麻酔',
  '600': '検査',
  '700': '画像診断',
  '800': 'その他',
};

/** The name of a 診療種別区分; empty where there is none of that code. */
export function className(code: string): string {
  return CLASS_NAMES[code] ?? '';
}

const ACT_BY_CODE = new Map(ACTS.map((act) => [act.code, act]));
export function actOf(code: string): Act | undefined {
  return ACT_BY_CODE.get(code);
}

/** Any other 9-digit code is in nobody's master, but clients send real ones: points by their leading digits. */
export function pointsOf(code: string): number {
  return actOf(code)?.points ?? (/^(1|6)\d{8}$/.test(code) ? 10 : 0);
}

export function departmentName(code: string): string | undefined {
  return DEPARTMENTS.find((department) => department.code === code)?.name;
}

export function physicianName(code: string): string | undefined {
  return PHYSICIANS.find((physician) => physician.code === code)?.name;
}

export function contentExists(code: string): boolean {
  return CONTENTS.some((content) => content.code === code);
}

export interface DiseaseName {
  readonly code: string;
  readonly name: string;
}
export const DISEASES = [
  { code: '4019014', name: '高血圧症' },
  { code: '2500013', name: '糖尿病' },
  { code: '4939008', name: '気管支喘息' },
  { code: '5319009', name: '胃潰瘍' },
  { code: '4779004', name: 'アレルギー性鼻炎' },
  { code: '7153018', name: '変形性膝関節症' },
  { code: '2724004', name: '脂質異常症' },
  { code: '4660009', name: '急性気管支炎' },
  { code: '8841239', name: '感冒' },
] as const satisfies readonly DiseaseName[];

export function diseaseName(code: string): string | undefined {
  return DISEASES.find((disease) => disease.code === code)?.name;
}

export interface HealthInsurer {
  readonly class: string;
  readonly name: string;
  readonly number: string;
}
export const INSURERS: Readonly<Record<'national' | 'association' | 'union' | 'elderly', HealthInsurer>> = {
  national: { class: '060', name: '国保', number: '138057' },
  association: { class: '009', name: '協会', number: '01130012' },
  union: { class: '006', name: '組合', number: '06139992' },
  elderly: { class: '039', name: '後期高齢者', number: '39131156' },
};

const INSURANCE_NAMES: Readonly<Record<string, string>> = {
  '006': '組合',
  '009': '協会',
  '039': '後期高齢者',
  '060': '国保',
  '971': '労災保険',
  '973': '自賠責',
  '980': '自費',
};
export function insuranceName(insuranceClass: string): string {
  return INSURANCE_NAMES[insuranceClass] ?? `保険${fullWidthDigits(insuranceClass)}`;
}

const PUBLIC_NAMES: Readonly<Record<string, string>> = {
  '010': '感３７の２',
  '051': '特定負有',
  '054': '難病',
  '012': '生活保護',
};
export function publicName(publicClass: string): string {
  return PUBLIC_NAMES[publicClass] ?? `公費${fullWidthDigits(publicClass)}`;
}
