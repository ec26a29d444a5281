/** Another process holds the state directory; two gateways on one state would each believe in their own mode. */
export class StateLocked extends Error {
  readonly code = 'STATE_LOCKED';
  readonly holder: string | null;
  constructor(dir: string, holder: string | null) {
    super(
      `${dir} is in use by another gateway process${holder === null ? '' : ` (${holder})`}. ` +
        `Stop that process first, or give this one a state.dir of its own.`,
    );
    this.holder = holder;
  }
}

/** The state directory cannot be read or written: no switch could be kept, so nothing starts. */
export class StateUnusable extends Error {
  readonly code = 'STATE_UNUSABLE';
  constructor(dir: string, cause: unknown) {
    const why = cause instanceof Error ? cause.message : String(cause);
    super(`${dir} cannot hold the state: ${why}. Check that the folder exists, is writable and has free space.`, {
      cause,
    });
  }
}
