import type { Lock } from '../../clinic/locks.ts';
import { recordOf, textOf, type Draft } from '../../draft.ts';
import type { Answer, Api, Call } from '../call.ts';
import { begin, end, find, refusing, said, type Conversation } from './conversation.ts';

const ROOT = 'medicalv3res7';
const MOST = 100;

/** medicalmodv37: who has whom open (00), and letting go of what a client left behind (01, asked about once). */
function answer(call: Call): Answer {
  const no = refusing(call, ROOT);
  if (textOf(call.record, 'Karte_Uid') === '') return no('E06', '電子カルテＵＩＤが未設定です。');
  switch (textOf(call.record, 'Request_Number')) {
    case '00':
      return list(call);
    case '01':
      return textOf(call.record, 'Orca_Uid') === '' ? propose(call) : execute(call);
    case '99':
      return giveUp(call);
    default:
      return no('E91', 'リクエスト番号不正');
  }
}

function list(call: Call): Answer {
  const locks = call.clinic.locks.all().slice(0, MOST);
  if (locks.length === 0) return refusing(call, ROOT)('E10', '排他中の情報はありません。');
  return {
    root: ROOT,
    record: { ...said(call, '00', '', '000', '処理終了'), Lock_Information: locks.map((lock) => row(call, lock)) },
  };
}

function row(call: Call, lock: Lock): Draft {
  const patient = call.clinic.patients.bySerial(lock.ptid);
  return {
    Lock_Karte_Uid: lock.karteUid,
    Lock_Orca_Uid: lock.uid,
    Lock_Opid: lock.operator,
    Lock_Ld_Name: lock.screen,
    Lock_Patient_ID: patient?.number,
    Lock_WholeName: patient?.name,
    Lock_Date: lock.date,
    Lock_Time: lock.time,
  };
}

interface Target {
  readonly all: boolean;
  readonly uid: string;
}

function targetOf(call: Call): Target | Answer {
  const no = refusing(call, ROOT);
  const asked = recordOf(call.record, 'Delete_Information');
  const kind = textOf(asked, 'Delete_Class');
  const uid = textOf(asked, 'Delete_Orca_Uid');
  const karteUid = textOf(asked, 'Delete_Karte_Uid');
  if (kind !== '' && kind !== 'All') return no('E15', '削除区分が違います。');
  const isThere = call.clinic.locks
    .all()
    .some((lock) => kind === 'All' || (lock.uid === uid && lock.karteUid === karteUid));
  return isThere ? { all: kind === 'All', uid } : no('E13', '排他情報が存在しません。');
}

function propose(call: Call): Answer {
  const target = targetOf(call);
  if ('root' in target) return target;
  const conversation = begin(call, {
    kind: 'unlocking',
    next: '01',
    ptid: 0,
    patientNumber: '',
    date: call.at.date,
    time: call.at.time,
    department: '',
    physician: '',
    combination: '',
    offTime: '',
    slip: null,
    outside: '',
    blocks: [],
    questions: [],
    target,
  });
  const question = target.all
    ? { code: '0002', message: '排他情報をすべて削除します。端末が展開中でないことを確認して下さい。' }
    : { code: '0001', message: '選択された排他情報を削除します。端末が展開中でないことを確認して下さい。' };
  return {
    root: ROOT,
    record: {
      ...said(call, '01', conversation?.uid ?? '', 'S40', '選択項目があります。選択結果を返却してください。'),
      Delete_Information: echo(call),
      Delete_Select_Information: { Delete_Select: question.code, Delete_Select_Message: question.message },
    },
  };
}

function execute(call: Call): Answer {
  const no = refusing(call, ROOT);
  const conversation: Conversation | undefined = find(call);
  if (conversation?.target === undefined) return no('E08', '初回接続が完了していません。');
  const target = targetOf(call);
  if ('root' in target) return target;
  if (target.all !== conversation.target.all || target.uid !== conversation.target.uid) {
    return no('E11', '削除対象のＵＩＤが前回と違います。');
  }
  const reply = textOf(call.record, 'Select_Answer');
  if (reply === '') return no('E40', '選択項目があります。選択結果を返却してください。');
  if (reply !== 'Ok') return no('E12', '選択結果エラーです。');
  const freed = call.clinic.locks.all().filter((lock) => target.all || lock.uid === target.uid);
  for (const lock of freed) end(call, lock.uid);
  end(call, conversation.uid);
  return {
    root: ROOT,
    record: { ...said(call, '00', conversation.uid, '000', '削除処理終了'), Delete_Information: echo(call) },
  };
}

function giveUp(call: Call): Answer {
  const uid = textOf(call.record, 'Orca_Uid');
  if (uid === '') return refusing(call, ROOT)('E07', 'オルカＵＩＤが未設定です。');
  return find(call)?.kind === 'unlocking' && end(call, uid)
    ? { root: ROOT, record: said(call, '01', uid, '000', '解除処理終了') }
    : refusing(call, ROOT)('E81', '解除対象がありません。');
}

function echo(call: Call): Draft {
  const asked = recordOf(call.record, 'Delete_Information');
  return {
    Delete_Class: textOf(asked, 'Delete_Class'),
    Delete_Karte_Uid: textOf(asked, 'Delete_Karte_Uid'),
    Delete_Orca_Uid: textOf(asked, 'Delete_Orca_Uid'),
  };
}

export const UNLOCK: Api = {
  path: '/api21/medicalmodv37',
  method: 'POST',
  requestRoot: 'medicalv3req7',
  answerRoot: ROOT,
  width: 3,
  answer,
};
