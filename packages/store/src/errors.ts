/** What an error of the store kills: the call that met it, or the whole node (only a restart or an operator helps). */
export type StoreErrorScope = 'call' | 'node';

interface StoreErrorKind {
  readonly sentence: string;
  /** What to do about it. */
  readonly remedy?: string;
  readonly scope: StoreErrorScope;
  readonly retryable: boolean;
}

/** Every code of a {@link StoreError}. */
export const storeErrorKinds = Object.freeze({
  commit_failed: { sentence: 'the batch could not be written to disk', scope: 'call', retryable: true },
  store_in_use: {
    sentence: 'another process has the store open',
    remedy: 'stop it first',
    scope: 'call',
    retryable: true,
  },
  store_closed: { sentence: 'the store is closed', scope: 'call', retryable: false },
  store_corrupt: {
    sentence: 'the data on disk is damaged',
    remedy:
      'keep the directory as it is; `mailbeam store check` tells more, `mailbeam store restore` takes a backup, `mailbeam store salvage` what is readable',
    scope: 'node',
    retryable: false,
  },
  store_missing: {
    sentence: 'the store is gone',
    remedy:
      'is its volume mounted? `mailbeam store restore` puts a backup there; to begin with an empty store, remove the file FORMAT',
    scope: 'node',
    retryable: false,
  },
  store_exists: {
    sentence: 'there is a store in the directory',
    remedy: 'move its data.mdb and FORMAT away first, or take another directory',
    scope: 'call',
    retryable: false,
  },
  directory_not_empty: {
    sentence: 'a copy goes into a directory of its own, new or empty',
    scope: 'call',
    retryable: false,
  },
  format_old: {
    sentence: 'the store is of an older version',
    remedy: '`mailbeam store migrate` brings it up to date',
    scope: 'node',
    retryable: false,
  },
  format_unknown: {
    sentence: 'the store is of a version that is not known here',
    remedy: 'start the version of mailbeam that wrote it, or a newer one',
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
  /** What it is about, without the sentence of the code and what to do. */
  readonly detail: string;

  constructor(code: StoreErrorCode, detail = '', cause?: unknown) {
    const kind: StoreErrorKind = storeErrorKinds[code];
    const { sentence, remedy } = kind;
    const said = detail === '' ? sentence : `${sentence}: ${detail}`;
    super(remedy === undefined ? said : `${said}; ${remedy}`, cause === undefined ? undefined : { cause });
    this.code = code;
    this.detail = detail;
    this.scope = kind.scope;
    this.retryable = kind.retryable;
  }
}
