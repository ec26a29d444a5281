import type { ModeStore } from '../mode/store.ts';
import { keepBallast } from '../state/ballast.ts';
import type { Ballast } from '../state/ballast.ts';
import type { ControlLog } from './log.ts';
import { Login } from './login/login.ts';
import type { Cost } from './login/password.ts';
import type { SessionTimes } from './login/sessions.ts';
import { Audit } from './switch/audit.ts';

/** What this room keeps in the state folder, each in a file of its own: the mode's database has its own migrations. */
export interface Records {
  readonly audit: Audit;
  readonly ballast: Ballast;
  readonly login: Login;
  close(): void;
}

export interface RecordsParts {
  readonly store: ModeStore;
  readonly stateDir: string;
  readonly log: ControlLog;
  readonly now?: () => Date;
  readonly passwordCost?: Cost;
  readonly sessionTimes?: SessionTimes;
}

const ALL = 1_000_000;
const RESTORE_MS = 60_000;

/** @throws SqliteError, SchemaTooNew */
export function openRecords({ store, stateDir: dir, log, now, passwordCost, sessionTimes }: RecordsParts): Records {
  const epoch = (): number => store.current.epoch;
  const complain = (err: unknown): void =>
    log.error({ err, epoch: epoch() }, 'the audit trail or a session was not kept');
  const ballast = keepBallast(dir);
  const audit = new Audit({ dir, ballast, now, complain, history: () => store.history(ALL) });
  // A switch writes its own rows. What else commits a mode (the demo, which confirms itself) is told from the history.
  const stopTelling = store.onChange((state, previous) => {
    if (state.epoch !== previous.epoch) audit.mend();
  });
  const timer = setInterval(() => {
    try {
      ballast.restore();
    } catch (error) {
      complain(error);
    }
  }, RESTORE_MS).unref();
  const closeAudit = (): void => {
    clearInterval(timer);
    stopTelling();
    audit.close();
  };
  try {
    const login = new Login({
      dir,
      audit,
      epoch,
      complain,
      now: now ?? (() => new Date()),
      cost: passwordCost,
      times: sessionTimes,
    });
    return {
      audit,
      ballast,
      login,
      close() {
        login.close();
        closeAudit();
      },
    };
  } catch (error) {
    closeAudit();
    throw error;
  }
}
