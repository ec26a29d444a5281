import { addDays, epochOf, isCalendarDate, isTimeOfDay } from '../clock.ts';
import type { Institution } from '../clinic/seed.ts';
import { textOf, type Draft } from '../draft.ts';
import { CONTENTS, DEPARTMENTS, PAYMENT_METHODS, PHYSICIANS, STAFF, type Person } from '../masters.ts';
import { USUAL_INSTITUTION } from '../options.ts';
import { classOf, head, type Answer, type Api, type Call } from './call.ts';

const HALF_HOUR_MS = 30 * 60 * 1000;

function people(list: readonly Person[]): Draft {
  return {
    Physician_Information: list.map(({ code, name, kana }) => ({
      Code: code,
      WholeName: name,
      WholeName_inKana: kana,
    })),
  };
}

function departments(): Draft {
  return {
    Department_Information: DEPARTMENTS.map(({ code, name, short }) => ({
      Code: code,
      WholeName: name,
      Name1: name,
      Name2: name,
      Name3: short,
      Receipt_Code: code,
    })),
  };
}

function institution(call: Call): Draft {
  const text = call.clinic.setting('institution');
  const { code, id, name, prefecture }: Institution = text === undefined ? USUAL_INSTITUTION : JSON.parse(text);
  return {
    Medical_Information: {
      Prefectures_Number: prefecture,
      Point_list: '1',
      Institution_Code: code,
      Institution_Speciation: '1',
      Institution_Id: id,
      Institution_WholeName: name,
      Short_Institution_WholeName: name.slice(0, 10),
      Establisher_WholeName: '見本　太郎',
      Administrator_WholeName: '見本　太郎',
      Hospital_bed_Capacity: '0000',
      Hospital_bed_Capacity_General: '0000',
      Om_Payment_Class: '0',
      Om_Payment_Class_Name: '無し',
      Address_Information: {
        WholeAddress: '架空県見本市試験町１－１',
        Address_ZipCode: '0000001',
        PhoneNumber: '00-0000-0000',
      },
    },
  };
}

function payments(): Draft {
  return {
    income_Information: PAYMENT_METHODS.map(({ code, name, short }) => ({
      Ic_Code: code,
      Ic_Code_Name: name,
      Ic_Code_Abbreviation_Name: short,
      Ic_Code_Class: '01',
    })),
  };
}

function contents(): Draft {
  return {
    Medicalinf_Information: CONTENTS.map(({ code, name, short }) => ({
      Medical_Information: code,
      Medical_Information_Name: name,
      Medical_Information_Name2: short,
    })),
  };
}

const LISTS: Readonly<Record<string, readonly [root: string, rows: (call: Call) => Draft]>> = {
  '01': ['departmentres', departments],
  '02': ['physicianres', () => people(PHYSICIANS)],
  '03': ['physicianres', () => people(STAFF)],
  '04': ['system1001res', institution],
  '05': ['incomeres', payments],
  '06': ['medicalinfres', contents],
};

function lists(call: Call): Answer {
  // A body's Request_Number beats the query's class: so it was seen.
  const asked = LISTS[classOf(call)];
  if (asked === undefined) {
    return { root: 'departmentres', record: head(call, '91', 'リクエスト番号がありません', 'Patient Info') };
  }
  const [root, rows] = asked;
  const base = textOf(call.record, 'Base_Date') || call.at.date;
  return { root, record: { ...head(call, '00', '処理終了', 'Patient Info'), Base_Date: base, ...rows(call) } };
}

function daily(call: Call): Answer {
  const root = 'system01_dailyres';
  const base = textOf(call.record, 'Base_Date') || call.at.date;
  if (textOf(call.record, 'Request_Number') !== '01') {
    return { root, record: head(call, '91', 'リクエスト番号がありません', 'System Info') };
  }
  return {
    root,
    record: {
      ...head(call, '00', '処理終了', 'System Info'),
      Base_Date: base,
      Patient_Information: {
        Duplication_Class: '1',
        Duplication_Class_Name: 'チェックする',
        ZipCode_Auto_Class: '0',
        ZipCode_Auto_Class_Name: '表示する',
      },
      Medical_Information: {
        Medical_Set01_Information: { Outside_Class: '0', Outside_Class_Name: '院内処方' },
        Medical_Set02_Information: {
          Medical_Auto_Class: '1',
          Medical_Auto_Class_Name: '自動算定する',
          LastVisit_Term: '00',
        },
        Medical_Set04_Information: { Ic_Request_Code: '1', Ic_Request_Code_Name: '今回請求分のみ入金' },
      },
    },
  };
}

function info(call: Call): Answer {
  const root = 'private_objects';
  const end = (code: string, message: string): Answer => ({ root, record: head(call, code, message) });
  const date = textOf(call.record, 'Request_Date');
  const time = textOf(call.record, 'Request_Time');
  if (!isCalendarDate(date)) return end('0001', 'リクエスト日付の設定に誤りがあります');
  if (!isTimeOfDay(time)) return end('0002', 'リクエスト時間の設定に誤りがあります');
  const behindMs = call.at.epochMs - epochOf(date, time);
  // The wire knows no fractions: a client that reads the same second is not ahead.
  if (behindMs < 0) return end('0005', 'リクエスト時間が受付時間より進んでいます');
  if (behindMs >= HALF_HOUR_MS) return end('0006', 'リクエスト時間と受付時間に３０分以上のずれがあります');
  const { version, masterVersion } = call.conditions;
  return {
    root,
    record: {
      ...head(call, '0000', '処理終了'),
      Jma_Receipt_Version: version,
      Database_Information: { Local_Version: `S-${version}`, New_Version: `S-${version}` },
      Master_Update_Information: {
        Last_Update_Date: call.clinic.setting('made'),
        Master_Version_Information: ['点数マスタ', '病名マスタ', '住所マスタ', '保険者マスタ'].map((name) => ({
          Name: name,
          Local_Version: masterVersion,
          New_Version: masterVersion,
        })),
      },
      Program_Update_Information: [{ Date: addDays(call.at.date, -30), State: '済', Comment: '見本の更新' }],
    },
  };
}

export const SYSTEM: readonly Api[] = [
  {
    path: '/api01rv2/system01lstv2',
    method: 'POST',
    requestRoot: 'system01_managereq',
    answerRoot: 'departmentres',
    width: 2,
    answer: lists,
  },
  {
    path: '/api01rv2/system01dailyv2',
    method: 'POST',
    requestRoot: 'system01_dailyreq',
    answerRoot: 'system01_dailyres',
    width: 2,
    answer: daily,
  },
  {
    path: '/api01rv2/systeminfv2',
    method: 'POST',
    requestRoot: 'private_objects',
    answerRoot: 'private_objects',
    width: 4,
    answer: info,
  },
];
