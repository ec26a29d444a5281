import { auditBreaches } from './audit.ts';
import { write } from './crowd.ts';
import { outcomeBreaches } from './outcomes.ts';
import { routed, type Place, type StateSeen, type Switching } from './operator.ts';
import type { Stand } from './stand.ts';

/** What there was before a kill, what was wished, and what a new start says. */
export interface Around {
  readonly at: Place;
  readonly epoch: number;
  readonly to: Place;
  readonly switching: Switching;
  readonly state: StateSeen;
  readonly inEmergencySince: number;
}

/** What is not as it must be after a start that follows a kill in the middle of a switch. @param nth tells its write from others */
export async function breachesAfter(
  stand: Stand,
  { at, epoch, to, switching, state, inEmergencySince }: Around,
  i: number,
) {
  const found: string[] = [];
  const isOld = isAt(state, at) && state.epoch === epoch;
  const isNew = isAt(state, to) && state.epoch === epoch + 1;
  if (!isOld && !isNew) found.push(`neither old nor new: ${JSON.stringify(state)}`);
  if (switching.status === 200 && !isNew) found.push('the switch was answered, and is forgotten');
  if (switching.status !== 200 && switching.status !== null) found.push(`the switch: ${switching.text}`);
  const history = await stand.operator.history();
  if (history[0]?.epoch !== state.epoch || history[0]?.mode !== state.mode)
    found.push(`the history ends with ${JSON.stringify(history[0])}, the state is ${JSON.stringify(state)}`);
  if (history.some(({ epoch }, n) => epoch !== state.epoch - n)) found.push('the history has a hole');
  found.push(...auditBreaches(stand.gateway.place.stateDir), ...(await outcomeBreaches(stand)));
  const expected = routed(state);
  const read = await stand.partner().ask({ path: '/api/api01rv2/patientgetv2?id=1' });
  if (read.environment !== expected) found.push(`reads go to ${read.environment}, not to ${expected}`);
  const wrote = await write(stand.partner(), `after-${i}-${stand.gateway.place.port}`);
  if (wrote.status !== 200 || wrote.environment !== expected)
    found.push(`writes: ${wrote.status} ${wrote.code} of ${wrote.environment}, not ${expected}`);
  if (state.mode === 'normal') return found;
  // What it said before anything was written after the start.
  for (const { id, environment, at: when, isWhole } of stand.arrived())
    if (isWhole && id !== null && environment !== 'operational' && when > inEmergencySince && when < wrote.askedAt)
      if (!state.wrote.includes(environment))
        found.push(`${environment} took ${id}, and wrote is [${state.wrote.join()}]`);
  return found;
}

/** Whether the clinic is where it was, or should be; in normal mode the target is of no account. */
export function isAt(state: Place, { mode, target }: Place): boolean {
  return state.mode === mode && (mode === 'normal' || state.target === target);
}
