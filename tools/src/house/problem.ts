/** A difference between the documents and the code, or between two documents. */
export interface Problem {
  /** Path from the root of the checkout. */
  readonly file: string;
  /** 1-based; 0 when the whole file is meant. */
  readonly line: number;
  readonly message: string;
}

/** `file:line: message`, as editors and terminals link it. */
export function formatProblem({ file, line, message }: Problem): string {
  return line > 0 ? `${file}:${line}: ${message}` : `${file}: ${message}`;
}
