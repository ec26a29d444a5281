import { randomUUID } from 'node:crypto';
import type { OrcaRecord } from '../../orca/xml2.ts';
import { recordOf, recordsOf, textOf, type Draft } from '../draft.ts';
import { departmentName, physicianName } from '../masters.ts';
import { head, identity, type Answer, type Api, type Call } from './call.ts';
import { storeDisease, wishedDisease } from './diseasestore.ts';
import { insuranceWithPublics } from './insurance.ts';
import { refusal, RESKEY, ROOT, WARNINGS, wishOf, type Wish } from './medicalwish.ts';

/** 剤番号 of one day's acts end here. */
const MOST_BLOCKS = 999;

function answer(call: Call): Answer {
  const which = call.query.get('class') || textOf(call.record, 'Request_Number');
  if (!['01', '02', '03', '04'].includes(which)) return refusal(call, '91', '処理区分未設定');
  const wish = wishOf(call);
  if ('root' in wish) return wish;
  if (call.clinic.locks.isHeld(wish.patient.ptid, 'ORCA21')) return refusal(call, '90', '他端末使用中');
  switch (which) {
    case '01':
      return register(call, wish);
    case '02':
      return remove(call, wish);
    case '03':
      return replace(call, wish);
    default:
      return append(call, wish);
  }
}

const keyOf = (wish: Wish): string => wish.combination?.number ?? '0000';

function existing(
  call: Call,
  { patient, date, department, inOut, ...wish }: Wish,
): ReturnType<Call['clinic']['unfinished']['find']> {
  const number = wish.combination?.number ?? '0000';
  return call.clinic.unfinished.find(patient.ptid, date, department, number, inOut);
}

function add(call: Call, wish: Wish): string {
  const uid = randomUUID();
  const { patient, date, time, inOut, department, physician, blocks } = wish;
  call.clinic.unfinished.add({
    uid,
    ptid: patient.ptid,
    inOut,
    date,
    time,
    department,
    physician,
    combination: keyOf(wish),
    blocks,
  });
  return uid;
}

function register(call: Call, wish: Wish): Answer {
  const sent = recordsOf(recordOf(call.record, 'Diagnosis_Information'), 'Disease_Information');
  if (wish.blocks.length === 0 && sent.length === 0) return refusal(call, '22', '登録対象のデータがありません');
  const diseases = sent.slice(0, 50).map((each) => registerDisease(call, wish, each));
  const failed = diseases.filter((each) => !each.isStored);
  const diseaseMessages: Draft = {
    Disease_Result: failed.length > 0 ? '11' : '',
    Disease_Result_Message: failed.length > 0 ? '登録できない病名があります' : '',
    Disease_Warning_Info: failed.map(({ name, code }) => ({
      Disease_Warning: 'E01',
      Disease_Warning_Message: '病名コード・病名がありません',
      Disease_Warning_Name: name,
      Disease_Warning_Code: code,
    })),
  };
  const more = { Disease_Message_Information: diseaseMessages };
  if (wish.blocks.length === 0) return done(call, wish, '登録処理終了', '', more);
  if (existing(call, wish) !== undefined) {
    // The acts were refused; what was stored of the diseases stays stored: one request can half succeed.
    const areDiseasesStored = diseases.some((each) => each.isStored);
    const message = '既に同日の診療データが登録されています';
    return refusal(call, areDiseasesStored ? '20' : '80', message, {
      Medical_Message_Information: { Medical_Result: '03', Medical_Result_Message: message },
      ...more,
    });
  }
  const uid = add(call, wish);
  if (/^yes$/i.test(textOf(call.record, 'Medical_Push'))) announce(call, wish, uid);
  return failed.length > 0
    ? done(call, wish, '病名の登録ができませんでした', uid, more, '21')
    : done(call, wish, '登録処理終了', uid, more);
}

function registerDisease(call: Call, wish: Wish, sent: OrcaRecord): { isStored: boolean; name: string; code: string } {
  const disease = wishedDisease(sent, wish.patient.ptid, wish.department, wish.date);
  const isStored = disease.code !== '' || disease.name !== '';
  if (isStored) storeDisease(call.clinic, disease);
  return { isStored, name: disease.name, code: disease.code };
}

function remove(call: Call, wish: Wish): Answer {
  const uid = textOf(call.record, 'Medical_Uid');
  if (uid === '') return refusal(call, '04', 'ＵＩＤが未設定です');
  const acts = existing(call, wish);
  if (acts === undefined) return refusal(call, '30', '削除対象の中途終了データがありません');
  if (acts.uid !== uid || acts.mode !== '' || acts.mode2 !== '') {
    return refusal(call, '31', '削除対象の中途終了データがありません。内容が更新されている可能性があります。');
  }
  call.clinic.unfinished.remove(acts.row);
  return done(call, wish, '削除処理終了', uid);
}

function replace(call: Call, wish: Wish): Answer {
  if (wish.inOut !== '1') return refusal(call, '05', '置換処理は、入院のみ可能です');
  const uid = textOf(call.record, 'Medical_Uid');
  if (uid === '') return refusal(call, '04', 'ＵＩＤが未設定です');
  const acts = existing(call, wish);
  if (acts === undefined) return refusal(call, '32', '置換対象の中途終了データがありません。');
  if (acts.uid !== uid)
    return refusal(call, '33', '置換対象の中途終了データがありません。内容が更新されている可能性があります。');
  const fresh = randomUUID();
  call.clinic.unfinished.replace(acts.row, fresh, wish.time, wish.blocks);
  return done(call, wish, '変更処理終了', fresh);
}

function append(call: Call, wish: Wish): Answer {
  if (wish.inOut === '1') return refusal(call, '40', '追加処理は、外来のみ可能です');
  if (wish.blocks.length === 0) return refusal(call, '22', '登録対象のデータがありません');
  const acts = existing(call, wish);
  if (acts === undefined) return done(call, wish, '追加登録処理終了', add(call, wish));
  if (acts.physician !== wish.physician)
    return refusal(call, '41', '追加対象の中途終了データとドクターコードが違います。');
  if (acts.mode2 !== '') return refusal(call, '42', '追加対象の中途終了データの登録方法が違います。');
  const blocks = [...acts.blocks, ...wish.blocks];
  if (blocks.length > MOST_BLOCKS) return refusal(call, '43', '中途終了データの剤番号が最大です。追加できません。');
  const uid = randomUUID();
  call.clinic.unfinished.replace(acts.row, uid, wish.time, blocks);
  return done(call, wish, '追加登録処理終了', uid);
}

function done(call: Call, wish: Wish, message: string, uid: string, more: Draft = {}, code = '00'): Answer {
  const { Reskey, ...start } = head(call, code, message, RESKEY);
  return {
    root: ROOT,
    record: {
      ...start,
      Request_Number: textOf(call.record, 'Request_Number'),
      Reskey,
      Perform_Date: wish.date,
      Perform_Time: wish.time,
      Medical_Uid: uid,
      Department_Code: wish.department,
      Department_Name: departmentName(wish.department),
      Physician_Code: wish.physician,
      Physician_WholeName: physicianName(wish.physician),
      Patient_Information: {
        ...identity(wish.patient),
        HealthInsurance_Information: wish.combination && {
          Insurance_Combination_Number: wish.combination.number,
          ...insuranceWithPublics(wish.combination),
        },
      },
      Medical_Message_Information: {
        Medical_Warning_Info: wish.warnings.map((each) => ({
          Medical_Warning: each,
          Medical_Warning_Message: WARNINGS[each],
        })),
      },
      ...more,
    },
  };
}

function announce(call: Call, wish: Wish, uid: string): void {
  call.announce({
    event: 'receive_medicalreq',
    body: {
      Patient_ID: wish.patient.number,
      Perform_Date: wish.date,
      Department_Code: wish.department,
      Physician_Code: wish.physician,
      Medical_Uid: uid,
    },
  });
}

export const MEDICALMOD: Api = {
  path: '/api21/medicalmodv2',
  method: 'POST',
  requestRoot: 'medicalreq',
  answerRoot: ROOT,
  width: 2,
  answer,
};
