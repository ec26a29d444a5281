import { isCalendarDate } from '../../clock.ts';
import type { Patient } from '../../clinic/patients.ts';
import type { Visit } from '../../clinic/visits.ts';
import { textOf, type Draft } from '../../draft.ts';
import { zeroPadded } from '../../text.ts';
import { findPatient, identity, type Answer, type Api, type Call } from '../call.ts';
import { begin, EARLIEST, end, find, refusing, release, said } from './conversation.ts';
import { blockShown, insuranceOf, where } from './shown.ts';
import { announceAccount } from './slips.ts';

const ROOT = 'medicalv3res4';

/** medicalmodv34: loads a registered visit to correct it (then 32-02 … 33-05), or asks whether to delete it, and deletes it. */
function answer(call: Call): Answer {
  switch (textOf(call.record, 'Request_Number')) {
    case '01':
      return load(call);
    case '02':
      return remove(call);
    case '99':
      return release(call, ROOT);
    default:
      return refusing(call, ROOT)('E91', 'リクエスト番号不正');
  }
}

function patientOf(call: Call): Patient | Answer {
  const no = refusing(call, ROOT);
  if (textOf(call.record, 'Karte_Uid') === '') return no('E04', '電子カルテＵＩＤが未設定です');
  if (textOf(call.record, 'Patient_ID') === '') return no('E01', '患者番号が未設定です');
  return findPatient(call, textOf(call.record, 'Patient_ID')) ?? no('E10', '患者番号に該当する患者が存在しません');
}

/** The visit meant: the slip number wins. */
function visitOf(call: Call, patient: Patient, date: string): Visit | Answer {
  const no = refusing(call, ROOT);
  const { visits } = call.clinic;
  const invoice = textOf(call.record, 'Invoice_Number');
  if (invoice !== '') {
    if (!/^\d{1,7}$/.test(invoice)) return no('E13', '伝票番号エラーです');
    const visit = visits.bySlip(Number(invoice));
    if (visit === undefined) return no('E22', '該当の受診履歴が存在しません');
    const isMeant = visit.ptid === patient.ptid && visit.date === date;
    return isMeant ? visit : no('E14', '伝票番号の受診履歴が送信内容と一致しません');
  }
  const sequence = textOf(call.record, 'Sequential_Number') || '1';
  if (!/^\d$/.test(sequence)) return no('E23', '連番数値エラーです');
  const combination = textOf(call.record, 'Insurance_Combination_Number');
  if (combination !== '' && !call.clinic.insurances.combination(patient.ptid, combination.padStart(4, '0'))) {
    return no('E18', '保険組合せ番号が存在しません。');
  }
  const found = visits
    .sameDay(patient.ptid, date)
    .find(
      (visit) =>
        visit.department === textOf(call.record, 'Department_Code') &&
        visit.sequence === Number(sequence) &&
        (combination === '' || visit.combination === combination.padStart(4, '0')),
    );
  return found ?? no('E22', '該当の受診履歴が存在しません');
}

function load(call: Call): Answer {
  const no = refusing(call, ROOT);
  const mode = textOf(call.record, 'Patient_Mode');
  if (mode !== 'Modify' && mode !== 'Delete') return no('E02', '処理区分エラー');
  const patient = patientOf(call);
  if ('root' in patient) return patient;
  const date = textOf(call.record, 'Perform_Date') || call.at.date;
  if (!isCalendarDate(date)) return no('E11', '診療日が暦日ではありません');
  if (date < EARLIEST) return no('E12', '診療日が平成２７年４月１日以降ではありません');
  const visit = visitOf(call, patient, date);
  if ('root' in visit) return visit;
  const conversation = begin(call, {
    kind: mode === 'Modify' ? 'visit' : 'deletion',
    next: '02',
    ptid: patient.ptid,
    patientNumber: patient.number,
    date,
    time: '',
    department: visit.department,
    physician: visit.physician,
    combination: visit.combination,
    offTime: visit.offTime,
    slip: visit.slip,
    outside: visit.outside,
    blocks: call.clinic.visits.blocks(visit.slip),
    questions: [],
  });
  if (conversation === null) return locked(call, patient, date);
  const isDeletion = mode === 'Delete';
  const group = call.clinic.visits.group(visit.groupSlip, patient.ptid);
  const start = isDeletion
    ? said(call, '02', conversation.uid, 'S30', '選択項目があります。選択結果を返却してください。')
    : said(call, '02', conversation.uid, '000', '確認処理終了');
  const question =
    group.length > 1
      ? { code: '0002', message: '複数科保険組合せの受診履歴です。すべての受診履歴を削除します。よろしいですか？' }
      : { code: '0001', message: '受診履歴を削除します。よろしいですか？' };
  return {
    root: ROOT,
    record: {
      ...start,
      Patient_Information: identity(patient),
      Medical_Select_Flag: isDeletion ? 'True' : '',
      ...visitShown(call, visit, group),
      Medical_Information: { Medical_Info: conversation.blocks.map(blockShown) },
      Medical_Select_Information: isDeletion
        ? { Medical_Select: question.code, Medical_Select_Message: question.message }
        : undefined,
    },
  };
}

/** WebORCA gives no Orca_Uid to whom it shuts out. */
function locked(call: Call, patient: Patient, date: string): Answer {
  return {
    root: ROOT,
    record: {
      ...said(call, textOf(call.record, 'Request_Number'), '', 'E90', '他端末使用中'),
      Patient_Information: { Patient_ID: patient.number },
      Perform_Date: date,
      Invoice_Number: textOf(call.record, 'Invoice_Number'),
    },
  };
}

function visitShown(call: Call, visit: Visit, group: readonly Visit[]): Draft {
  const combination = call.clinic.insurances.combination(visit.ptid, visit.combination);
  return {
    Perform_Date: visit.date,
    Invoice_Number: zeroPadded(visit.slip, 7),
    ...slipsFirst(visit),
    HealthInsurance_Information: insuranceOf(combination, visit.combination),
    Grp_Information: {
      Grp_Info:
        group.length < 2
          ? []
          : group.map((each) => ({
              Invoice_Number: zeroPadded(each.slip, 7),
              Insurance_Combination_Number: each.combination,
              Department_Code: each.department,
              Sequential_Number: String(each.sequence),
            })),
    },
    Outside_Class: visit.outside,
  };
}

function slipsFirst(visit: Visit): Draft {
  const { Department_Code, Department_Name, ...physician } = where(visit);
  return { Department_Code, Department_Name, Sequential_Number: String(visit.sequence), ...physician };
}

function remove(call: Call): Answer {
  const no = refusing(call, ROOT);
  const patient = patientOf(call);
  if ('root' in patient) return patient;
  const conversation = find(call);
  if (conversation === undefined || conversation.kind !== 'deletion') return no('E08', '初回接続が完了していません。');
  const reply = textOf(call.record, 'Select_Answer');
  if (reply !== 'Ok' && reply !== 'No') return no('E21', '選択結果エラーです。');
  end(call, conversation.uid);
  if (reply === 'No') return no('E25', '削除処理をキャンセルしました。');
  const visit = call.clinic.visits.bySlip(conversation.slip ?? 0);
  if (visit === undefined) return no('E22', '該当の受診履歴が存在しません');
  const group = call.clinic.visits.group(visit.groupSlip, visit.ptid);
  for (const each of group) call.clinic.visits.remove(each.slip);
  announceAccount(call, 'delete', group);
  return {
    root: ROOT,
    record: {
      ...said(call, '00', conversation.uid, '000', '削除処理終了'),
      Patient_Information: identity(patient),
      ...visitShown(call, visit, group),
    },
  };
}

export const CORRECT: Api = {
  path: '/api21/medicalmodv34',
  method: 'POST',
  requestRoot: 'medicalv3req4',
  answerRoot: ROOT,
  width: 3,
  answer,
};
