import type { Logger } from 'pino';
import type { LogOptions } from '../config.ts';
import { rotatingFile } from './rotate.ts';

/** One request and its answer: no query, no body, no user. */
export interface AccessLine {
  readonly requestId: string;
  readonly partner: string;
  readonly method: string;
  readonly path: string;
  readonly effect: string;
  readonly environment: string | null;
  readonly status: number;
  /** Where the gateway made the answer itself. */
  readonly code: string | null;
  readonly ms: number;
  readonly epoch: number;
}

/** What is known of a request when its answer is under way. */
interface Served extends Omit<AccessLine, 'ms' | 'epoch'> {
  readonly seconds: number;
}

export interface AccessLog {
  line(line: AccessLine): void;
  /** Takes what the gateway tells. @param epoch the present one */
  served(epoch: () => number): (served: Served) => void;
  close(): Promise<void>;
}

const LIMITS = { maxBytes: 10 * 1024 * 1024, keep: 14 };

/** Where `log.access` says: nowhere (null), into `log`, or into a file of its own. */
export function openAccessLog(access: LogOptions['access'], log: Logger): AccessLog | null {
  if (access === false) return null;
  if (access === true)
    return accessLog(
      (line) => log.info(line, 'access'),
      () => Promise.resolve(),
    );
  const complain = (err: unknown): void => log.warn({ err, file: access.file }, 'the access log takes no lines');
  const file = rotatingFile(access.file, LIMITS, complain);
  return accessLog(
    (line) => file.write(JSON.stringify({ time: new Date().toISOString(), ...line })),
    () => file.close(),
  );
}

function accessLog(line: AccessLog['line'], close: AccessLog['close']): AccessLog {
  return {
    line,
    close,
    served:
      (epoch) =>
      ({ requestId, partner, method, path, effect, environment, status, code, seconds }) => {
        const ms = Math.round(seconds * 1000);
        line({ requestId, partner, method, path, effect, environment, status, code, ms, epoch: epoch() });
      },
  };
}
