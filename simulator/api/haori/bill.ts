import { isCalendarDate } from '../../clock.ts';
import { recordOf, textOf, type Draft } from '../../draft.ts';
import { departmentName, PAYMENT_METHODS } from '../../masters.ts';
import { zeroPadded } from '../../text.ts';
import type { Answer, Api, Call } from '../call.ts';
import { end, goingOn, keep, refusing, said, type Conversation } from './conversation.ts';
import { blockShown, patientOf, where } from './shown.ts';
import { announceAccount, MOST_PER_DAY, nextSequence, partsOf, writeVisit, type SlipPart } from './slips.ts';

const ROOT = 'medicalv3res3';
const POINT_GROUPS = [
  ['初・再診料', '1'],
  ['医学管理等', '13'],
  ['在宅療養', '14'],
  ['投薬', '2'],
  ['注射', '3'],
  ['処置', '4'],
  ['手術', '5'],
  ['麻酔', '54'],
  ['検査', '6'],
  ['画像診断', '7'],
  ['その他', '8'],
] as const;

/** medicalmodv33: the bill (04), then the registration (05): only now are there a visit and a slip number. */
function answer(call: Call): Answer {
  const conversation = goingOn(call, ROOT);
  if ('root' in conversation) return conversation;
  const number = textOf(call.record, 'Request_Number');
  if (number !== '04' && number !== '05') return refusing(call, ROOT)('E91', 'リクエスト番号不正');
  // Seeing the bill again is allowed until it is registered.
  const isInOrder = number === conversation.next || (number === '04' && conversation.next === '05');
  if (!isInOrder) return refusing(call, ROOT)('E09', '処理の順番が違います。正しい順で処理を行って下さい。');
  const no = refusing(call, ROOT);
  const base = textOf(call.record, 'Base_Date');
  if (base !== '' && !isCalendarDate(base)) return no('E12', '基準日付が暦日ではありません。');
  const invoice = textOf(call.record, 'Invoice_Number');
  if (conversation.slip !== null && invoice !== '' && Number(invoice) !== conversation.slip)
    return no('E21', '伝票番号が違います。');
  return number === '04' ? preview(call, conversation) : register(call, conversation);
}

function preview(call: Call, conversation: Conversation): Answer {
  const no = refusing(call, ROOT);
  const method = textOf(call.record, 'Ic_Code') || '01';
  if (!PAYMENT_METHODS.some((each) => each.code === method)) return no('E15', '入金方法区分が存在しません。');
  if (textOf(recordOf(call.record, 'Delete_Number_Info'), 'Delete_Number') !== '')
    return no('E20', '剤削除番号が存在しません。');
  keep(call, { ...conversation, next: '05' });
  const parts = partsOf(call, conversation);
  return {
    root: ROOT,
    record: {
      ...said(call, '05', conversation.uid, '000', '処理終了'),
      ...shown(call, conversation),
      Cd_Information: billOf(call, parts, method),
    },
  };
}

function shown(call: Call, conversation: Conversation): Draft {
  return {
    Perform_Date: conversation.date,
    Base_Date: textOf(call.record, 'Base_Date') || conversation.date,
    ...where(conversation),
    Patient_Information: patientOf(call, conversation),
    Medical_Information: { Medical_Info: conversation.blocks.map(blockShown) },
  };
}

function billOf(call: Call, parts: readonly SlipPart[], method: string): Draft {
  const total = String(parts.reduce((sum, part) => sum + part.cost, 0));
  const points = parts.reduce((sum, part) => sum + part.points, 0);
  const blocks = parts.flatMap((part) => part.blocks);
  return {
    Ic_Code: method,
    Ic_Code_Name: PAYMENT_METHODS.find((each) => each.code === method)?.name,
    Ic_Request_Code: textOf(call.record, 'Ic_Request_Code') || '1',
    Ic_Request_Code_Name: '今回請求分のみ入金',
    Total_Ac_Money: total,
    Total_Ic_Money: total,
    Max_Ac_Money: total,
    Cd_Information2: {
      Ic_Money: total,
      Ad_Money1: '0',
      Ad_Money2: '0',
      Ac_Money: total,
      Cd_Ac_Information: {
        Ai_Money: total,
        Oe_Money: '0',
        Dg_Smoney: '0',
        Om_Smoney: '0',
        Pi_Smoney: '0',
        Lsi_Total_Money: '0',
      },
      Ac_Point_Information: {
        Ac_Ttl_Point: String(points),
        Ac_Point_Detail: POINT_GROUPS.map(([name, start]) => ({
          Ac_Point_Name: name,
          Ac_Point: String(
            blocks
              .filter((block) => groupOf(block.class) === start)
              .reduce((sum, block) => sum + block.points * (Number(block.count) || 1), 0),
          ),
          Me_Money: '0',
        })),
      },
    },
    Old_Total_Information: { Old_Total_Re_Money: '0', Old_Total_Ov_Money: '0' },
  };
}

/** The longest beginning of a class that names a group of points. */
function groupOf(kind: string): string | undefined {
  return POINT_GROUPS.map(([, start]) => start)
    .filter((start) => kind.startsWith(start))
    .sort((one, other) => other.length - one.length)[0];
}

function register(call: Call, conversation: Conversation): Answer {
  const no = refusing(call, ROOT);
  const parts = partsOf(call, conversation);
  const isFull =
    conversation.slip === null &&
    parts.some((part) => nextSequence(call, conversation.ptid, conversation.date, part.department) > MOST_PER_DAY);
  if (isFull) {
    const refused = no('E80', '一時データ出力エラーです。強制終了して下さい。');
    const message = {
      Medical_Result: '0105',
      Medical_Result_Message: 'この診療科の当日の受診が９回登録済です。これ以上登録できません。',
    };
    return { root: ROOT, record: { ...refused.record, Medical_Message_Information: message } };
  }
  const total = parts.reduce((sum, part) => sum + part.cost, 0);
  const given = textOf(recordOf(call.record, 'Cd_Information'), 'Ic_Money');
  if (given !== '' && !/^\d+$/.test(given)) return no('E16', '入金額の数値エラーです。');
  const paid = given === '' ? total : Number(given);
  const visits = writeVisit(call, conversation, parts, Math.min(paid, total));
  end(call, conversation.uid);
  announceAccount(call, conversation.slip === null ? 'add' : 'modify', visits);
  return {
    root: ROOT,
    record: {
      ...said(call, '00', conversation.uid, '000', '登録処理終了'),
      ...shown(call, conversation),
      Invoice_Number: zeroPadded(visits[0]?.slip ?? 0, 7),
      Cd_Information: billOf(call, parts, textOf(call.record, 'Ic_Code') || '01'),
      Cd_Sub_Information2: {
        Cd_Sub_Info2:
          visits.length < 2
            ? []
            : visits.map((visit) => ({
                Sub_Change_Info: {
                  Insurance_Combination_Number: visit.combination,
                  Department_Code: visit.department,
                  Department_Code_Name: departmentName(visit.department),
                  Physician_Code: visit.physician,
                  Sub_Invoice_Number: zeroPadded(visit.slip, 7),
                },
                Ic_Money: String(visit.paid),
                Ac_Money: String(visit.charged),
              })),
      },
    },
  };
}

export const BILL: Api = {
  path: '/api21/medicalmodv33',
  method: 'POST',
  requestRoot: 'medicalv3req3',
  answerRoot: ROOT,
  width: 3,
  draws: true,
  answer,
};
