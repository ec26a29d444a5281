import { randomUUID } from 'node:crypto';
import { patientNumber } from './api/call.ts';
import { localTime } from './clock.ts';
import type { Clinic } from './clinic/open.ts';
import type { Conditions } from './conditions.ts';
import type { StandingFault } from './faults.ts';

/** What a standing fault does to the listening socket. */
export interface Listener {
  close: () => void;
  reopen: () => void;
  showCertificate: (which: 'usual' | 'expired') => void;
}

/** A lock was asked for on a patient who is not there. */
export class UnknownPatient extends Error {
  readonly code = 'UNKNOWN_PATIENT';
}

/** Puts a standing fault into force, and gives what takes it back. */
export function standingFaults(
  clinic: Clinic,
  conditions: Conditions,
  listener: Listener,
  now: () => Date,
): (fault: StandingFault) => () => void {
  return (fault) => {
    switch (fault.kind) {
      case 'refuse': {
        listener.close();
        let isOver = false;
        const reopen = (): void => {
          if (!isOver) listener.reopen();
          isOver = true;
          clearTimeout(timer);
          clearInterval(holding);
        };
        const timer = fault.durationMs === undefined ? undefined : setTimeout(reopen, fault.durationMs);
        // A simulator that listens to nobody for a while is still one: something has to keep the process.
        const holding = setInterval(() => undefined, 2 ** 30);
        return reopen;
      }
      case 'clock':
        conditions.clockSkewMs += fault.skewMs;
        return () => void (conditions.clockSkewMs -= fault.skewMs);
      case 'version': {
        const { version, masterVersion } = conditions;
        Object.assign(conditions, {
          version: fault.version ?? version,
          masterVersion: fault.masterVersion ?? masterVersion,
        });
        return () => void Object.assign(conditions, { version, masterVersion });
      }
      case 'lock':
        return hold(clinic, fault.patient, fault.screen ?? 'ORCA21', now);
      case 'certificate':
        listener.showCertificate('expired');
        return () => listener.showCertificate('usual');
    }
  };
}

/** A person at a terminal has the patient open. */
function hold(clinic: Clinic, patient: string, screen: string, now: () => Date): () => void {
  const number = patientNumber({ clinic }, patient);
  const found = number === null ? undefined : clinic.patients.byNumber(number);
  if (found === undefined) throw new UnknownPatient(`there is no patient ${patient}`);
  const uid = `terminal-${randomUUID()}`;
  const lock = { uid, karteUid: '', operator: 'ormaster', screen, ptid: found.ptid, terminal: 1 } as const;
  clinic.locks.take(lock, localTime(now()));
  return () => void clinic.locks.release(uid);
}
