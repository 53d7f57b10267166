import type { Actor } from './actor.js';
import { Envelope } from './envelope.js';
import type { ExitReason } from './exit-reason.js';
import type { Down, MonitorRef } from './info.js';

/**
 * Somebody who wants to know when `target` ends: a monitor or a pending call. It sits in two lists, that of its target and that of its watcher, so that either end takes
 * it away at O(1).
 */
export abstract class Watch extends Envelope {
  declare target: Actor | null;
  /** `null`: code outside of actors. */
  declare readonly watcher: Actor | null;
  declare targetPrev: Watch | null;
  declare targetNext: Watch | null;
  declare watcherPrev: Watch | null;
  declare watcherNext: Watch | null;

  constructor(target: Actor | null, watcher: Actor | null) {
    super();
    this.target = target;
    this.watcher = watcher;
    this.targetPrev = null;
    this.targetNext = null;
    this.watcherPrev = null;
    this.watcherNext = null;
  }

  /** The target has ended. The watch is out of both lists already. */
  abstract ended(reason: ExitReason): void;

  /** The watcher has ended. */
  abandon(): void {
    removeWatch(this);
  }
}

/** Puts a watch into both lists. Its target is alive. */
export function addWatch(watch: Watch): void {
  const target = watch.target as Actor;
  const { watchers } = target;
  if (watchers !== null) {
    watch.targetNext = watchers;
    watchers.targetPrev = watch;
  }
  target.watchers = watch;
  if (watch.watcher === null) return;
  const watcher = watch.watcher.needExtras();
  const { watching } = watcher;
  if (watching !== null) {
    watch.watcherNext = watching;
    watching.watcherPrev = watch;
  }
  watcher.watching = watch;
}

/** Takes a watch out of both lists. Returns whether it was in. */
export function removeWatch(watch: Watch): boolean {
  const target = watch.target;
  if (!target) return false;
  watch.target = null;
  const { targetPrev, targetNext } = watch;
  if (targetPrev !== null) {
    targetPrev.targetNext = targetNext;
    watch.targetPrev = null;
  } else target.watchers = targetNext;
  if (targetNext !== null) {
    targetNext.targetPrev = targetPrev;
    watch.targetNext = null;
  }
  const extras = watch.watcher === null ? null : watch.watcher.extras;
  if (extras === null) return true;
  const { watcherPrev, watcherNext } = watch;
  if (watcherPrev !== null) {
    watcherPrev.watcherNext = watcherNext;
    watch.watcherPrev = null;
  } else extras.watching = watcherNext;
  if (watcherNext !== null) {
    watcherNext.watcherPrev = watcherPrev;
    watch.watcherNext = null;
  }
  return true;
}

/** A monitor; once its target has ended it is also the envelope that brings the `Down`. */
export class Monitor extends Watch {
  declare private readonly pid: Actor | null;
  declare private readonly onDown: ((down: Down) => void) | null;
  declare private wanted: boolean;
  declare private reason: ExitReason;

  constructor(target: Actor | null, watcher: Actor | null, onDown: ((down: Down) => void) | null) {
    super(target, watcher);
    this.pid = target;
    this.onDown = onDown;
    this.wanted = true;
    this.reason = 'noproc';
  }

  get ref(): MonitorRef {
    return this as unknown as MonitorRef;
  }

  /** No `Down` from now on, not even one that waits in the mailbox. */
  cancel(): void {
    this.wanted = false;
    removeWatch(this);
  }

  override ended(reason: ExitReason): void {
    if (!this.wanted) return;
    this.reason = reason;
    if (this.watcher) this.watcher.system.inform(this.watcher, this);
    else if (this.onDown && this.pid) this.pid.system.hooks.guarded(this.onDown, this.down());
  }

  override dispatch(actor: Actor): unknown {
    if (!this.wanted) return undefined;
    this.wanted = false;
    return actor.behaviour.handleInfo?.(this.down(), actor.state, actor);
  }

  override shape(): string {
    return 'DOWN';
  }

  /** Not `#down`: a private method costs each monitor a field and the making of it a definition. */
  private down(): Down {
    return { type: 'DOWN', ref: this.ref, pid: this.pid, reason: this.reason };
  }
}
