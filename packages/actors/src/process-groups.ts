import type { Actor } from './actor.js';
import { Envelope } from './envelope.js';
import { ActorError } from './errors.js';
import type { GroupChange, GroupRef } from './info.js';
import type { Pid } from './pid.js';
import { status } from './status.js';
import { addWatch, removeWatch, Watch } from './watch.js';

/** A scope of process groups (OTP: `pg`): names for sets of actors. An actor that ends leaves its groups by itself. */
export interface ProcessGroups {
  /**
   * Puts actors into a group; a group comes to be with its first member. Joining twice counts twice, and then takes two leaves.
   * @throws ActorError `noproc`: one of them has ended; then none has joined
   */
  join(group: string, pids: Pid | readonly Pid[]): void;
  /** Takes actors out, each once. `false`: none of them was a member (OTP's `not_joined`). */
  leave(group: string, pids: Pid | readonly Pid[]): boolean;
  /** The members, in order of joining; one that joined twice is there twice. A new list, O(members). */
  members<M = never>(group: string): Pid<M>[];
  /** The groups that have members. */
  groups(): string[];
  /**
   * Tells the actor `watcher` of every join and leave as a `GroupChange` to its `handleInfo`, beginning with the next one. An end of a member is a leave. Ends with the watcher.
   * @returns the monitor, and the members now
   * @throws ActorError `noproc`: the watcher has ended
   */
  monitor<M = never>(group: string, watcher: Pid): { readonly ref: GroupRef; readonly members: Pid<M>[] };
  /** The same for code outside of actors. A throw in `onChange` is counted (`counters.hookErrors`), no more. */
  monitor<M = never>(
    group: string,
    onChange: (change: GroupChange) => void,
  ): { readonly ref: GroupRef; readonly members: Pid<M>[] };
  /** No change from now on, not even one that waits in the mailbox. */
  demonitor(ref: GroupRef): void;
}

/** Brings a change to a watcher that is an actor. */
class ChangeEnvelope extends Envelope {
  readonly #monitor: GroupMonitor;
  readonly #change: GroupChange;

  constructor(monitor: GroupMonitor, change: GroupChange) {
    super();
    this.#monitor = monitor;
    this.#change = change;
  }

  override dispatch(actor: Actor): unknown {
    if (!this.#monitor.wanted) return undefined;
    return actor.behaviour.handleInfo?.(this.#change, actor.state, actor);
  }

  override shape(): string {
    return 'GROUP';
  }
}

/** A watch on the actor behind it, so that it goes when that ends; none for code outside of actors. */
class GroupMonitor extends Watch {
  readonly #watcher: Actor | null;
  readonly #onChange: ((change: GroupChange) => void) | null;
  readonly #group: string;
  readonly #groups: Groups;
  wanted = true;

  constructor(watcher: Actor | null, onChange: ((change: GroupChange) => void) | null, group: string, groups: Groups) {
    super(watcher, null);
    this.#watcher = watcher;
    this.#onChange = onChange;
    this.#group = group;
    this.#groups = groups;
    if (watcher) addWatch(this);
  }

  tell(group: string, event: GroupChange['event'], members: readonly Actor[]): void {
    if (!this.wanted) return;
    const change: GroupChange = { type: 'GROUP', ref: this as unknown as GroupRef, group, event, pids: members };
    if (this.#watcher) this.#watcher.system.inform(this.#watcher, new ChangeEnvelope(this, change));
    else if (this.#onChange) members[0]?.system.hooks.guarded(this.#onChange, change);
  }

  end(): void {
    this.wanted = false;
    this.#groups.forget(this.#group, this);
    removeWatch(this);
  }

  override ended(): void {
    this.end();
  }

  override dispatch(): unknown {
    return undefined;
  }

  override shape(): string {
    return 'GROUP';
  }
}

/** One actor in one group. A watch on it, so that it is taken out when it ends. */
class Membership extends Watch {
  readonly #groups: Groups;
  readonly #group: string;
  readonly #actor: Actor;
  times = 1;

  constructor(actor: Actor, group: string, groups: Groups) {
    super(actor, null);
    this.#actor = actor;
    this.#group = group;
    this.#groups = groups;
    addWatch(this);
  }

  override ended(): void {
    this.#groups.ended(this.#group, this.#actor);
  }

  override dispatch(): unknown {
    return undefined;
  }

  override shape(): string {
    return 'GROUP';
  }
}

class Groups implements ProcessGroups {
  readonly #groups = new Map<string, Map<Actor, Membership>>();
  readonly #monitors = new Map<string, Set<GroupMonitor>>();

  join(group: string, pids: Pid | readonly Pid[]): void {
    const actors = listOf(pids);
    for (const actor of actors) if (hasEnded(actor)) throw new ActorError('noproc', `${String(actor)} has ended`);
    if (actors.length === 0) return;
    let members = this.#groups.get(group);
    if (!members) this.#groups.set(group, (members = new Map()));
    for (const actor of actors) {
      const member = members.get(actor);
      if (member) member.times += 1;
      else members.set(actor, new Membership(actor, group, this));
    }
    this.#tell(group, 'join', actors);
  }

  leave(group: string, pids: Pid | readonly Pid[]): boolean {
    const left: Actor[] = [];
    for (const actor of listOf(pids)) {
      const member = this.#groups.get(group)?.get(actor);
      if (!member) continue;
      left.push(actor);
      member.times -= 1;
      if (member.times > 0) continue;
      removeWatch(member);
      this.#remove(group, actor);
    }
    if (left.length > 0) this.#tell(group, 'leave', left);
    return left.length > 0;
  }

  /** A member has ended. */
  ended(group: string, actor: Actor): void {
    const times = this.#groups.get(group)?.get(actor)?.times ?? 0;
    this.#remove(group, actor);
    this.#tell(group, 'leave', new Array<Actor>(times).fill(actor));
  }

  #remove(group: string, actor: Actor): void {
    const members = this.#groups.get(group);
    members?.delete(actor);
    if (members?.size === 0) this.#groups.delete(group);
  }

  #tell(group: string, event: GroupChange['event'], actors: readonly Actor[]): void {
    const monitors = this.#monitors.get(group);
    if (!monitors) return;
    for (const monitor of [...monitors]) monitor.tell(group, event, actors);
  }

  /** A monitor has ended. */
  forget(group: string, monitor: GroupMonitor): void {
    const monitors = this.#monitors.get(group);
    monitors?.delete(monitor);
    if (monitors?.size === 0) this.#monitors.delete(group);
  }

  members<M = never>(group: string): Pid<M>[] {
    const list: Pid<M>[] = [];
    for (const [actor, { times }] of this.#groups.get(group) ?? [])
      if (!hasEnded(actor)) for (let i = 0; i < times; i += 1) list.push(actor);
    return list;
  }

  groups(): string[] {
    return [...this.#groups.keys()];
  }

  monitor<M = never>(
    group: string,
    watcher: Pid | ((change: GroupChange) => void),
  ): { readonly ref: GroupRef; readonly members: Pid<M>[] } {
    const actor = typeof watcher === 'function' ? null : (watcher as Actor);
    if (actor && hasEnded(actor)) throw new ActorError('noproc', `${String(actor)} has ended`);
    let monitors = this.#monitors.get(group);
    if (!monitors) this.#monitors.set(group, (monitors = new Set()));
    const monitor = new GroupMonitor(actor, typeof watcher === 'function' ? watcher : null, group, this);
    monitors.add(monitor);
    return { ref: monitor as unknown as GroupRef, members: this.members(group) };
  }

  demonitor(ref: GroupRef): void {
    if (ref instanceof GroupMonitor) ref.end();
  }
}

function listOf(pids: Pid | readonly Pid[]): readonly Actor[] {
  return (Array.isArray(pids) ? pids : [pids]) as readonly Actor[];
}

function hasEnded(actor: Actor): boolean {
  return (actor.status & status.DEAD) !== 0;
}

/**
 * Makes a scope of process groups (OTP: `pg:start_link(Scope)`). Groups of one scope know nothing of another's.
 * @example
 * const rooms = createGroups();
 * rooms.join('lobby', pid);
 * for (const member of rooms.members<string>('lobby')) system.send(member, 'hello');
 */
export function createGroups(): ProcessGroups {
  return new Groups();
}
