import { setTimeout as wait } from 'node:timers/promises';
import { Struck, type Exchange } from './exchange.ts';
import type { Moment } from './faults.ts';
import { BAD_GATEWAY, type WireAnswer } from './wire.ts';

/** What is left of an answer. */
export interface Stricken {
  readonly shown: WireAnswer | null;
  readonly isTruncated: boolean;
}

/** What the faults that strike now make of an answer. Throws Struck where none is to follow. */
export async function strike(exchange: Exchange, at: Moment, answer: WireAnswer | null): Promise<Stricken> {
  const { ground, request } = exchange;
  let shown = answer;
  let isTruncated = false;
  for (const fault of ground.faults.strike(request.method ?? '', exchange.path, at)) {
    switch (fault.kind) {
      case 'slow':
        await wait(fault.latencyMs);
        break;
      case 'hang':
        request.resume();
        throw new Struck();
      case 'reset':
        ground.bareSocket(request.socket).resetAndDestroy();
        throw new Struck();
      case 'bad-gateway':
        shown = BAD_GATEWAY;
        break;
      case 'truncate':
        isTruncated = true;
        break;
      case 'hybridmode':
        if (shown && shown.hybridmode !== null)
          shown = { ...shown, hybridmode: fault.value === '' ? null : fault.value };
        break;
    }
  }
  return { shown, isTruncated };
}
