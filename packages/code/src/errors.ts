/** What an error of the code server kills: the call or operation that met it, or the whole node. */
export type CodeErrorScope = 'call' | 'node';

interface CodeErrorKind {
  readonly sentence: string;
  readonly scope: CodeErrorScope;
  /** Whether the same request may succeed later, with nothing changed in the files. */
  readonly retryable: boolean;
}

/** Every code of a {@link CodeError}. */
export const codeErrors = Object.freeze({
  bad_option: { sentence: 'an option has a bad value', scope: 'call', retryable: false },
  closed: { sentence: 'the code server is closed', scope: 'call', retryable: false },
  not_found: { sentence: 'there is no such file', scope: 'call', retryable: false },
  outside_handlers: { sentence: 'the file is outside the handlers directory', scope: 'call', retryable: false },
  compile_failed: { sentence: 'the module does not compile', scope: 'call', retryable: false },
  bad_module: { sentence: 'the file is not a handler module', scope: 'call', retryable: false },
  check_failed: { sentence: 'the module failed its check', scope: 'call', retryable: false },
  check_timeout: { sentence: 'the check of the module took too long', scope: 'call', retryable: false },
  self_test_failed: { sentence: "the module's selfTest failed", scope: 'call', retryable: false },
  no_host: { sentence: 'nothing here runs modules of this kind', scope: 'call', retryable: false },
  name_taken: { sentence: 'another module has this name', scope: 'call', retryable: false },
  version_used: { sentence: 'the version was used before, by another source', scope: 'call', retryable: false },
  already_live: { sentence: 'the version is live already', scope: 'call', retryable: false },
  quarantined: { sentence: 'the version took the node down and is quarantined', scope: 'call', retryable: false },
  operation_in_progress: { sentence: 'another operation is under way', scope: 'call', retryable: true },
  too_many_operations: { sentence: 'too many operations are under way', scope: 'call', retryable: true },
  unknown_module: { sentence: 'there is no module of this name', scope: 'call', retryable: false },
  unknown_operation: { sentence: 'there is no operation of this id', scope: 'call', retryable: false },
  no_previous_version: { sentence: 'there is no version before it', scope: 'call', retryable: false },
  start_failed: { sentence: 'the module could not be started', scope: 'call', retryable: false },
  code_change_failed: { sentence: 'codeChange threw', scope: 'call', retryable: false },
  move_timeout: { sentence: 'the move to the version took too long', scope: 'call', retryable: true },
  gate_failed: { sentence: 'the new version is worse than the old one', scope: 'call', retryable: false },
  bad_directory: { sentence: 'the directory of the code server cannot be used', scope: 'node', retryable: false },
} satisfies Record<string, CodeErrorKind>);

/** The stable codes of {@link CodeError}. */
export type CodeErrorCode = keyof typeof codeErrors;

/** A place in a source, as the compiler names it. */
export interface SourceLocation {
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** From 1. */
  readonly column: number;
  /** The line itself. */
  readonly lineText: string;
  /** What is wrong there. */
  readonly text: string;
}

/** What a refusal looks like as data: in an {@link Operation} and in the admin interface. */
export interface CodeProblem {
  readonly code: CodeErrorCode;
  readonly message: string;
  readonly retryable: boolean;
  /** Of `compile_failed` only. */
  readonly locations?: readonly SourceLocation[];
}

/** The only kind of error that the code server throws or rejects with; `code` is stable, the message is not. */
export class CodeError extends Error {
  override readonly name: string = 'CodeError';
  readonly code: CodeErrorCode;
  readonly scope: CodeErrorScope;
  readonly retryable: boolean;

  constructor(code: CodeErrorCode, detail = '', cause?: unknown) {
    const kind = codeErrors[code];
    super(detail === '' ? kind.sentence : `${kind.sentence}: ${detail}`, cause === undefined ? undefined : { cause });
    this.code = code;
    this.scope = kind.scope;
    this.retryable = kind.retryable;
  }

  toProblem(): CodeProblem {
    return { code: this.code, message: this.message, retryable: this.retryable };
  }
}

/** `compile_failed`, with the places. */
export class CompileError extends CodeError {
  override readonly name = 'CompileError';
  readonly locations: readonly SourceLocation[];

  constructor(detail: string, locations: readonly SourceLocation[]) {
    super('compile_failed', detail);
    this.locations = locations;
  }

  override toProblem(): CodeProblem {
    return { ...super.toProblem(), locations: this.locations };
  }
}

/** Whatever was thrown, as data; `otherwise` is the code of what is no {@link CodeError}. */
export function problemOf(error: unknown, otherwise: CodeErrorCode): CodeProblem {
  if (error instanceof CodeError) return error.toProblem();
  return new CodeError(otherwise, messageOf(error), error).toProblem();
}

/** The message of whatever was thrown, by any realm. */
export function messageOf(error: unknown): string {
  if (typeof error === 'object' && error !== null && 'message' in error) return String(error.message);
  return String(error);
}
