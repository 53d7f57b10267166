import type { Actor } from './actor.js';

/*
 * The buffer, in the host's byte order; a thread that watches may look at any time:
 *
 *   offset  0  u32  beats: counts up at the start and at the end of every turn
 *           4  u32  1 while a turn runs, 0 between turns
 *           8  f64  id of the actor whose callback is on the stack, 0: none
 *          16  u32  offset of its behaviour's record, 0: none
 *          20  u32  end of the records
 *          24  u32  1 while a thread sleeps until the next beat
 *          28  ...  records: u16 letters of the name, u16 letters of the version, then the letters, u16 each; at a multiple of 4
 *
 * When the records have no room for one more they begin again at 28.
 */
const beats = 0;
const inTurn = 1;
const recordAt = 4;
const recordsEnd = 5;
const asleep = 6;
const firstRecord = 28;
const mostLetters = 100;

/** The fewest bytes of a heartbeat's buffer: room for one record. */
export const leastHeartbeatBytes = 1_024;

/** Writes the heartbeat of one system. Plain stores but for the beat: what a thread looks for is a writer that does not move any more. */
export class Heartbeat {
  readonly #words: Int32Array;
  readonly #id: Float64Array;
  readonly #letters: Uint16Array;
  #records = new WeakMap<object, number>();
  #behaviour: object | null = null;

  constructor(buffer: SharedArrayBuffer) {
    this.#words = new Int32Array(buffer, 0, firstRecord / 4);
    this.#id = new Float64Array(buffer, 8, 1);
    this.#letters = new Uint16Array(buffer, 0, Math.floor(buffer.byteLength / 2));
    this.#words[recordsEnd] = firstRecord;
  }

  turn(runs: boolean): void {
    this.#words[inTurn] = runs ? 1 : 0;
    Atomics.add(this.#words, beats, 1);
    if (this.#words[asleep] !== 0) rouse(this.#words);
  }

  /** Whose callback is on the stack from now on. */
  current(
    actor: Actor | null,
    behaviour: { readonly name: string; readonly version: string } | undefined = actor?.behaviour,
  ): void {
    if (!actor || !behaviour) {
      this.#id[0] = 0;
      return;
    }
    if (behaviour !== this.#behaviour) {
      this.#behaviour = behaviour;
      this.#words[recordAt] = this.#recordOf(behaviour);
    }
    this.#id[0] = actor.id;
  }

  #recordOf(behaviour: { readonly name: string; readonly version: string }): number {
    let at = this.#records.get(behaviour);
    if (at === undefined) {
      at = this.#write(behaviour.name.slice(0, mostLetters), behaviour.version.slice(0, mostLetters));
      this.#records.set(behaviour, at);
    }
    return at;
  }

  #write(name: string, version: string): number {
    const letters = name + version;
    const bytes = 4 + Math.ceil(letters.length / 2) * 4;
    let at = this.#words[recordsEnd] as number;
    if (at + bytes > this.#letters.byteLength) {
      at = firstRecord;
      this.#records = new WeakMap(); // what was written before is written over
    }
    this.#words[recordsEnd] = at + bytes;
    this.#letters[at / 2] = name.length;
    this.#letters[at / 2 + 1] = version.length;
    for (let i = 0; i < letters.length; i += 1) this.#letters[at / 2 + 2 + i] = letters.charCodeAt(i);
    return at;
  }
}

/** The beat before was a full barrier: who falls asleep now sees it, and does not. */
function rouse(words: Int32Array): void {
  Atomics.store(words, asleep, 0);
  Atomics.notify(words, asleep);
}

/** A beat of the host's own, from the system's thread: what it does between turns has nobody's name, and is watched by this alone. */
export function hostBeat(buffer: SharedArrayBuffer): void {
  const words = new Int32Array(buffer, 0, firstRecord / 4);
  Atomics.add(words, beats, 1);
  if (words[asleep] !== 0) rouse(words);
}

/**
 * Blocks a thread that watches until the next beat, `mostMs` at most; returns at once while a turn runs. One thread at a time. Returns whether there was a beat, or a turn runs: a watcher
 * that sleeps so while little happens costs a machine nothing, one that looks every few milliseconds a part of a processor.
 */
export function awaitBeat(buffer: SharedArrayBuffer, mostMs: number): boolean {
  const words = new Int32Array(buffer, 0, firstRecord / 4);
  const before = Atomics.load(words, beats);
  Atomics.store(words, asleep, 1);
  if (Atomics.load(words, inTurn) === 0 && Atomics.load(words, beats) === before)
    Atomics.wait(words, asleep, 1, mostMs);
  Atomics.store(words, asleep, 0);
  return Atomics.load(words, inTurn) === 1 || Atomics.load(words, beats) !== before;
}

/** What a thread that watches reads of a heartbeat. */
export interface HeartbeatReading {
  /** Differs from the last reading's as long as the system's thread moves. */
  readonly beats: number;
  /** Whether a turn runs. Between turns no beat is due. */
  readonly inTurn: boolean;
  /** Whose callback is on the stack; `undefined`: none. Exact when the thread stands still, a moment old otherwise. */
  readonly actor: { readonly id: number; readonly behaviour: string; readonly version: string } | undefined;
}

/**
 * Reads the heartbeat of a system that was made with this buffer as its option `heartbeat`; from any thread. The system's thread is stuck when `inTurn` and `beats` has not changed for
 * longer than a turn may take: `actor` then holds it. What an async handler does after an `await` runs between turns, in nobody's name: a host that is to be watched there too calls `hostBeat` from a timer of
 * its own, so that beats are always due.
 */
export function readHeartbeat(buffer: SharedArrayBuffer): HeartbeatReading {
  const words = new Int32Array(buffer, 0, firstRecord / 4);
  const id = new Float64Array(buffer, 8, 1)[0] as number;
  const at = Atomics.load(words, recordAt);
  return {
    beats: Atomics.load(words, beats) >>> 0,
    inTurn: Atomics.load(words, inTurn) === 1,
    actor: id === 0 || at === 0 ? undefined : { id, ...recordAtOffset(buffer, at) },
  };
}

function recordAtOffset(buffer: SharedArrayBuffer, at: number): { behaviour: string; version: string } {
  const [name = 0, version = 0] = new Uint16Array(buffer, at, 2);
  const letters = Math.min(name + version, Math.floor((buffer.byteLength - at - 4) / 2)); // lengths half written must not reach beyond the buffer
  const text = String.fromCharCode(...new Uint16Array(buffer, at + 4, letters));
  return { behaviour: text.slice(0, name), version: text.slice(name) };
}
