// WebORCA speaks of time as the clinic's wall shows it: Asia/Tokyo, which knows no summer time.
const JAPAN_MS = 9 * 60 * 60 * 1000;

/** `YYYY-MM-DD HH:MM:SS` of a moment, or of an event's `time`; null where that is none. */
export function clinicTime(at: number): string;
export function clinicTime(at: string): string | null;
export function clinicTime(at: number | string): string | null {
  if (typeof at === 'number') return new Date(at + JAPAN_MS).toISOString().slice(0, 19).replace('T', ' ');
  const [, date, time] = /^(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2}:\d{2})/.exec(at) ?? [];
  return date === undefined || time === undefined ? null : `${date} ${time}`;
}

/** The moment of an event's `time`, to the second; null where it is none. */
export function momentOf(time: string): number | null {
  const local = clinicTime(time);
  if (local === null) return null;
  const zone = /([+-]\d{2}):?(\d{2})$/.exec(time);
  const at = Date.parse(`${local.replace(' ', 'T')}${zone ? `${zone[1]}:${zone[2]}` : '+09:00'}`);
  return Number.isNaN(at) ? null : at;
}
