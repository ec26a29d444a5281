import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import type { EnvironmentName } from '../../mode/mode.ts';
import type { CloseCause } from './subscriber.ts';

/** What is counted only when somebody looks. */
export interface PushFigures {
  readonly subscribers: ReadonlyMap<string, number>;
  readonly upstreams: readonly {
    readonly environment: EnvironmentName;
    readonly state: string;
    readonly count: number;
  }[];
  readonly journalPending: number;
  readonly journalLost: number;
}

export interface PushMetrics {
  received(environment: EnvironmentName): void;
  duplicate(environment: EnvironmentName): void;
  delivered(partner: string): void;
  /** From the event's arrival to the last subscriber's socket. */
  passedOn(seconds: number): void;
  gap(environment: EnvironmentName, outcome: 'filled' | 'lost'): void;
  resumed(outcome: 'resumed' | 'failed'): void;
  closed(partner: string, cause: CloseCause): void;
  /** @returns stops the looking */
  follow(figures: () => PushFigures): () => void;
}

export function pushMetrics(registry: Registry): PushMetrics {
  const registers = [registry];
  let look: (() => PushFigures) | null = null;
  // Ten thousand messages a second: added up here, and handed over when somebody asks.
  const sent = new Map<string, number>();
  const received = new Counter({
    name: 'hybrid_gateway_push_events_received_total',
    help: 'Push events that came over a push connection to an environment and were new there.',
    labelNames: ['environment'],
    registers,
  });
  const duplicates = new Counter({
    name: 'hybrid_gateway_push_duplicates_total',
    help: 'Push events that came again and were not passed on again.',
    labelNames: ['environment'],
    registers,
  });
  registry.registerMetric(
    new Counter({
      name: 'hybrid_gateway_push_events_delivered_total',
      help: 'Push events that were handed to partners’ sockets, one per subscription.',
      labelNames: ['partner'],
      registers: [],
      collect() {
        for (const [partner, count] of sent) this.inc({ partner }, count);
        sent.clear();
      },
    }),
  );
  const delivery = new Histogram({
    name: 'hybrid_gateway_push_delivery_seconds',
    help: 'From the arrival of a push event to its hand-over to the last subscriber’s socket.',
    buckets: [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1],
    registers,
  });
  const gaps = new Counter({
    name: 'hybrid_gateway_push_gaps_total',
    help: 'Times during which a push connection to an environment was away: filled from the environment’s own list, or lost.',
    labelNames: ['environment', 'outcome'],
    registers,
  });
  const resumes = new Counter({
    name: 'hybrid_gateway_push_resumes_total',
    help: 'Subscriptions that came back with after=, by whether the journal could be read.',
    labelNames: ['outcome'],
    registers,
  });
  const closed = new Counter({
    name: 'hybrid_gateway_push_closed_total',
    help: 'Push sockets that the gateway closed itself, by cause.',
    labelNames: ['partner', 'cause'],
    registers,
  });
  registry.registerMetric(
    new Gauge({
      name: 'hybrid_gateway_push_subscribers',
      help: 'Push sockets of partners that are open.',
      labelNames: ['partner'],
      registers: [],
      collect() {
        this.reset();
        for (const [partner, count] of look?.().subscribers ?? []) this.set({ partner }, count);
      },
    }),
  );
  registry.registerMetric(
    new Gauge({
      name: 'hybrid_gateway_push_upstreams',
      help: 'Push connections to the environments, by state.',
      labelNames: ['environment', 'state'],
      registers: [],
      collect() {
        this.reset();
        for (const { environment, state, count } of look?.().upstreams ?? []) this.set({ environment, state }, count);
      },
    }),
  );
  registry.registerMetric(
    new Gauge({
      name: 'hybrid_gateway_push_journal_pending',
      help: 'Lines of the push journal that are not on the disk yet.',
      registers: [],
      collect() {
        this.set(look?.().journalPending ?? 0);
      },
    }),
  );
  registry.registerMetric(
    new Gauge({
      name: 'hybrid_gateway_push_journal_lost',
      help: 'Lines of the push journal that were lost since the start, because the disk did not take them.',
      registers: [],
      collect() {
        this.set(look?.().journalLost ?? 0);
      },
    }),
  );
  return {
    received: (environment) => received.inc({ environment }),
    duplicate: (environment) => duplicates.inc({ environment }),
    delivered: (partner) => sent.set(partner, (sent.get(partner) ?? 0) + 1),
    passedOn: (seconds) => delivery.observe(seconds),
    gap: (environment, outcome) => gaps.inc({ environment, outcome }),
    resumed: (outcome) => resumes.inc({ outcome }),
    closed: (partner, cause) => closed.inc({ partner, cause }),
    follow(figures) {
      look = figures;
      return () => {
        look = null;
      };
    },
  };
}
