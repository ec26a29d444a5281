import type { Logger } from 'pino';
import { hybridMode, type EnvironmentName, type ModeState } from '../mode/mode.ts';
import type { Environment } from '../orca/environment.ts';
import { assumedSpeaker } from '../orca/hybrid/assumed.ts';

/**
 * Tells the environments that announce a mode which one it is now. It may fail, is retried by the speaker and logged,
 * and undoes nothing; a newer mode ends what is still being told of an older one.
 */
export function announcer(
  environments: ReadonlyMap<EnvironmentName, Environment>,
  log: Logger,
): (state: ModeState) => Promise<void> {
  let latest = new AbortController();
  return async ({ mode, epoch }) => {
    latest.abort();
    latest = new AbortController();
    const { signal } = latest;
    const told = [...environments].map(async ([name, environment]) => {
      const { announces, hybrid } = environment.options;
      if (!announces || hybrid !== 'assumed') return;
      const value = hybridMode(mode, name);
      const speaker = assumedSpeaker(environment);
      try {
        await speaker.announceMode(value, { signal });
        log.info({ environment: name, announced: value, epoch }, 'mode announced');
      } catch (error) {
        if (!signal.aborted) log.warn({ err: error, environment: name, announced: value, epoch }, 'mode not announced');
      } finally {
        await speaker.close();
      }
    });
    await Promise.all(told);
  };
}
