import { defineBehaviour } from './behaviour.js';
import { ActorError } from './errors.js';
import { hostSoon } from './host.js';
import type { CrashReport } from './crash-report.js';
import type { Info } from './info.js';
import type { SystemOptions } from './options.js';
import type { Pid } from './pid.js';
import type { SupervisorReport } from './supervisor-report.js';
import { shuffle } from './shuffled-run-queue.js';
import { createSystem } from './system.js';
import type { ActorSystem } from './system-types.js';

/** An actor that keeps what it gets, for a test to look at. */
export interface Probe<M> {
  readonly pid: Pid<M>;
  /** All messages so far, oldest first. */
  readonly messages: readonly M[];
  /** All infos so far: it traps exits, so a link with it shows as `Exit`. */
  readonly infos: readonly Info[];
  /**
   * The first message (for which `matches` holds) that `next` has not returned yet: settles the system until it is there. Rejects when the system is quiet without it; time
   * does not pass by itself.
   */
  next(matches?: (message: M) => boolean): Promise<M>;
  /** The same for infos. */
  nextInfo(matches?: (info: Info) => boolean): Promise<Info>;
}

/** A system in virtual time: nothing happens but when the test says so, and a second takes none. */
export interface TestSystem {
  readonly system: ActorSystem;
  readonly crashes: readonly CrashReport[];
  readonly reports: readonly SupervisorReport[];
  /** The virtual time, ms; begins at 1,000,000. */
  readonly now: number;
  /** The seed of its interleaving, if it has one. */
  readonly seed: number | undefined;
  /** Runs turns until no actor is runnable. Time stands. @throws Error after `maxTurns` (default 100,000): actors that keep each other busy */
  run(maxTurns?: number): void;
  /** Lets `ms` pass: stops at each due timer and runs what it sets off. For synchronous handlers. */
  advance(ms: number): void;
  /** Runs until nothing is runnable and no promise moves any more (but those that wait for time or I/O). */
  settle(): Promise<void>;
  /** `advance` with a `settle` at each stop: for async handlers. */
  advanceAsync(ms: number): Promise<void>;
  probe<M = unknown>(): Probe<M>;
}

const probeBehaviour = defineBehaviour<
  { messages: unknown[]; infos: Info[] },
  { messages: unknown[]; infos: Info[] },
  unknown
>({
  name: 'probe',
  version: '1',
  init(kept, self) {
    self.trapExit(true);
    return kept;
  },
  handleMessage(message, kept) {
    kept.messages.push(message);
  },
  handleInfo(info, kept) {
    kept.infos.push(info);
  },
});

/** As for `createSystem`, but for clock and scheduling. */
export interface TestSystemOptions extends Omit<SystemOptions, 'now' | 'schedule' | 'scheduleLater'> {
  /**
   * Integer. With it, each next message is that of a runnable actor chosen by chance from this seed (`reductionsPerSlot` is 1): an order that may happen, the same for the same seed. Messages from
   * one actor to another keep their order, high goes before normal, and the control lane before both. Without it: the order of production.
   */
  readonly seed?: number;
}

/** Makes a system in virtual time. @throws ActorError `bad_option` */
export function createTestSystem({ seed, ...options }: TestSystemOptions = {}): TestSystem {
  if (seed !== undefined && !Number.isSafeInteger(seed))
    throw new ActorError('bad_option', `seed is ${String(seed)}, must be an integer`);
  let now = 1_000_000;
  let asked: (() => void) | null = null;
  const crashes: CrashReport[] = [];
  const reports: SupervisorReport[] = [];
  const system = createSystem({
    ...(seed === undefined ? {} : { reductionsPerSlot: 1 }),
    ...options,
    now: () => now,
    schedule: (turn) => (asked = turn),
    scheduleLater: () => ({ cancel: () => undefined }),
    onCrash: (report) => {
      crashes.push(report);
      options.onCrash?.(report);
    },
    onSupervisorReport: (report) => {
      reports.push(report);
      options.onSupervisorReport?.(report);
    },
  });

  if (seed !== undefined) shuffle(system, seed);

  const run = (maxTurns = 100_000): void => {
    for (let turns = 0; asked; turns += 1) {
      if (turns === maxTurns) throw new Error(`still busy after ${maxTurns} turns`);
      const turn = asked;
      asked = null;
      turn();
    }
  };
  const settle = async (): Promise<void> => {
    do {
      run();
      await new Promise<void>((done) => hostSoon(done)); // every promise that can move has moved when the host comes back
    } while (asked);
  };
  /** Moves to the next stop at or before `end`; `false` when there is none. */
  const step = (end: number): boolean => {
    const next = system.nextTimerAt;
    if (next > end) return false;
    now = Math.max(now, next);
    system.runTurn();
    return true;
  };

  return {
    system,
    crashes,
    reports,
    seed,
    get now() {
      return now;
    },
    run,
    settle,
    advance(ms) {
      const end = now + ms;
      run();
      while (step(end)) run();
      now = end;
      system.runTurn();
      run();
    },
    async advanceAsync(ms) {
      const end = now + ms;
      await settle();
      while (step(end)) await settle();
      now = end;
      system.runTurn();
      await settle();
    },
    probe<M>() {
      const kept: { messages: M[]; infos: Info[] } = { messages: [], infos: [] };
      const take = async <T>(
        what: string,
        all: readonly T[],
        taken: Set<number>,
        matches: (one: T) => boolean,
      ): Promise<T> => {
        const find = (): number => all.findIndex((one, i) => !taken.has(i) && matches(one));
        if (find() < 0) await settle();
        const i = find();
        if (i < 0)
          throw new Error(
            `the probe got no further ${what}${matches === any ? '' : ' that matches'}, and the system is quiet` +
              (seed === undefined ? '' : ` (seed ${seed})`),
          );
        taken.add(i);
        return all[i] as T;
      };
      const takenMessages = new Set<number>();
      const takenInfos = new Set<number>();
      return {
        pid: system.spawn(probeBehaviour, kept) as Pid<M>,
        messages: kept.messages,
        infos: kept.infos,
        next: (matches: (message: M) => boolean = any) => take('message', kept.messages, takenMessages, matches),
        nextInfo: (matches = any) => take('info', kept.infos, takenInfos, matches),
      };
    },
  };
}

const any = (): boolean => true;
