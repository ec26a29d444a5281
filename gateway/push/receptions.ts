import { createHash } from 'node:crypto';
import pRetry from 'p-retry';
import type { EnvironmentName } from '../../mode/mode.ts';
import { isDone } from '../../orca/client/outcome.ts';
import type { Reception, ReceptionCalls } from '../../orca/client/receptions.ts';
import { clinicTime } from './clock.ts';
import { pushEvent, type PushEvent } from './protocol.ts';

/** More pages than any clinic has; WebORCA gives 1,500 rows at a time. */
const MOST_PAGES = 4;

/**
 * Today's receptions of an environment, as the events that would have announced them: for clients whose lists never
 * reload. @throws where the environment does not tell
 */
export async function announcements(
  environment: EnvironmentName,
  epoch: number,
  calls: Pick<ReceptionCalls, 'list'>,
  signal: AbortSignal,
): Promise<PushEvent[]> {
  const receptions: Reception[] = [];
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const outcome = await pRetry(
      async () => {
        const answered = await calls.list({ which: 'all', after: receptions.length }, { signal, isUrgent: true });
        if (!isDone(answered)) throw new NotListed(`acceptlstv2: ${answered.code}`);
        return answered;
      },
      { retries: 3, minTimeout: 500, randomize: true, signal, shouldRetry: ({ error }) => error instanceof NotListed },
    );
    receptions.push(...outcome.answer);
    if (!outcome.isIncomplete || outcome.answer.length === 0) break;
  }
  return receptions.flatMap((reception) => announcement(environment, epoch, reception, Date.now()) ?? []);
}

class NotListed extends Error {
  readonly code = 'NOT_LISTED';
}

/** Pure: the event of one reception; null for one without a patient, which no event could name. */
export function announcement(
  environment: EnvironmentName,
  epoch: number,
  reception: Reception,
  nowMs: number,
): PushEvent | null {
  const patient = reception.patient.id;
  if (patient === '') return null;
  return pushEvent({
    uuid: uuidOf(environment, String(epoch), reception.date, reception.id),
    id: 0,
    event: 'patient_accept',
    user: '__nobody',
    body: {
      Patient_Mode: 'add',
      Patient_ID: patient,
      Accept_Date: reception.date,
      Accept_Time: reception.time,
      Accept_Id: reception.id,
      Department_Code: reception.department,
      Physician_Code: reception.physician,
      Insurance_Combination_Number: reception.insurance.combination,
    },
    time: `${clinicTime(nowMs).replace(' ', 'T')}+0900`,
  });
}

// The same reception after the same switch is the same event, however often it is announced (RFC 9562 5.8, version 8).
function uuidOf(...parts: readonly string[]): string {
  const hex = createHash('sha256').update(parts.join('\0')).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
