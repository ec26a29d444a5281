/** No answer, or a broken one. `mayBeDone`: look before asking again. */
export class HybridUnanswered extends Error {
  override readonly name = 'HybridUnanswered';
  readonly code = 'HYBRID_UNANSWERED';
  /** `connect`, `certificate`, `first-byte-timeout`, … */
  readonly fault: string;
  readonly mayBeDone: boolean;
  constructor(fault: string, mayBeDone: boolean, cause: unknown) {
    super(cause instanceof Error ? cause.message : fault, { cause });
    this.fault = fault;
    this.mayBeDone = mayBeDone;
  }
}

/** The environment, or the person, said no. Nothing was done. */
export class HybridRefused extends Error {
  override readonly name = 'HybridRefused';
  readonly code = 'HYBRID_REFUSED';
  readonly reason: string;
  constructor(reason: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.reason = reason;
  }
}

/** This environment has nothing of the kind: choose another way for it (`hybrid: postgres`, `hybrid: manual`). */
export class HybridNotOffered extends Error {
  override readonly name = 'HybridNotOffered';
  readonly code = 'HYBRID_NOT_OFFERED';
}

/** A dump is not what it was said to be; what had been written of it is not to be used. */
export class DumpDiffers extends Error {
  override readonly name = 'DumpDiffers';
  readonly code = 'DUMP_DIFFERS';
}

/** The environment holds what it held before. */
export class RestoreFailed extends Error {
  override readonly name = 'RestoreFailed';
  readonly code = 'RESTORE_FAILED';
}

/** The table of numbers does not look as WebORCA's does; nothing was written. */
export class NumbersUnreadable extends Error {
  override readonly name = 'NumbersUnreadable';
  readonly code = 'NUMBERS_UNREADABLE';
}

/** A program that has to be installed beside the gateway. */
export class ToolMissing extends Error {
  override readonly name = 'ToolMissing';
  readonly code = 'TOOL_MISSING';
  constructor(tool: string, aptPackage: string) {
    super(
      `${tool} was not found. Install PostgreSQL's client programs (Debian, Ubuntu: apt-get install ${aptPackage}) ` +
        'or name the folder they are in.',
    );
  }
}

/** A program that ended with a failure. */
export class ToolFailed extends Error {
  override readonly name = 'ToolFailed';
  readonly code = 'TOOL_FAILED';
}
