import type { Config } from './config/index.js';
import type { Ended } from './hot-code.js';
import type { AreaLevels } from './log/levels.js';
import type { TracedShare } from './traces/tracing.js';

export type { Ended } from './hot-code.js';
export type { AreaLevels } from './log/levels.js';
export type { TracedShare } from './traces/tracing.js';
export { heldLoopText, takeHeldLoop } from './watchdog/held-loop.js';

/**
 * The node as a child process of `mailbeam start`: how it is told what to do, and how it ends.
 *
 *     parent                         node
 *       | fork, IPC channel           |
 *       | ------- start(config) ----> | opens the store, binds the ports
 *       | <------ ready(ports) ------ |   or failed(code, message), exit 2
 *       | ------- drain ------------> | no new connections, GOODBYE, flush; exit 0
 *       | <------ log_levels -------- | what an operator set, for the node after this one
 *       | <------ traced_share ------ | the same
 *       X channel gone                | flush; exit 3 within 1 s
 *
 * SIGTERM does what `drain` does. SIGINT and SIGHUP are ignored: a terminal sends them to parent and node alike, and the
 * parent answers for both.
 */

/** A running node, as this file needs it. */
export interface RunningNode {
  readonly port: number;
  readonly adminPort: number;
  /** Stops accepting, says GOODBYE, flushes and closes, within 5 s. */
  drain(): Promise<void>;
  /** Closes at once, flushed. */
  close(): Promise<void>;
}

/** What the parent sends. */
export type ParentMessage =
  | {
      readonly type: 'start';
      readonly config: Config;
      readonly ended: Ended;
      /** What the node before this one wrote to its log, where an operator had changed it. */
      readonly levels?: AreaLevels | undefined;
      /** Which share of the messages that one traced, where an operator had changed it. */
      readonly traced?: TracedShare | undefined;
    }
  | { readonly type: 'drain' };

/** What the node sends: `ready` or `failed`, once; `log_levels` and `traced_share` whenever they change. */
export type NodeMessage =
  | { readonly type: 'ready'; readonly port: number; readonly adminPort: number }
  | { readonly type: 'failed'; readonly code: string; readonly message: string }
  | { readonly type: 'log_levels'; readonly levels: AreaLevels }
  | { readonly type: 'traced_share'; readonly traced: TracedShare };

/** What a node is started with that is not configuration. */
export interface ProcessParts {
  readonly ended: Ended;
  readonly levels: AreaLevels | undefined;
  readonly onLevels: (levels: AreaLevels) => void;
  readonly traced: TracedShare | undefined;
  readonly onTraced: (traced: TracedShare) => void;
}

/** How a node process ends. 1 is Node's own code for an uncaught exception. */
export const NodeExit = Object.freeze({ DRAINED: 0, CRASHED: 1, NOT_STARTED: 2, PARENT_GONE: 3 });

/** Longest time for the last flush after the parent has gone; the process ends within 1 s of it. */
const lastFlushMs = 900;

/** Runs the node in this process until it ends; needs the IPC channel of `child_process.fork`. */
export function runNodeProcess(start: (config: Config, parts: ProcessParts) => Promise<RunningNode>): void {
  if (process.send === undefined) {
    process.stderr.write('this is the node of a router: `mailbeam start` starts it\n');
    process.exit(NodeExit.NOT_STARTED);
  }
  let starting: Promise<RunningNode> | undefined;
  let running: RunningNode | undefined;
  let draining = false;

  const begin = async (config: Config, parts: Omit<ProcessParts, 'onLevels' | 'onTraced'>): Promise<void> => {
    try {
      starting ??= start(config, {
        ...parts,
        onLevels: (levels) => tell({ type: 'log_levels', levels }),
        onTraced: (traced) => tell({ type: 'traced_share', traced }),
      });
      running = await starting;
    } catch (error) {
      tell({ type: 'failed', code: codeOf(error), message: messageOf(error) }, () =>
        process.exit(NodeExit.NOT_STARTED),
      );
      return;
    }
    if (!draining) tell({ type: 'ready', port: running.port, adminPort: running.adminPort });
  };

  const drain = async (): Promise<void> => {
    if (draining) return;
    draining = true;
    const node = await starting?.catch(() => undefined);
    if (starting !== undefined && node === undefined) return;
    await node?.drain();
    process.exit(NodeExit.DRAINED);
  };

  const endWithoutParent = async (): Promise<void> => {
    setTimeout(() => process.exit(NodeExit.PARENT_GONE), lastFlushMs);
    try {
      await running?.close();
    } finally {
      process.exit(NodeExit.PARENT_GONE);
    }
  };

  process.on('message', (message: ParentMessage) => {
    if (message.type === 'drain') return void drain();
    const { config, ended, levels, traced } = message;
    void begin(config, { ended, levels, traced });
  });
  process.on('disconnect', () => void endWithoutParent());
  // The parent says what killed the node; Node itself prints the stack and exits with 1 as it would anyway.
  process.on('uncaughtExceptionMonitor', (error) => {
    const code = codeOf(error);
    if (code === 'store_corrupt') tell({ type: 'failed', code, message: messageOf(error) });
  });
  process.on('SIGTERM', () => void drain());
  process.on('SIGINT', () => undefined);
  process.on('SIGHUP', () => undefined);
  // Standard error may be a pipe to the parent's reader, which can go before us: a log line must not end the node.
  process.stdout.on('error', () => undefined);
  process.stderr.on('error', () => undefined);
}

function tell(message: NodeMessage, then: () => void = () => undefined): void {
  if (!process.connected) {
    then();
    return;
  }
  process.send?.(message, undefined, undefined, then);
}

function codeOf(error: unknown): string {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' ? code : 'internal';
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
