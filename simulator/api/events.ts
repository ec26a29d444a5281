import { isCalendarDate } from '../clock.ts';
import { textOf } from '../draft.ts';
import { isHalfWidth } from '../text.ts';
import type { Api, BareAnswer, Call } from './call.ts';

const refuse = (code: string, message: string): BareAnswer => ({ json: [{ error: { code, message } }], code });

/** `YYYY-MM-DD` or `YYYY-MM-DD HH:MM`; the refusal's code where it is neither. */
function moment(text: string, otherwise: string): { at: string } | { wrong: 'date' | 'time' } {
  if (text === '') return { at: otherwise };
  const [date = '', time] = text.split(' ', 2);
  if (!isCalendarDate(date)) return { wrong: 'date' };
  if (time !== undefined && !/^([01]\d|2[0-3]):[0-5]\d$/.test(time)) return { wrong: 'time' };
  return { at: time === undefined ? `${date} ${otherwise.slice(11)}` : `${date} ${time}${otherwise.slice(16)}` };
}

function answer(call: Call): BareAnswer {
  const event = textOf(call.record, 'event');
  const user = textOf(call.record, 'user');
  if (!isHalfWidth(event)) return refuse('0001', 'イベント名に半角以外の文字が入力されています。');
  if (!isHalfWidth(user)) return refuse('0002', 'ユーザ名に半角以外の文字が入力されています。');
  const from = moment(textOf(call.record, 'start_time'), '0000-00-00 00:00:00');
  if ('wrong' in from) {
    return from.wrong === 'date'
      ? refuse('0003', '期間開始日時の日付の入力に誤りがあります。')
      : refuse('0004', '期間開始日時の時刻の入力に誤りがあります。');
  }
  const to = moment(textOf(call.record, 'end_time'), '9999-99-99 23:59:59');
  if ('wrong' in to) {
    return to.wrong === 'date'
      ? refuse('0005', '期間終了日時の日付の入力に誤りがあります。')
      : refuse('0006', '期間終了日時の時刻の入力に誤りがあります。');
  }
  if (from.at > to.at) return refuse('0008', '期間開始日時＞期間終了日時です。');
  const rows = call.clinic.db
    .prepare<[{ from: string; to: string; event: string; user: string }], { data: string }>(
      `select data from monpushevent where pushed_at between @from and @to and (@event = '' or event = @event)
       and (@user = '' or user_ = @user) order by seq`,
    )
    .all({ from: from.at, to: to.at, event, user });
  if (rows.length === 0) return refuse('0007', '対象となるＰＵＳＨ通知が存在しませんでした。');
  return { json: rows.map((row) => ({ data: parsed(row.data) })) };
}

function parsed(text: string): unknown {
  const value: unknown = JSON.parse(text);
  return value;
}

export const PUSHEVENTGET: Api = {
  path: '/api01rv2/pusheventgetv2',
  method: 'POST',
  requestRoot: 'pusheventgetv2req',
  answerRoot: 'pusheventgetv2res',
  width: 4,
  flavours: ['cloud'],
  answer,
};
