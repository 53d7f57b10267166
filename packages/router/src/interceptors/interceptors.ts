import { types } from 'node:util';
import type { InstanceCursor, ModuleHost, ModuleUnit } from '@mailbeam/code';
import type { InterceptorVerdict } from '@mailbeam/handler';
import type { SwitchedOff } from '@mailbeam/telemetry';
import type { Message, Rejection } from '../mailbox/request.js';
import { applyVerdict } from './apply-verdict.js';
import type { InterceptorHost } from './interceptor-host.js';
import { PartCursor } from './interceptor-instance.js';
import { interceptorLimits } from './interceptor-limits.js';
import type { InterceptorLimits } from './interceptor-limits.js';
import { Overruns } from './overruns.js';
import { Part } from './part.js';
import type { InterceptorVersion } from './part.js';
import { Screen } from './screen.js';
import { SeenEnvelope } from './seen-envelope.js';
import { SwitchedOffVersions } from './switched-off.js';

const OVERRUN_PERIOD_MS = 60_000;

/** What a message comes out as: itself, another, or rejected. */
export type Screened = SeenEnvelope | Rejection | null;

/**
 * All interceptors of a node. Each message passes them in their order, one after the other, after its session has let it
 * pass and before it goes to its recipient's address. A promise holds back the messages of one connection only.
 */
export class Interceptors implements ModuleHost {
  readonly kind = 'interceptor';
  readonly #host: InterceptorHost;
  readonly #limits: InterceptorLimits;
  readonly #units = new Map<string, ModuleUnit>();
  readonly #screens = new Set<Screen>();
  readonly #overruns = new WeakMap<InterceptorVersion, Overruns>();
  readonly #off = new SwitchedOffVersions();
  #epoch = 1;

  constructor(host: InterceptorHost, limits: InterceptorLimits = interceptorLimits) {
    this.#host = host;
    this.#limits = limits;
  }

  /** True when messages pass nobody: then nothing of this is called. */
  get isEmpty(): boolean {
    return this.#units.size === 0;
  }

  // ---- the code server's side

  start(unit: ModuleUnit): void {
    this.#units.set(unit.name, unit);
    this.#epoch++;
  }

  stop(name: string): void {
    this.#units.delete(name);
    this.#epoch++;
    for (const screen of this.#screens) this.#bringUpToDate(screen);
  }

  instances(name: string): InstanceCursor {
    return new PartCursor(name, this.#screens);
  }

  isOff(version: InterceptorVersion): boolean {
    return this.#off.has(version);
  }

  /** Versions that are switched off and would be asked otherwise. */
  switchedOff(): readonly SwitchedOff[] {
    return this.#off.inUse(this.#units);
  }

  // ---- a connection's side

  /** A connection that has something to send. */
  open(user: string): Screen {
    const screen = new Screen(user);
    this.#screens.add(screen);
    return screen;
  }

  close(screen: Screen): void {
    this.#screens.delete(screen);
    screen.end();
  }

  /** What becomes of a message; null: it goes on as it is (semantics 12). Never throws and never rejects. */
  screen(screen: Screen, message: Message): Screened | Promise<Screened> {
    // what an interceptor should have seen does not go on without it
    if (screen.epoch !== this.#epoch && !this.#bringUpToDate(screen)) return FAILED;
    return this.#pass(screen, new SeenEnvelope(screen.user, message), screen.parts, 0, 1);
  }

  /** False when a part is missing, because its `init` throws. */
  #bringUpToDate(screen: Screen): boolean {
    screen.epoch = this.#epoch;
    const parts: Part[] = [];
    for (const part of screen.parts) {
      if (this.#units.has(part.name)) parts.push(part);
      else part.end();
    }
    for (const unit of this.#units.values()) {
      if (parts.some((part) => part.name === unit.name)) continue;
      const part = this.#begin(screen.user, unit);
      if (part === undefined)
        screen.epoch = 0; // tried again with the next message
      else parts.push(part);
    }
    screen.sort(parts);
    return screen.epoch !== 0;
  }

  /** A new part, or undefined when its `init` threw as often as it may. */
  #begin(user: string, unit: ModuleUnit): Part | undefined {
    for (let attempt = 1; attempt <= this.#host.maxAttempts; attempt++) {
      const version = unit.choose(user) as InterceptorVersion;
      this.#host.attribute(version);
      try {
        return new Part(user, version);
      } catch (error) {
        this.#crashed(version, error);
      } finally {
        this.#host.attribute(null);
      }
    }
    return undefined;
  }

  /** Takes the envelope through the parts from the i-th on. */
  #pass(
    screen: Screen,
    envelope: SeenEnvelope,
    parts: readonly Part[],
    i: number,
    attempt: number,
  ): Screened | Promise<Screened> {
    for (; i < parts.length; i++, attempt = 1) {
      const part = parts[i]!;
      for (;;) {
        const verdict = this.#ask(part, envelope);
        if (types.isPromise(verdict)) return this.#await(verdict, screen, envelope, parts, i, attempt);
        if (verdict === CRASHED) {
          if (++attempt > this.#host.maxAttempts || !this.#renew(screen, part.name)) return FAILED;
          return this.#again(screen, envelope, part.name, attempt);
        }
        if (verdict !== undefined) return verdict;
        break;
      }
    }
    return envelope.isTouched ? envelope : null;
  }

  /** The same interceptor once more, with the new part that has taken the place of the one that crashed. */
  #again(screen: Screen, envelope: SeenEnvelope, name: string, attempt: number): Screened | Promise<Screened> {
    const i = screen.parts.findIndex((part) => part.name === name);
    return this.#pass(screen, envelope, screen.parts, i, attempt);
  }

  /** Replaces a part that has crashed; false when there is none to be had. */
  #renew(screen: Screen, name: string): boolean {
    const unit = this.#units.get(name);
    const part = unit === undefined ? undefined : this.#begin(screen.user, unit);
    const others: Part[] = [];
    for (const old of screen.parts) {
      if (old.name === name) old.end();
      else others.push(old);
    }
    if (part === undefined) {
      screen.sort(others);
      screen.epoch = 0;
      return false;
    }
    screen.sort([...others, part]);
    return true;
  }

  /** Asks one part. Undefined: the envelope goes on. */
  #ask(part: Part, envelope: SeenEnvelope): Rejection | undefined | typeof CRASHED | Promise<unknown> {
    const { version } = part;
    const { module, stats } = version;
    if (this.#off.has(version)) return module.whenOff === 'pass' ? undefined : switchedOff(module.name);
    const began = performance.now();
    this.#host.attribute(version);
    try {
      const verdict = module.intercept(envelope, part.state);
      const ms = performance.now() - began;
      if (ms > this.#limits.overrunMs) this.#overran(version);
      if (types.isPromise(verdict)) return verdict;
      const rejection = applyVerdict(verdict, envelope, this.#host);
      stats.record(ms);
      if (rejection !== undefined) stats.rejects++;
      return rejection;
    } catch (error) {
      stats.record(performance.now() - began);
      this.#crashed(version, error);
      return CRASHED;
    } finally {
      this.#host.attribute(null);
    }
  }

  async #await(
    promise: Promise<unknown>,
    screen: Screen,
    envelope: SeenEnvelope,
    parts: readonly Part[],
    i: number,
    attempt: number,
  ): Promise<Screened> {
    const part = parts[i]!;
    const { version } = part;
    const began = performance.now();
    part.busy();
    let rejection: Rejection | undefined;
    let hasCrashed = false;
    try {
      rejection = applyVerdict(
        (await inTime(promise, this.#limits.timeoutMs)) as InterceptorVerdict,
        envelope,
        this.#host,
      );
    } catch (error) {
      hasCrashed = true;
      this.#crashed(version, error);
    }
    const ms = performance.now() - began;
    version.stats.record(ms);
    if (ms > this.#limits.asyncOverrunMs) this.#overran(version);
    part.settled();
    if (rejection !== undefined) {
      version.stats.rejects++;
      return rejection;
    }
    if (!hasCrashed) return this.#pass(screen, envelope, parts, i + 1, 1);
    if (attempt >= this.#host.maxAttempts || !this.#renew(screen, part.name)) return FAILED;
    return this.#again(screen, envelope, part.name, attempt + 1);
  }

  #crashed(version: InterceptorVersion, error: unknown): void {
    version.stats.crashes++;
    this.#host.onTrouble({ what: 'crashed', name: version.name, version: version.version, error });
  }

  #overran(version: InterceptorVersion): void {
    const { overruns: most } = this.#limits;
    let overruns = this.#overruns.get(version);
    if (overruns === undefined) this.#overruns.set(version, (overruns = new Overruns(most, OVERRUN_PERIOD_MS)));
    if (!overruns.add(performance.now()) || this.#off.has(version)) return;
    this.#off.add(version, most);
    version.stats.fault = `switched off after ${most} overruns`;
    const { whenOff } = version.module;
    this.#host.onTrouble({
      what: 'switched_off',
      name: version.name,
      version: version.version,
      overruns: most,
      whenOff,
    });
  }
}

const CRASHED = Symbol('crashed');

/** Its handling crashed as often as it may. */
export const FAILED: Rejection = Object.freeze({
  code: 'failed',
  detail: 'an interceptor crashed over it',
  retryAfterMs: 0,
});

const switchedOff = (name: string): Rejection => ({
  code: 'unavailable',
  detail: `the interceptor '${name}' is switched off`,
  retryAfterMs: 60_000,
});

/** Settles as `promise`, or rejects when that takes too long. */
function inTime<T>(promise: Promise<T>, limitMs: number): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`no verdict within ${limitMs} ms`)), limitMs);
    promise.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
