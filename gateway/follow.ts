import type { EnvironmentName, ModeState } from '../mode/mode.ts';
import { peekField } from '../orca/peek.ts';
import type { Classified } from '../orca/catalogue.ts';
import type { Body } from './body.ts';
import type { RecoveryOptions } from './options.ts';
import type { Pins } from './pins.ts';
import type { RefusalCode } from './refusal.ts';
import { route } from './route.ts';
import type { Treatment } from './treatment.ts';

/** Where a request would go at this moment; `to` is null where it may go nowhere, for `code`. */
export interface Targeted {
  readonly to: EnvironmentName | null;
  readonly code: RefusalCode | null;
}

interface Asked {
  readonly classified: Classified;
  readonly body: Body;
  readonly target: string;
}

interface Around {
  readonly state: () => ModeState;
  readonly recovery: RecoveryOptions;
  readonly pins: Pins;
  readonly isReachable: (environment: EnvironmentName) => boolean;
}

/** The environment that issued what the request names, where it must go there; else the one that the mode names. */
export function targetOf(asked: Asked, treatment: Treatment, around: Around): Targeted {
  if (treatment.follows !== null) {
    const id = treatment.follows === 'Data_Id' ? lastSegment(pathOf(asked)) : namedIn(asked.body, 'Orca_Uid');
    const issuer = id === null ? null : around.pins.issuer(treatment.follows, id);
    if (issuer !== null && around.isReachable(issuer)) return { to: issuer, code: null };
  }
  const decision = route(around.state(), asked.classified.effect, around.recovery.partners);
  return decision.kind === 'forward' ? { to: decision.to, code: null } : { to: null, code: decision.code };
}

export function pathOf({ target }: Pick<Asked, 'target'>): string {
  const mark = target.indexOf('?');
  return mark < 0 ? target : target.slice(0, mark);
}

/** What is known of a body before it is sent; null where it has none. */
export function bodyBytes(body: Body): Buffer | null {
  switch (body.kind) {
    case 'none':
      return null;
    case 'whole':
      return body.bytes;
    case 'stream':
      return body.head;
  }
}

function namedIn(body: Body, name: 'Orca_Uid'): string | null {
  const bytes = bodyBytes(body);
  return bytes === null ? null : peekField(bytes, name);
}

function lastSegment(path: string): string | null {
  return path.slice(path.lastIndexOf('/') + 1) || null;
}
