import { LRUCache } from 'lru-cache';
import type { EnvironmentName } from '../mode/mode.ts';

/** Who issued what: a conversation's `Orca_Uid` and a form's `Data_Id` mean nothing to any other environment. */
export interface Pins {
  pin(kind: 'Orca_Uid' | 'Data_Id', id: string, environment: EnvironmentName): void;
  issuer(kind: 'Orca_Uid' | 'Data_Id', id: string): EnvironmentName | null;
  /** Conversations that were begun and not ended: who, since when. */
  conversations(): Conversation[];
  began(id: string, partner: string, environment: EnvironmentName): void;
  ended(id: string): void;
}

export interface Conversation {
  readonly orcaUid: string;
  readonly partner: string;
  readonly environment: EnvironmentName;
  readonly since: string;
}

const MOST = 10_000;
const CONVERSATION_MS = 12 * 60 * 60 * 1000;
const FORM_MS = 24 * 60 * 60 * 1000;

export function pins(now: () => Date = () => new Date()): Pins {
  const forms = new LRUCache<string, EnvironmentName>({ max: MOST, ttl: FORM_MS });
  const issued = new LRUCache<string, EnvironmentName>({ max: MOST, ttl: CONVERSATION_MS });
  const open = new LRUCache<string, Conversation>({ max: MOST, ttl: CONVERSATION_MS });
  return {
    pin(kind, id, environment) {
      (kind === 'Data_Id' ? forms : issued).set(id, environment);
    },
    issuer: (kind, id) => (kind === 'Data_Id' ? forms : issued).get(id) ?? null,
    conversations: () => [...open.values()],
    began(orcaUid, partner, environment) {
      open.set(orcaUid, { orcaUid, partner, environment, since: now().toISOString() });
    },
    ended(id) {
      open.delete(id);
    },
  };
}
