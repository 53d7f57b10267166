import type { TimerRef } from '@mailbeam/actors';
import { HandlerError } from '@mailbeam/handler';
import type { OffloadOptions, ServiceInit, ServiceLog, ServiceTimer } from '@mailbeam/handler';
import { Timer } from './lane-entry.js';
import type { LaneSelf, ServiceDesk } from './service-desk.js';
import type { ServiceVersion } from './service-version.js';

const MOST_DELAY_MS = 2_147_483_647;

/** What `init` and `terminate` are given, and the part of it that every handling has. Valid until {@link close}. */
export class StartContext implements ServiceInit {
  readonly caller: string;
  readonly #version: ServiceVersion;
  readonly #desk: ServiceDesk;
  readonly #self: LaneSelf;
  #isOver = false;

  constructor(version: ServiceVersion, caller: string, desk: ServiceDesk, self: LaneSelf) {
    this.#version = version;
    this.caller = caller;
    this.#desk = desk;
    this.#self = self;
  }

  get name(): string {
    return this.#version.name;
  }

  get version(): string {
    return this.#version.version;
  }

  get now(): number {
    return this.desk.clock.wall;
  }

  get log(): ServiceLog {
    return this.desk.logOf(this.name, this.version);
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  /** The handling has returned, or its actor has ended. */
  close(): void {
    this.#isOver = true;
  }

  setTimer(delayMs: number, tag: unknown): ServiceTimer {
    this.mustBeInHand();
    if (!(delayMs >= 0 && delayMs <= MOST_DELAY_MS))
      throw new HandlerError('bad_timer', `delayMs is ${String(delayMs)}, must be from 0 to ${MOST_DELAY_MS}`);
    const timer = new Timer(tag);
    timer.ref = this.#self.sendAfter(delayMs, timer);
    return timer;
  }

  cancelTimer(given: ServiceTimer): boolean {
    this.mustBeInHand();
    const timer = given as Timer;
    if (timer.isOver) return false;
    timer.isOver = true;
    this.#self.cancelTimer(timer.ref as TimerRef);
    return true;
  }

  offload<R = unknown>(task: string, input: unknown, options: OffloadOptions = {}): Promise<R> {
    return this.desk.offloader.run(this.#version, task, input, options.timeoutMs, this.#self) as Promise<R>;
  }

  /** @throws HandlerError once the handling is over */
  protected mustBeInHand(): void {
    if (!this.#isOver) return;
    throw new HandlerError('handling_over', `service ${this.name}: a context is valid until its handling returns`);
  }

  /** @throws HandlerError once the handling is over */
  protected get desk(): ServiceDesk {
    this.mustBeInHand();
    return this.#desk;
  }
}
