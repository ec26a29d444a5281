import type { Line } from '../../state/batch.ts';

export const TABLE: readonly string[] = ['CREATE TABLE rows (number INTEGER PRIMARY KEY, text TEXT NOT NULL) STRICT'];

export function line(number: number, text: string | null = `row ${number}`): Line {
  return { sql: 'INSERT INTO rows (number, text) VALUES (@number, @text)', params: { number, text } };
}

export const COUNT: Line = { sql: 'SELECT count(*) count, max(number) last FROM rows', params: {} };
