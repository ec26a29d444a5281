import { lookup as systemLookup, type LookupAddress, type LookupOptions } from 'node:dns';
import type { LookupFunction } from 'node:net';

type Answer = (error: NodeJS.ErrnoException | null, address: string | LookupAddress[], family?: number) => void;

/**
 * Asks the system for each new connection, as the cloud changes its addresses; where the name service is down, the last
 * good answer is used, for as long as the process lives.
 * @param ask the name service, for tests
 */
export function rememberingLookup(
  ask: (hostname: string, options: LookupOptions, answer: Answer) => void = systemLookup,
): LookupFunction {
  const known = new Map<string, [string | LookupAddress[], number | undefined]>();
  return (hostname, options, callback) => {
    const key = `${hostname} ${options.family ?? 0} ${options.all === true}`;
    ask(hostname, options, (error, address, family) => {
      const last = known.get(key);
      if (error !== null && last !== undefined) return callback(null, ...last);
      if (error === null) known.set(key, [address, family]);
      callback(error, address, family);
    });
  };
}
