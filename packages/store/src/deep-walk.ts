import type { LmdbState } from './lmdb-state.js';
import type { MailboxWalk } from './mailbox-store.js';
import { bodyBytesOf, userOf } from './record.js';
import { START } from './run.js';
import type { Run } from './run.js';
import { RunWalk } from './run-walk.js';
import type { Slots } from './slots.js';

/** With more messages than this a mailbox is counted in parts. */
const COUNTED_AT_ONCE = 1_000;
/** Rows of a run in a part: some 800 messages of 100 bytes. */
const ROWS_A_PART = 20;
const LAST_KEY = Number.MAX_SAFE_INTEGER;

/**
 * The {@link MailboxWalk} of the LMDB store: first over what is in the tails alone, then over all runs at once in the
 * order of their hashes. Between two slices it keeps how far it has got, and nothing of what it passed.
 *
 * None is missed, although a checkpoint and merges move messages meanwhile: each mailbox is judged in one turn by all
 * places that its messages are in then. What a checkpoint moves away from a tail before the walk over it gets there is in a run,
 * and the runs come later. What was erased and still lies in a run counts: then one is named that is not deep. Of users who
 * share a 64-bit hash one is named.
 */
export class DeepWalk implements MailboxWalk {
  isOver = false;
  readonly #state: LmdbState;
  readonly #isClosed: () => boolean;
  readonly #least: number;
  /** What the tails were at the start; what comes later, its sender's router sees come. */
  readonly #tails: Slots[];
  #group = 0;
  #done = START;
  /** A mailbox that is being counted. */
  #counting: { readonly user: string; readonly hi: number; readonly lo: number } | undefined;

  constructor(state: LmdbState, least: number, isClosed: () => boolean) {
    this.#state = state;
    this.#isClosed = isClosed;
    this.#least = Math.min(Math.max(1, least), COUNTED_AT_ONCE);
    this.#tails = [state.frozen, state.active].flatMap((tail) => (tail === undefined ? [] : [tail.slots]));
  }

  step(until: number, visit: (user: string) => void): void {
    this.isOver ||= this.#isClosed();
    while (!this.isOver) {
      if (this.#counting !== undefined) this.#countPart(visit);
      else if (this.#tails.length > 0) this.#walkTail(this.#tails[0] as Slots, until, visit);
      else this.#walkRuns(until, visit);
      if (performance.now() >= until) return;
    }
  }

  #walkTail(slots: Slots, until: number, visit: (user: string) => void): void {
    const { frozen, active } = this.#state;
    const isThere = slots === active.slots || slots === frozen?.slots;
    while (isThere && this.#group < slots.groups) {
      const group = this.#group++;
      if (slots.messages(group) > 0) {
        const slot = slots.first(group);
        const [hi, lo] = [slots.hi(slot), slots.lo(slot)];
        if (this.#inTails(hi, lo) >= this.#least) this.#found(userOf(slots.block(slot), slots.at(slot)), hi, lo, visit);
      }
      if (this.#counting !== undefined || ((group & 15) === 15 && performance.now() >= until)) return;
    }
    this.#tails.shift();
    this.#group = 0;
  }

  #walkRuns(until: number, visit: (user: string) => void): void {
    const { disk, runs } = this.#state;
    const walks: RunWalk[] = [];
    try {
      for (const run of runs as readonly Run[]) if (run.messages > 0) walks.push(new RunWalk(disk, run, this.#done));
      for (;;) {
        const least = leastOf(walks);
        if (least === undefined) {
          this.isOver = true;
          return;
        }
        const { hi, lo } = least;
        const user = this.#passMailbox(walks, hi, lo);
        this.#done = { hi, lo, key: LAST_KEY };
        if (user !== undefined) this.#found(user, hi, lo, visit);
        if (this.#counting !== undefined || performance.now() >= until) return;
      }
    } finally {
      for (const walk of walks) walk.close();
    }
  }

  /** Steps over a mailbox; returns whose it is when it is deep. */
  #passMailbox(walks: readonly RunWalk[], hi: number, lo: number): string | undefined {
    let messages = this.#inTails(hi, lo);
    for (const walk of walks)
      for (; walk.isAt(hi, lo); walk.step()) {
        if (++messages < this.#least) continue;
        const user = userOf(walk.bytes, walk.at);
        for (const each of walks) each.pass(hi, lo);
        return user;
      }
    return undefined;
  }

  #inTails(hi: number, lo: number): number {
    const { frozen, active } = this.#state;
    const inFrozen = frozen === undefined ? 0 : messagesIn(frozen.slots, hi, lo);
    return inFrozen + messagesIn(active.slots, hi, lo);
  }

  #found(user: string, hi: number, lo: number, visit: (user: string) => void): void {
    const { deep } = this.#state;
    if (deep.get(hi, lo, user) !== undefined || this.#state.countAtMost(user).messages <= COUNTED_AT_ONCE)
      return visit(user);
    this.#state.countMarksOf(user);
    deep.begin(hi, lo, user);
    this.#counting = { user, hi, lo };
  }

  #countPart(visit: (user: string) => void): void {
    const { user, hi, lo } = this.#counting!;
    const state = this.#state;
    const after = state.deep.countedUpTo;
    const last = state.endOfPart(hi, lo, after, LAST_KEY, ROWS_A_PART);
    let messages = 0;
    let bytes = 0;
    state.eachMessage(user, state.wanted(user, after, Math.min(last + 1, LAST_KEY)), (cursor) => {
      messages += 1;
      bytes += bodyBytesOf(cursor.bytes, cursor.at);
      return true;
    });
    state.deep.counted(last, messages, bytes);
    if (last < LAST_KEY) return;
    this.#counting = undefined;
    visit(user);
  }
}

/** The one that stands on the least hash. */
function leastOf(walks: readonly RunWalk[]): RunWalk | undefined {
  let least: RunWalk | undefined;
  for (const walk of walks)
    if (!walk.isOver && (least === undefined || walk.hi < least.hi || (walk.hi === least.hi && walk.lo < least.lo)))
      least = walk;
  return least;
}

function messagesIn(slots: Slots, hi: number, lo: number): number {
  const group = slots.group(hi, lo);
  return group === -1 ? 0 : slots.messages(group);
}
