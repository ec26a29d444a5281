import type { OrcaRecord } from '../../../orca/xml2.ts';
import { recordOf, recordsOf, textOf, type Draft } from '../../draft.ts';
import { departmentName, physicianName } from '../../masters.ts';
import { blocksFrom } from '../blocks.ts';
import type { Answer, Api, Call } from '../call.ts';
import {
  goingOn,
  keep,
  refusing,
  said,
  type Conversation,
  type ConversationBlock,
  type Question,
} from './conversation.ts';
import { blockShown, patientOf, where } from './shown.ts';

const ROOT = 'medicalv3res2';
const MOST_LINES = 400;
const MOST_BLOCKS = 110;
const DRUGS = '210';

/** medicalmodv32: the acts (02), then whatever has to be asked about them (03) until nothing is left to ask. */
function answer(call: Call): Answer {
  const conversation = goingOn(call, ROOT);
  if ('root' in conversation) return conversation;
  switch (textOf(call.record, 'Request_Number')) {
    case '02':
      return submit(call, conversation);
    case '03':
      return confirm(call, conversation);
    default:
      return refusing(call, ROOT)('E91', 'リクエスト番号不正');
  }
}

function submit(call: Call, conversation: Conversation): Answer {
  const no = refusing(call, ROOT);
  const { record } = call;
  if (conversation.next !== '02' && conversation.next !== '03') return no('E19', '処理の順番が違います。');
  const isModification = textOf(record, 'Patient_Mode') === 'Modify';
  if (isModification !== (conversation.slip !== null)) return no('E28', '訂正処理の順番が違います。');
  const invoice = textOf(record, 'Invoice_Number');
  if (isModification && invoice !== '' && Number(invoice) !== conversation.slip)
    return no('E27', '伝票番号が違います。');
  const diagnosis = recordOf(record, 'Diagnosis_Information');
  const department = textOf(diagnosis, 'Department_Code') || conversation.department;
  const physician = textOf(diagnosis, 'Physician_Code') || conversation.physician;
  if (departmentName(department) === undefined) return no('E13', '診療科が存在しません');
  if (physicianName(physician) === undefined) return no('E14', 'ドクターが存在しません');
  const outside = textOf(diagnosis, 'Outside_Class') || 'False';
  if (outside !== 'True' && outside !== 'False') return no('E16', '院内・院外区分がエラーです。');
  const offTime = textOf(diagnosis, 'Medical_OffTime') || conversation.offTime;
  if (!/^[0-8]$/.test(offTime)) return no('E15', '時間外区分は、０から８で設定して下さい');
  const sent = recordsOf(recordOf(diagnosis, 'Medical_Information'), 'Medical_Info');
  const blocks = sent.flatMap((each) => blocksFrom([each], 'Medication_Info').map((block) => placed(block, each)));
  if (blocks.length === 0) return no('E20', '診療内容が存在しません。');
  if (blocks.length > MOST_BLOCKS) return no('E43', '剤数・明細数が最大件数以上となります。登録できません。');
  if (blocks.reduce((lines, block) => lines + block.items.length, 0) > MOST_LINES) {
    return no('E42', '診療行為が４００行をオーバーします。登録できません。');
  }
  const wrong = blocks.findIndex((block) => block.items.some((item) => !/^\d{9}$/.test(item.code)));
  if (wrong >= 0) return refusedActs(call, wrong, blocks);
  const isUnknown = blocks.some(
    (block) =>
      block.combination !== undefined && !call.clinic.insurances.combination(conversation.ptid, block.combination),
  );
  if (isUnknown) return no('E17', '保険組合せ番号が存在しません。');
  const questions = questionsAbout(blocks);
  const submitted = { ...conversation, next: '03', department, physician, outside, offTime, blocks, questions };
  keep(call, submitted);
  return {
    root: ROOT,
    record: {
      ...said(call, '03', conversation.uid, '000', '処理終了'),
      Perform_Date: conversation.date,
      Perform_Time: conversation.time,
      ...where(submitted),
      Patient_Information: patientOf(call, submitted),
      Medical_Req_OffTime: offTime,
      Medical_Req_Information: { Medical_Req_Info: sent.map(echoed) },
      Medical_Information: { Medical_Info: blocks.map(blockShown) },
    },
  };
}

function placed(block: ConversationBlock, sent: OrcaRecord): ConversationBlock {
  const change = recordOf(sent, 'Medication_Change_Info');
  const combination = textOf(change, 'Change_Insurance_Combination_Number');
  const department = textOf(change, 'Change_Department_Code');
  const physician = textOf(change, 'Change_Physician_Code');
  return {
    ...block,
    ...(combination === '' ? {} : { combination: combination.padStart(4, '0') }),
    ...(department === '' ? {} : { department }),
    ...(physician === '' ? {} : { physician }),
  };
}

function refusedActs(call: Call, position: number, blocks: readonly ConversationBlock[]): Answer {
  const item = blocks[position]?.items.findIndex((each) => !/^\d{9}$/.test(each.code)) ?? 0;
  return {
    root: ROOT,
    record: {
      ...refusing(call, ROOT)('E30', '診療行為にエラーがあります。').record,
      Medical_Message_Information: {
        Medical_Result: '0001',
        Medical_Result_Message1: '点数マスタにありません',
        Medical_Position: String(position + 1).padStart(3, '0'),
        Medical_Item_Position: String(item + 1).padStart(2, '0'),
        Medical_Result_Code: blocks[position]?.items[item]?.code,
      },
    },
  };
}

function questionsAbout(blocks: readonly ConversationBlock[]): readonly Question[] {
  const drugs = blocks.filter((block) => block.class === DRUGS);
  const kinds = drugs.reduce((sum, block) => sum + block.items.length, 0);
  const questions: Question[] = [];
  if (kinds >= 7) questions.push({ code: '2001', message: '内服薬剤が７種類以上になります。逓減しますか？' });
  if (drugs.some((block) => Number(block.count) >= 30)) {
    questions.push({ code: '2007', message: '３０日以上の投薬があります。逓減しますか？' });
  }
  return questions;
}

function echoed(sent: OrcaRecord): Draft {
  return {
    Medical_Req_Class: textOf(sent, 'Medical_Class'),
    Medical_Req_Class_Name: blocksFrom([sent], 'Medication_Info')[0]?.name,
    Medical_Req_Class_Number: textOf(sent, 'Medical_Class_Number'),
    Medication_Req_Info: recordsOf(sent, 'Medication_Info').map((each) => ({
      Medication_Req_Code: textOf(each, 'Medication_Code'),
      Medication_Req_Name: textOf(each, 'Medication_Name'),
      Medication_Req_Number: textOf(each, 'Medication_Number'),
    })),
  };
}

function confirm(call: Call, conversation: Conversation): Answer {
  const no = refusing(call, ROOT);
  if (conversation.next === '04' || conversation.next === '05') {
    return no('E09', '確認処理は終了しています。次の処理を行って下さい。');
  }
  if (conversation.next !== '03') return no('E19', '処理の順番が違います。');
  const reply = textOf(call.record, 'Select_Answer');
  if (!['', 'Ok', 'Yes', 'No'].includes(reply)) return no('E32', '選択結果エラーです。');
  const questions = reply === '' ? conversation.questions : conversation.questions.slice(1);
  const [question] = questions;
  const confirmed = { ...conversation, questions, next: question ? '03' : '04' };
  keep(call, confirmed);
  const start = question
    ? said(call, '03', conversation.uid, 'S40', '選択項目があります。選択結果を返却してください。')
    : said(call, '04', conversation.uid, '000', '処理終了');
  return {
    root: ROOT,
    record: {
      ...start,
      Perform_Date: conversation.date,
      Perform_Time: conversation.time,
      Medical_Select_Flag: question ? 'True' : '',
      Patient_Information: patientOf(call, confirmed),
      Medical_Information: { Medical_Info: confirmed.blocks.map(blockShown) },
      Medical_Select_Information: question && {
        Medical_Select: question.code,
        Medical_Select_Message: question.message,
      },
    },
  };
}

export const ACTS_STEP: Api = {
  path: '/api21/medicalmodv32',
  method: 'POST',
  requestRoot: 'medicalv3req2',
  answerRoot: ROOT,
  width: 3,
  answer,
};
