/** What the process says to a script when it ends. */
export const EXIT = {
  done: 0,
  unexpected: 1,
  usage: 2,
  config: 3,
  unreachable: 4,
  notAllowed: 5,
  refused: 6,
  conflict: 7,
  tampered: 8,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** A command that ends without having done what it was asked; `message` says what to do next. */
export class CommandFailed extends Error {
  readonly code = 'COMMAND_FAILED';
  readonly exit: ExitCode;
  /** What the API answered, if it did. */
  readonly answer: unknown;

  constructor(exit: ExitCode, message: string, { answer, cause }: { answer?: unknown; cause?: unknown } = {}) {
    super(message, { cause });
    this.name = 'CommandFailed';
    this.exit = exit;
    this.answer = answer;
  }
}

/** The command line itself is wrong. */
export function usage(ja: string, en: string): CommandFailed {
  return new CommandFailed(EXIT.usage, `${ja}\n${en}\n  hybrid-gateway help`);
}
