import type { Environment } from '../environment.ts';
import type { HybridSpeaker } from '../hybrid.ts';
import { type AssumedOptions, assumedSpeaker } from './assumed.ts';
import { HybridNotOffered } from './errors.ts';
import { manualSpeaker, type StepStore } from './manual.ts';
import { type PostgresOptions, postgresSpeaker } from './postgres.ts';

export interface SpeakerWiring {
  /** Where steps wait for a person: all of them with `manual`, the announcement of the mode with `postgres`. */
  readonly steps: StepStore;
  readonly assumed?: AssumedOptions;
  readonly postgres?: PostgresOptions;
}

/** The speaker that the environment's option `hybrid` names. @throws HybridNotOffered where it lacks what it needs */
export function hybridSpeaker(name: string, environment: Environment, wiring: SpeakerWiring): HybridSpeaker {
  const person = manualSpeaker(name, wiring.steps);
  switch (environment.options.hybrid) {
    case 'assumed':
      return assumedSpeaker(environment, wiring.assumed);
    case 'postgres':
      if (wiring.postgres) return postgresSpeaker(wiring.postgres, person);
      throw new HybridNotOffered(`environments.${name}.hybrid: expected a database beside "postgres", got none`);
    case 'manual':
      return person;
  }
}
