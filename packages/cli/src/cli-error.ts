import type { ExitStatus } from './exit-code.js';

/** An end of a command that was foreseen: a sentence for the person, perhaps what to do about it, and the exit code. */
export class CliError extends Error {
  readonly exitStatus: ExitStatus;
  readonly hint: string;

  constructor(exitStatus: ExitStatus, message: string, hint = '', options?: { cause?: unknown }) {
    super(message, options);
    this.name = 'CliError';
    this.exitStatus = exitStatus;
    this.hint = hint;
  }
}
