const JAPAN_OFFSET_MS = 9 * 3600 * 1000;
const DAY_MS = 24 * 3600 * 1000;

/** A moment as the clinic's wall clock shows it (Asia/Tokyo, which knows no summer time). */
export interface LocalTime {
  /** YYYY-MM-DD */
  readonly date: string;
  /** HH:MM:SS */
  readonly time: string;
  readonly epochMs: number;
}

/** The clinic's wall clock at a moment. */
export function localTime(at: Date): LocalTime {
  const text = new Date(at.getTime() + JAPAN_OFFSET_MS).toISOString();
  return { date: text.slice(0, 10), time: text.slice(11, 19), epochMs: at.getTime() };
}

/** The moment of a wall-clock date and time, in milliseconds; NaN where they are none. */
export function epochOf(date: string, time: string): number {
  return Date.parse(`${date}T${time}+09:00`);
}

/** Is this a real day of the calendar, written YYYY-MM-DD? */
export function isCalendarDate(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  const day = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(day.getTime()) && day.toISOString().startsWith(text);
}

/** Is this a real month, written YYYY-MM? */
export function isCalendarMonth(text: string): boolean {
  return isCalendarDate(`${text}-01`);
}

/** Is this a time of day, written HH:MM:SS? */
export function isTimeOfDay(text: string): boolean {
  return /^([01]\d|2[0-3]):[0-5]\d:[0-5]\d$/.test(text);
}

/** The day so many days after (or, negative, before) a date. */
export function addDays(date: string, days: number): string {
  return new Date(Date.parse(`${date}T00:00:00Z`) + days * DAY_MS).toISOString().slice(0, 10);
}

/** The month so many months before the one a date lies in, YYYY-MM. */
export function monthsBefore(date: string, months: number): string {
  const index = Number(date.slice(0, 4)) * 12 + Number(date.slice(5, 7)) - 1 - months;
  return `${String(Math.floor(index / 12)).padStart(4, '0')}-${String((index % 12) + 1).padStart(2, '0')}`;
}

/** 0 is Sunday. */
export function weekday(date: string): number {
  return new Date(`${date}T00:00:00Z`).getUTCDay();
}

/** Age in full years on a day. */
export function ageOn(birthDate: string, date: string): number {
  const years = Number(date.slice(0, 4)) - Number(birthDate.slice(0, 4));
  return date.slice(5) < birthDate.slice(5) ? years - 1 : years;
}
