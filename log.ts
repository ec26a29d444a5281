import { pino, type Logger } from 'pino';
import type { LogOptions } from './config.ts';

/** JSON lines for machines, readable lines on a terminal. No bodies, no queries, no credentials are ever given to it. */
export function openLog({ level, format }: LogOptions): Logger {
  const isPretty = format === 'pretty' || (format === 'auto' && process.stdout.isTTY);
  const options = { level, base: null, timestamp: pino.stdTimeFunctions.isoTime };
  if (!isPretty) return pino(options);
  return pino({
    ...options,
    transport: { target: 'pino-pretty', options: { translateTime: 'SYS:HH:MM:ss', singleLine: true } },
  });
}
