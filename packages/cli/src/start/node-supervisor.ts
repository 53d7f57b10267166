import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import type { Config } from '@mailbeam/router/config';
import { heldLoopText, takeHeldLoop } from '@mailbeam/router/node-process';
import type { AreaLevels, Ended, NodeMessage, ParentMessage, TracedShare } from '@mailbeam/router/node-process';
import { nativeCrashes } from '../store/store-job.js';
import { RestartWindow } from './restart-window.js';

/** For glibc: else an arena of each thread of the node keeps what LMDB's writer used once (docs/decisions/0011). */
const allocator = { MALLOC_ARENA_MAX: '2', MALLOC_TRIM_THRESHOLD_: '131072' };

/** Ports of a node that is up. */
export interface NodePorts {
  readonly port: number;
  readonly adminPort: number;
}

/** How the supervision ended. */
export type NodeOutcome =
  | { readonly kind: 'drained' }
  | { readonly kind: 'killed' }
  | { readonly kind: 'drain_timeout' }
  /** The node died while it drained. */
  | { readonly kind: 'drain_failed'; readonly death: string }
  /** The node never came up, and was not ended by force: trying again would not help. */
  | { readonly kind: 'not_started'; readonly code: string; readonly message: string }
  | { readonly kind: 'gave_up'; readonly lastDeath: string };

/** What its owner does for it, and is told. */
export interface NodeEvents {
  /**
   * Reads the store in a process of its own, before a node is started again that native code has ended.
   * @throws Error, perhaps with a `code`: another start would not help
   */
  tryStore(): Promise<void>;
  /** The node is up, for the first time or again. */
  up(ports: NodePorts, pid: number, restarts: number): void;
  /** The node died, unasked, and is started again after `delayMs`. */
  down(death: string, delayMs: number): void;
}

/**
 * Keeps one node running: starts it as a child process, and again, on the same ports, whenever it dies, until it is
 * drained, killed, or dies more often than `config.restart` allows.
 */
export class NodeSupervisor {
  /** Settles once, when no node runs and none will be started any more. */
  readonly finished: Promise<NodeOutcome>;

  readonly #entry: string;
  readonly #events: NodeEvents;
  readonly #window: RestartWindow;
  #config: Config;
  #finish!: (outcome: NodeOutcome) => void;
  #child: ChildProcess | undefined;
  #failure: { code: string; message: string } | undefined;
  #isUp = false;
  #wasUp = false;
  /** How the last node ended, for the next one: which version took it down, if anybody knows. */
  #ended: Ended = 'clean';
  /** What an operator has the nodes write to their log, until this process ends. */
  #levels: AreaLevels | undefined;
  /** What an operator has them trace, as long. */
  #traced: TracedShare | undefined;
  #starts = 0;
  #draining = false;
  #timer: NodeJS.Timeout | undefined;
  #ending: NodeOutcome | undefined;

  /** `entry` is the path of the node's main file. */
  constructor(entry: string, config: Config, events: NodeEvents) {
    this.#entry = entry;
    this.#config = config;
    this.#events = events;
    this.#window = new RestartWindow(config.restart);
    this.finished = new Promise((resolve) => {
      this.#finish = resolve;
    });
    this.#start();
  }

  /** Ends the node in good order; after `config.drainMs` by force. */
  drain(): void {
    if (this.#draining) return;
    this.#draining = true;
    clearTimeout(this.#timer);
    if (this.#child === undefined) {
      this.#finish({ kind: 'drained' });
      return;
    }
    this.#tell({ type: 'drain' });
    this.#timer = setTimeout(() => this.#endBy({ kind: 'drain_timeout' }), this.#config.drainMs);
  }

  /** Ends the node at once. What it accepted is on disk. */
  kill(): void {
    this.#draining = true;
    clearTimeout(this.#timer);
    if (this.#child === undefined) this.#finish({ kind: 'killed' });
    else this.#endBy({ kind: 'killed' });
  }

  #endBy(outcome: NodeOutcome): void {
    this.#ending = outcome;
    this.#child?.kill('SIGKILL');
  }

  #start(): void {
    // The node's standard output joins our standard error: ours is for the ready line alone.
    const child = fork(this.#entry, [], { stdio: ['ignore', 2, 2, 'ipc'], env: { ...allocator, ...process.env } });
    this.#child = child;
    this.#failure = undefined;
    this.#isUp = false;
    this.#starts += 1;
    child.on('message', (message: NodeMessage) => this.#childMessage(child, message));
    child.once('error', (error) => this.#childGone(child, error.message, null));
    child.once('exit', (code, signal) => {
      const gone = (): void => this.#childGone(child, deathText(code, signal), signal);
      // The exit may be heard before the last message, which says why.
      if (child.connected) child.once('disconnect', gone);
      else gone();
    });
    const [config, ended, levels, traced] = [this.#config, this.#ended, this.#levels, this.#traced];
    this.#tell({ type: 'start', config, ended, levels, traced });
  }

  #tell(message: ParentMessage): void {
    // A channel that is closed means that the exit event is on its way: there is nothing else to do about it.
    if (this.#child?.connected === true) this.#child.send(message, () => undefined);
  }

  #childMessage(child: ChildProcess, message: NodeMessage): void {
    if (message.type === 'failed') {
      this.#failure = message;
      return;
    }
    if (message.type === 'log_levels') {
      this.#levels = message.levels;
      return;
    }
    if (message.type === 'traced_share') {
      this.#traced = message.traced;
      return;
    }
    const { port, adminPort } = message;
    this.#config = { ...this.#config, port, admin: { ...this.#config.admin, port: adminPort } };
    this.#isUp = true;
    this.#wasUp = true;
    this.#events.up({ port, adminPort }, child.pid ?? 0, this.#starts - 1);
  }

  /** Where a signal has ended it, another start may well succeed. */
  #childGone(child: ChildProcess, death: string, signal: NodeJS.Signals | null): void {
    if (this.#child !== child) return;
    this.#child = undefined;
    const held = takeHeldLoop(this.#config.data, child.pid ?? 0);
    this.#ended = held?.actor ?? 'died';
    const how = held === undefined ? death : `${death}: ${heldLoopText(held)}`;
    if (this.#draining) {
      clearTimeout(this.#timer);
      const inOrder = death === drained || !this.#isUp;
      this.#finish(this.#ending ?? (inOrder ? { kind: 'drained' } : { kind: 'drain_failed', death: how }));
    } else if (!this.#wasUp && signal === null) {
      const unsaid = {
        code: 'node_died',
        message: `it ended with ${death} before it was ready; the log above tells why`,
      };
      const { code, message } = this.#failure ?? unsaid;
      this.#finish({ kind: 'not_started', code, message });
    } else {
      this.#startAgain(this.#failure?.message ?? how, signal !== null && nativeCrashes.has(signal));
    }
  }

  #startAgain(death: string, byNativeCode: boolean): void {
    const decision = this.#window.died(performance.now());
    if (!decision.restart) {
      this.#finish({ kind: 'gave_up', lastDeath: death });
      return;
    }
    this.#events.down(death, decision.delayMs);
    this.#timer = setTimeout(() => {
      if (byNativeCode) void this.#startIfReadable();
      else this.#start();
    }, decision.delayMs);
  }

  async #startIfReadable(): Promise<void> {
    try {
      await this.#events.tryStore();
    } catch (error) {
      const { code, message } = error as { code?: string; message: string };
      this.#finish({ kind: 'not_started', code: code ?? '', message });
      return;
    }
    if (!this.#draining) this.#start(); // a drain meanwhile has found no node, and has finished
  }
}

const drained = deathText(0, null);

function deathText(code: number | null, signal: NodeJS.Signals | null): string {
  return signal === null ? `exit code ${code}` : `signal ${signal}`;
}
