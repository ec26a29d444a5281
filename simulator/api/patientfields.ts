import type { OrcaRecord } from '../../orca/xml2.ts';
import { isCalendarDate } from '../clock.ts';
import { recordOf, recordsOf, textOf } from '../draft.ts';
import { insuranceName, publicName } from '../masters.ts';
import { fullWidth, isFullWidth } from '../text.ts';
import { INSURANCE_FIELDS, PUBLIC_FIELDS } from './insurance.ts';

/** A refusal of a registration: code and message. */
export type Refused = readonly [code: string, message: string];

const ACCIDENTS = ['971', '973'];
const FULL_WIDTH_TEXTS = [
  ['HouseHolder_WholeName', '28', '職業エラー'],
  ['Relationship', '28', '職業エラー'],
  ['Occupation', '28', '職業エラー'],
  ['Contraindication1', '29', '禁忌全角エラー'],
  ['Contraindication2', '29', '禁忌全角エラー'],
  ['Allergy1', '30', 'アレルギー全角エラー'],
  ['Allergy2', '30', 'アレルギー全角エラー'],
  ['Infection1', '31', '感染症全角エラー'],
  ['Infection2', '31', '感染症全角エラー'],
] as const;
const KEPT = [
  ...FULL_WIDTH_TEXTS.map(([name]) => name),
  'CellularNumber',
  'FaxNumber',
  'EmailAddress',
  'Comment1',
  'Comment2',
];
const ADDRESSES = ['Home_Address_Information', 'WorkPlace_Information'] as const;
const ADDRESS_FIELDS = [
  'WholeName',
  'Address_ZipCode',
  'WholeAddress1',
  'WholeAddress2',
  'PhoneNumber1',
  'PhoneNumber2',
  'PhoneNumber',
];

export interface Person {
  readonly name: string;
  readonly kana: string;
  readonly birth: string;
  readonly sex: string;
}

/** Names in full width, as WebORCA makes them; or what is wrong. */
export function personOf(record: OrcaRecord): Person | Refused {
  const name = fullWidth(textOf(record, 'WholeName'));
  const kana = fullWidth(textOf(record, 'WholeName_inKana'));
  const birth = textOf(record, 'BirthDate');
  const sex = textOf(record, 'Sex');
  if (name === '') return ['02', '患者氏名未設定'];
  if (kana === '') return ['03', '患者カナ氏名未設定'];
  if (birth === '') return ['04', '生年月日未設定'];
  if (sex === '') return ['05', '性別未設定'];
  if (!isFullWidth(name)) return ['14', '漢字氏名は全角で入力して下さい'];
  if (!/^[ァ-ヺー・０-９Ａ-Ｚ\u3000]+$/.test(kana)) return ['15', 'カナ氏名は全角で入力して下さい'];
  if (sex !== '1' && sex !== '2') return ['16', '性別は１：男２：女で入力して下さい'];
  if (!isCalendarDate(birth)) return ['17', '生年月日暦日エラー'];
  return { name, kana, birth, sex };
}

/** Address, work place, remarks …: what was sent replaces what was there, what was not sent stays. */
export function contentOf(record: OrcaRecord, stored: OrcaRecord): OrcaRecord | Refused {
  for (const [name, code, message] of FULL_WIDTH_TEXTS) {
    if (!isFullWidth(textOf(record, name))) return [code, message];
  }
  const content: Record<string, OrcaRecord[string]> = { ...stored };
  for (const name of KEPT) if (name in record) content[name] = textOf(record, name);
  for (const name of ADDRESSES) {
    if (!(name in record)) continue;
    const address = recordOf(record, name);
    const wrong = addressRefusal(name, address);
    if (wrong) return wrong;
    const merged: Record<string, OrcaRecord[string]> = { ...recordOf(stored, name) };
    for (const field of ADDRESS_FIELDS) {
      if (!(field in address)) continue;
      const text = textOf(address, field);
      merged[field] = field.startsWith('Whole') ? fullWidth(text) : text;
    }
    content[name] = merged;
  }
  if (!/^[\d-]*$/.test(textOf(record, 'CellularNumber'))) return ['25', '携帯電話番号エラー'];
  if (!/^[\d-]*$/.test(textOf(record, 'FaxNumber'))) return ['26', 'ＦＡＸ番号エラー'];
  if (!/^[!-~]*$/.test(textOf(record, 'EmailAddress'))) return ['27', '電子メールアドレスエラー'];
  if ('Personally_Information' in record)
    content['Personally_Information'] = recordOf(record, 'Personally_Information');
  return content;
}

function addressRefusal(name: (typeof ADDRESSES)[number], address: OrcaRecord): Refused | null {
  const isHome = name === 'Home_Address_Information';
  if (!/^(\d{7})?$/.test(textOf(address, 'Address_ZipCode'))) {
    return isHome ? ['20', '郵便番号エラー'] : ['21', '勤務先郵便番号エラー'];
  }
  if (!/^[\d-]*$/.test(textOf(address, 'PhoneNumber1'))) return ['22', '自宅電話番号エラー'];
  if (!/^[\d-]*$/.test(textOf(address, 'PhoneNumber2'))) return ['23', '連絡先電話番号エラー'];
  return /^[\d-]*$/.test(textOf(address, 'PhoneNumber')) ? null : ['24', '勤務先電話番号エラー'];
}

export interface Insured {
  readonly insurance: OrcaRecord | undefined;
  readonly publics: readonly OrcaRecord[];
}

/** The one insurance and up to four public ones of a request. */
export function insuredOf(record: OrcaRecord, today: string): Insured | Refused {
  const sent = recordOf(record, 'HealthInsurance_Information');
  const kind = textOf(sent, 'InsuranceProvider_Class');
  if (ACCIDENTS.includes(kind)) return ['39', '労災・自賠責保険は登録できません。'];
  if (!isFullWidth(textOf(sent, 'HealthInsuredPerson_Symbol'))) return ['32', '記号全角エラー'];
  if (!isFullWidth(textOf(sent, 'HealthInsuredPerson_Number'))) return ['33', '番号全角エラー'];
  const publics = recordsOf(sent, 'PublicInsurance_Information')
    .slice(0, 4)
    .filter((each) => textOf(each, 'PublicInsurance_Class') !== '')
    .map((each) => ({
      ...chosen(each, PUBLIC_FIELDS),
      PublicInsurance_Name: textOf(each, 'PublicInsurance_Name') || publicName(textOf(each, 'PublicInsurance_Class')),
      Certificate_IssuedDate: textOf(each, 'Certificate_IssuedDate') || today,
      Certificate_ExpiredDate: textOf(each, 'Certificate_ExpiredDate') || '9999-12-31',
    }));
  if (kind === '') return { insurance: undefined, publics };
  const insurance = {
    ...chosen(sent, INSURANCE_FIELDS),
    InsuranceProvider_WholeName: textOf(sent, 'InsuranceProvider_WholeName') || insuranceName(kind),
    RelationToInsuredPerson: textOf(sent, 'RelationToInsuredPerson') || '1',
    Certificate_StartDate: textOf(sent, 'Certificate_StartDate') || today,
    Certificate_ExpiredDate: textOf(sent, 'Certificate_ExpiredDate') || '9999-12-31',
  };
  return { insurance, publics };
}

function chosen(record: OrcaRecord, names: readonly string[]): OrcaRecord {
  return Object.fromEntries(names.map((name) => [name, textOf(record, name)]).filter(([, text]) => text !== ''));
}

/** A refusal, told apart from what it stands in place of. */
export function isRefused(value: object): value is Refused {
  return Array.isArray(value);
}
