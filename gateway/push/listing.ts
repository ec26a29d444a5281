import { z } from 'zod';
import type { Wanted } from './events.ts';

// What pusheventgetv2 is asked, and how it answers: for environments that do not offer it (on premises).

export type Listing =
  { readonly kind: 'wanted'; readonly wanted: Wanted } | { readonly kind: 'refused'; readonly text: string };

const text = z.string().catch('');
const request = z.object({
  pusheventgetv2req: z.object({ event: text, user: text, start_time: text, end_time: text }),
});

/** Reads a request body. WebORCA takes JSON only here. */
export function parseListing(body: Buffer | null): Listing {
  const found = request.safeParse(jsonOf(body));
  if (!found.success) return refused('0097', '送信内容に誤りがあります。');
  const { event, user, start_time: start, end_time: end } = found.data.pusheventgetv2req;
  if (!HALF_WIDTH.test(event)) return refused('0001', 'イベント名に半角以外の文字が入力されています。');
  if (!HALF_WIDTH.test(user)) return refused('0002', 'ユーザ名に半角以外の文字が入力されています。');
  const from = moment(start, '0000-00-00 00:00:00');
  if (from === 'date') return refused('0003', '期間開始日時の日付の入力に誤りがあります。');
  if (from === 'time') return refused('0004', '期間開始日時の時刻の入力に誤りがあります。');
  const to = moment(end, '9999-99-99 23:59:59');
  if (to === 'date') return refused('0005', '期間終了日時の日付の入力に誤りがあります。');
  if (to === 'time') return refused('0006', '期間終了日時の時刻の入力に誤りがあります。');
  if (from.at > to.at) return refused('0008', '期間開始日時＞期間終了日時です。');
  return { kind: 'wanted', wanted: { event, user, from: from.at, to: to.at } };
}

/** A bare array of `{data}`, or of one `{error}` where there is none. */
export function listingText(envelopes: readonly string[]): string {
  if (envelopes.length === 0) return refused('0007', '対象となるＰＵＳＨ通知が存在しませんでした。').text;
  return `[${envelopes.map((data) => `{"data":${data}}`).join(',')}]\n`;
}

const HALF_WIDTH = /^[\x20-\x7e]*$/;

function refused(code: string, message: string) {
  return { kind: 'refused', text: `${JSON.stringify([{ error: { code, message } }])}\n` } as const;
}

/** A date, or a date and `HH:MM`; an empty one is the bound itself. */
function moment(given: string, bound: string): { readonly at: string } | 'date' | 'time' {
  if (given === '') return { at: bound };
  const [date = '', time] = given.split(' ', 2);
  const day = new Date(`${date}T00:00:00Z`);
  if (!/^\d{4}-\d{2}-\d{2}$/.test(date) || Number.isNaN(day.getTime()) || !day.toISOString().startsWith(date))
    return 'date';
  if (time === undefined) return { at: `${date} ${bound.slice(11)}` };
  return /^(?:[01]\d|2[0-3]):[0-5]\d$/.test(time) ? { at: `${date} ${time}${bound.slice(16)}` } : 'time';
}

function jsonOf(body: Buffer | null): unknown {
  try {
    const value: unknown = JSON.parse(body?.toString('utf8') ?? '');
    return value;
  } catch {
    return null;
  }
}
