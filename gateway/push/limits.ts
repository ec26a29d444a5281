/** How long things of push may take, in milliseconds. Tests shorten them. */
export interface PushTiming {
  /** Partners are asked so often whether they are there; monsiaj takes 30 s of silence for the end. */
  readonly pingMs: number;
  readonly upstreamPingMs: number;
  /** From the first SYN to `subscribed`. */
  readonly liveWithinMs: number;
  readonly retryMinMs: number;
  readonly retryMaxMs: number;
  /** An upstream connection that lasted less is tried again with the pause growing. */
  readonly settledMs: number;
  /** How long a switch waits for push. */
  readonly prepareMs: number;
  /** How long what was prepared waits for a switch that does not come. */
  readonly preparedMs: number;
  /** How long the connection to the environment that was left waits for the new one. */
  readonly leavingMs: number;
  readonly fillWithinMs: number;
  /** How long the subscriptions of a partner that left are kept up, for its resume. */
  readonly lingerMs: number;
  /** How often it is noted up to when nothing is missing. */
  readonly coverageMs: number;
  readonly cleanEveryMs: number;
  /** Subscriptions made later than this begin at the present, whatever `after` said. */
  readonly resumeWithinMs: number;
}

export const PUSH_TIMING: PushTiming = {
  pingMs: 25_000,
  upstreamPingMs: 10_000,
  liveWithinMs: 5_000,
  retryMinMs: 250,
  retryMaxMs: 5_000,
  settledMs: 10_000,
  prepareMs: 1_000,
  preparedMs: 30_000,
  leavingMs: 10_000,
  fillWithinMs: 8_000,
  lingerMs: 2 * 60 * 60 * 1000,
  coverageMs: 5_000,
  cleanEveryMs: 10 * 60 * 1000,
  resumeWithinMs: 30_000,
};

export interface PushLimits {
  /** Of one message of a partner: commands are short. */
  readonly frameBytes: number;
  /** What may wait for a partner that reads slowly. */
  readonly queueBytes: number;
  readonly subscriptions: number;
  /** Different sessions and groups of one partner: each is a connection to the environment. */
  readonly addresses: number;
  /** Events held while a gap is filled, or a subscriber catches up. */
  readonly held: number;
  /** Messages that are sent before something else gets its turn. */
  readonly sendsPerTurn: number;
}

export const PUSH_LIMITS: PushLimits = {
  frameBytes: 64 * 1024,
  queueBytes: 1024 * 1024,
  subscriptions: 64,
  addresses: 200,
  held: 10_000,
  sendsPerTurn: 250,
};
