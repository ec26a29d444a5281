import { asking } from '../../orca/client/call.ts';
import { pushEventCalls } from '../../orca/client/push-events.ts';
import { receptionCalls } from '../../orca/client/receptions.ts';
import { turns } from '../../orca/client/turns.ts';
import { openWire } from '../../orca/client/wire.ts';
import type { Environment } from '../../orca/environment.ts';
import type { PushClient } from './audiences.ts';

/** What push asks an environment, over connections of its own: few, and never in the way of partners' requests. */
export function openPushClient(environment: Environment): PushClient {
  const wire = openWire(environment);
  const ask = asking({ wire, form: 'json', turns: turns(2), retries: 0, firstPauseMs: 100 });
  return { pushEvents: pushEventCalls(ask), receptions: receptionCalls(ask), close: () => wire.close() };
}
