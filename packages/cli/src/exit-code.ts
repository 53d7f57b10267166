/** Exit codes of every `mailbeam` command; `mailbeam -h` and docs/cli.md list the same. */
export const ExitCode = Object.freeze({
  /** Done; `send`: accepted; `start`: drained after a signal. */
  OK: 0,
  /** Something unexpected. */
  ERROR: 1,
  /** Wrong usage, or a configuration that cannot be used. */
  USAGE: 2,
  /** `send`: the router rejected the message, finally. */
  REJECTED: 3,
  /** The router or its admin port was not reached, or did not answer in time. */
  UNREACHABLE: 4,
  /** The router ended the connection for good: bad token, or the same user connected elsewhere. */
  CLOSED: 5,
  /** `start`: the node could not be started and said why. */
  NOT_STARTED: 6,
  /** `start`: the node died more often than restart.intensity allows. */
  GAVE_UP: 7,
  /** `start`: a drain was not over in time, the node was ended. */
  DRAIN_TIMEOUT: 8,
  /** `store ...`: something in the store does not agree, or it is damaged. */
  STORE_DAMAGED: 9,
  /** `load`, `rollback`: refused, or failed before anything was changed; `test`: one failed. */
  REFUSED: 10,
  /** `load`, `rollback`: it was taken back, what was live before is live again. */
  ROLLED_BACK: 11,
});

/** One of {@link ExitCode}, or 128 + the number of a signal. */
export type ExitStatus = number;
