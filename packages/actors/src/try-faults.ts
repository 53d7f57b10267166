import type { AnyBehaviour, AnySelf, Behaviour } from './behaviour.js';
import type { AnyCall } from './call-types.js';
import { ActorError } from './errors.js';
import { isSupervisor } from './supervisor-mark.js';
import { createTestSystem, type TestSystem, type TestSystemOptions } from './test-system.js';
import { isThenable } from './thenable.js';

/**
 * What can happen to an actor, and when. Events are messages, calls and infos that a handler is there for, of all injected actors together, counted from 1.
 * - `crash_before`: a crash when event `at` is taken from the mailbox, before its handler runs.
 * - `crash_in`: a crash in a handler, right after the `at`-th thing that handlers did with `self` (a send, a reply, a spawn, a timer ...): what was done so far is done, the rest is not.
 * - `crash_after`: a crash when the handler of event `at` has done all, but its state has not been kept.
 * - `swap`: a change of code right after event `at`, before whatever waits; 0: before the first event.
 */
export const faultKinds = ['crash_before', 'crash_in', 'crash_after', 'swap'] as const;
export type FaultKind = (typeof faultKinds)[number];

/** One fault. */
export interface Fault {
  readonly kind: FaultKind;
  readonly at: number;
}

/** What the body of {@link tryFaults} injects the fault of this run with. */
export interface Faults {
  readonly fault: Fault;
  /** Whether it has happened. */
  readonly happened: boolean;
  /**
   * The same behaviour, in which the fault may come. `next` is what `swap` changes to; without it: itself (its `codeChange` is called all the same).
   * @throws ActorError `bad_behaviour` for a supervisor: injure its children
   */
  inject<A, S, M, C extends AnyCall = never>(
    behaviour: Behaviour<A, S, M, C>,
    next?: Behaviour<A, S, M, C>,
  ): Behaviour<A, S, M, C>;
}

/** Options of {@link tryFaults}: those of the systems, and which faults. */
export interface FaultOptions extends TestSystemOptions {
  /** Default: all four. */
  readonly kinds?: readonly FaultKind[];
  /** Only this one: replays what a failure named. */
  readonly only?: Fault;
  /** Most runs of one kind, so that a body that never comes to rest is found. Default 10,000. */
  readonly maxRuns?: number;
}

/** What an injected crash throws. */
export class InjectedFault extends Error {
  override readonly name = 'InjectedFault';
}

/**
 * Runs `body` once for each place in which a fault can come, with a fresh system each time: first the first place, then the second, until the fault does not happen any more (so the last run of
 * each kind is one without). The body must do the same in each run up to the fault. Rejects with an error that names the fault and how to replay it, with what the body threw as `cause`.
 * @throws ActorError `bad_option`
 * @example
 * await tryFaults(async (kit, faults) => {
 *   kit.system.spawn(supervisor({ strategy: 'one_for_one', children: [{ id: 'a', name: 'a', behaviour: faults.inject(worker) }] }), undefined);
 *   kit.system.send('a', 'work');
 *   await kit.settle();
 *   expect(kit.system.whereis('a')).toBeDefined();
 * });
 */
export async function tryFaults(
  body: (kit: TestSystem, faults: Faults) => unknown,
  { kinds = faultKinds, only, maxRuns = 10_000, ...options }: FaultOptions = {},
): Promise<void> {
  for (const kind of only ? [only.kind] : kinds) {
    if (!faultKinds.includes(kind)) throw new ActorError('bad_option', `there is no kind of fault ${String(kind)}`);
    const first = only?.at ?? (kind === 'swap' ? 0 : 1);
    for (let at = first; ; at += 1) {
      if (at - first >= maxRuns) throw new Error(`${kind} could still come after ${maxRuns} runs`);
      const plan = new Plan({ kind, at });
      await oneRun(body, createTestSystem(options), plan);
      if (!plan.happened || only) break;
    }
  }
}

async function oneRun(body: (kit: TestSystem, faults: Faults) => unknown, kit: TestSystem, plan: Plan): Promise<void> {
  try {
    await body(kit, plan);
    if (plan.refused) throw plan.refused;
  } catch (error) {
    const { kind, at } = plan.fault;
    const seed = kit.seed === undefined ? '' : `, seed: ${kit.seed}`;
    throw new Error(
      `failed${plan.happened ? '' : ', without a fault'}, to replay: { only: { kind: '${kind}', at: ${at} }${seed} }\n` +
        (error instanceof Error ? error.message : String(error)),
      { cause: error },
    );
  }
}

type Method = (...args: unknown[]) => unknown;

function has(behaviour: AnyBehaviour, name: 'handleCall' | 'handleInfo'): boolean {
  return typeof behaviour[name] === 'function';
}

/** The fault of one run, and how far the run has come. */
class Plan implements Faults {
  readonly fault: Fault;
  happened = false;
  /** What the new code threw at the swap. */
  refused: Error | null = null;
  #events = 0;
  #deeds = 0;

  constructor(fault: Fault) {
    this.fault = fault;
  }

  inject<A, S, M, C extends AnyCall = never>(
    behaviour: Behaviour<A, S, M, C>,
    next: Behaviour<A, S, M, C> = behaviour,
  ): Behaviour<A, S, M, C> {
    if (isSupervisor(behaviour))
      throw new ActorError('bad_behaviour', 'a fault cannot be injected into a supervisor, but into its children');
    return this.#wrap(behaviour, next) as unknown as Behaviour<A, S, M, C>;
  }

  #wrap(behaviour: AnyBehaviour, next: AnyBehaviour): AnyBehaviour {
    // Everything but the handlers is the behaviour's own, even if it is the instance of a class.
    const wrapped = Object.create(behaviour) as { -readonly [K in keyof AnyBehaviour]: AnyBehaviour[K] };
    wrapped.init = (arg, self) => {
      if (this.#comes('swap', 0)) this.#swap(self, next);
      return behaviour.init(arg, self);
    };
    wrapped.handleMessage = (message, state, self) =>
      this.#handle(self, next, (watched) => behaviour.handleMessage(message, state, watched));
    if (has(behaviour, 'handleCall'))
      wrapped.handleCall = (request, state, self, from) =>
        this.#handle(self, next, (watched) => behaviour.handleCall?.(request, state, watched, from));
    if (has(behaviour, 'handleInfo'))
      wrapped.handleInfo = (info, state, self) =>
        this.#handle(self, next, (watched) => behaviour.handleInfo?.(info, state, watched));
    return wrapped;
  }

  #comes(kind: FaultKind, at: number): boolean {
    if (this.happened || this.fault.kind !== kind || this.fault.at !== at) return false;
    this.happened = true;
    return true;
  }

  #handle(self: AnySelf, next: AnyBehaviour, handler: (self: AnySelf) => unknown): unknown {
    this.#events += 1;
    const at = this.#events;
    if (this.#comes('crash_before', at)) throw new InjectedFault(`before event ${at}`);
    if (this.#comes('swap', at)) this.#swap(self, next);
    const result = handler(this.fault.kind === 'crash_in' ? this.#watched(self) : self);
    const after = (value: unknown): unknown => {
      if (this.#comes('crash_after', at)) throw new InjectedFault(`after event ${at}`);
      return value;
    };
    return isThenable(result) ? Promise.resolve(result).then(after) : after(result);
  }

  #swap(self: AnySelf, next: AnyBehaviour): void {
    void self.system.changeCode(self.pid, this.#wrap(next, next)).then((result) => {
      if (!result.changed && result.reason === 'threw')
        this.refused = new Error(`the new code refused the swap: ${String(result.error)}`, { cause: result.error });
    });
  }

  /** `self`, with a count of what is done with it. */
  #watched(self: AnySelf): AnySelf {
    return new Proxy(self, {
      get: (target, key) => {
        const value: unknown = Reflect.get(target, key, target);
        if (typeof value !== 'function') return value;
        return (...args: unknown[]): unknown => {
          const result: unknown = (value as Method).apply(target, args);
          this.#deeds += 1;
          if (this.#comes('crash_in', this.#deeds))
            throw new InjectedFault(`after ${String(key)}, deed ${this.#deeds}`);
          return result;
        };
      },
    });
  }
}
