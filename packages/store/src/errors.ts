/** What an error of the store kills: the call that met it, or the whole node (only a restart or an operator helps). */
export type StoreErrorScope = 'call' | 'node';

interface StoreErrorKind {
  readonly sentence: string;
  readonly scope: StoreErrorScope;
  readonly retryable: boolean;
}

/** Every code of a {@link StoreError}. */
export const storeErrorKinds = Object.freeze({
  commit_failed: { sentence: 'the batch could not be written to disk', scope: 'call', retryable: true },
  store_in_use: { sentence: 'another process has the store open', scope: 'call', retryable: true },
  store_closed: { sentence: 'the store is closed', scope: 'call', retryable: false },
  store_corrupt: { sentence: 'the data on disk is damaged', scope: 'node', retryable: false },
  format_unknown: {
    sentence: 'the directory was written by another version of the store',
    scope: 'node',
    retryable: false,
  },
  bad_option: { sentence: 'an option of the store has a bad value', scope: 'call', retryable: false },
  bad_operation: {
    sentence: 'the operation does not fit the state of the store or batch',
    scope: 'call',
    retryable: false,
  },
} satisfies Record<string, StoreErrorKind>);

/** The stable codes of {@link StoreError}. */
export type StoreErrorCode = keyof typeof storeErrorKinds;

/** The only kind of error that the store throws or rejects with; `code` is stable, the message is not. */
export class StoreError extends Error {
  override readonly name = 'StoreError';
  readonly code: StoreErrorCode;
  readonly scope: StoreErrorScope;
  readonly retryable: boolean;

  constructor(code: StoreErrorCode, detail = '', cause?: unknown) {
    const kind = storeErrorKinds[code];
    super(detail === '' ? kind.sentence : `${kind.sentence}: ${detail}`, cause === undefined ? undefined : { cause });
    this.code = code;
    this.scope = kind.scope;
    this.retryable = kind.retryable;
  }
}
