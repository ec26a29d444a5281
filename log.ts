import { pino, type DestinationStream, type Logger } from 'pino';
import type { LogOptions } from './config.ts';
import { REDACTED, SERIALIZERS } from './log/redact.ts';

/**
 * JSON lines for machines, readable lines on a terminal. No bodies, no queries, no credentials are ever given to it; what
 * is given all the same is redacted.
 */
export function openLog({ level, format }: Pick<LogOptions, 'level' | 'format'>, to?: DestinationStream): Logger {
  const isPretty = to === undefined && (format === 'pretty' || (format === 'auto' && process.stdout.isTTY));
  const options = {
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    redact: REDACTED,
    serializers: SERIALIZERS,
  };
  if (to !== undefined) return pino(options, to);
  if (!isPretty) return pino(options);
  return pino({
    ...options,
    transport: { target: 'pino-pretty', options: { translateTime: 'SYS:HH:MM:ss', singleLine: true } },
  });
}
