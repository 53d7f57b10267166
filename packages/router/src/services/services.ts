import { startChild, supervisor } from '@mailbeam/actors';
import type { Behaviour, Pid } from '@mailbeam/actors';
import type { InstanceCursor, ModuleHost, ModuleUnit, MoveOutcome } from '@mailbeam/code';
import type { Call } from '../port/frames.js';
import type { Port } from '../port/port.js';
import type { Lane } from './lane.js';
import { LaneCursor } from './lane-cursor.js';
import type { Offloader } from './offloader.js';
import { RunningService } from './running-service.js';
import { noDeadLetters } from './service-desk.js';
import type { OnDeadLetter, ServiceDesk } from './service-desk.js';
import { serviceLimits } from './service-limits.js';
import type { ServiceLimits } from './service-limits.js';
import { serviceShell } from './service-shell.js';
import { chosen } from './service-version.js';
import type { ServiceVersion } from './service-version.js';
import type { ServiceLogs, ServicesHost } from './services-host.js';

/** An actor that keeps crashing starts again at once, then after 100 ms, 200 ms ... up to this. It is never given up. */
const LONGEST_BACK_OFF_MS = 5_000;
const BACK_OFF_PERIOD_MS = 10_000;

/** What services stand on besides the router. */
export interface ServiceParts {
  readonly offloader: Offloader;
  readonly logOf: ServiceLogs;
  readonly limits?: Partial<ServiceLimits>;
  /** A message crashed the service `address` as often as it may; its body is there until `kept` is called. */
  readonly onDeadLetter?: OnDeadLetter;
}

/** The services of a node, each behind the name `$name`. */
export class Services implements ModuleHost {
  readonly kind = 'service';
  readonly #host: ServicesHost;
  readonly #desk: ServiceDesk;
  readonly #supervisor: Pid;
  readonly #running = new Map<string, RunningService>();
  /** Services that were stopped and have an entry in hand. */
  readonly #ending = new Set<RunningService>();
  #onAllEnded: () => void = () => undefined;
  readonly #callsOf = new Map<Port, number>();
  /** The last origin given to each name by this node. */
  readonly #origins = new Map<string, number>();
  /** What an actor of a version runs; a version that nobody holds is forgotten. */
  readonly #behaviours = new WeakMap<ServiceVersion, Behaviour<unknown, unknown, unknown>>();

  constructor(host: ServicesHost, parts: ServiceParts) {
    this.#host = host;
    const limits = { ...serviceLimits, ...parts.limits, maxBodyBytes: host.limits.maxBodyBytes };
    const { offloader, logOf, onDeadLetter = noDeadLetters } = parts;
    this.#desk = { clock: host.clock, limits, offloader, logOf, onDeadLetter };
    this.#supervisor = host.system.spawn(
      supervisor({
        strategy: 'simple_one_for_one',
        intensity: Number.MAX_SAFE_INTEGER,
        periodMs: BACK_OFF_PERIOD_MS,
        intensityScope: 'child',
        backOff: { maxMs: LONGEST_BACK_OFF_MS },
        children: [
          {
            id: 'service',
            behaviour: (lane) => this.#behaviourFor(lane as Lane),
            restart: 'transient',
            class: 'service',
          },
        ],
      }),
      undefined,
      { name: 'services', class: 'system' },
    );
  }

  // ---- the code server's side

  /** @throws Error when its `init` throws, or one of that name runs or is still ending */
  start(unit: ModuleUnit): void {
    const { name } = unit;
    if (this.#running.has(name) || [...this.#ending].some((service) => service.unit.name === name))
      throw new Error(`there is a service '${name}' already, or it has not ended yet`);
    const address = `$${name}`;
    const origin = Math.max(this.#host.store.highestOrigin(address), this.#origins.get(address) ?? 0) + 1;
    this.#origins.set(address, origin);
    const startLane = (lane: Lane): void => void startChild(this.#supervisor, lane);
    const service = new RunningService(unit, origin, this.#host, this.#desk, this.#callsOf, startLane);
    const thrown = service.begin();
    if (thrown !== undefined) {
      service.stop();
      throw thrown instanceof Error ? thrown : new Error('its init threw what is no Error', { cause: thrown });
    }
    this.#running.set(name, service);
    service.attach();
    this.#host.wake();
  }

  /** Of the services that run, as `$echo`. */
  *addresses(): IterableIterator<string> {
    for (const name of this.#running.keys()) yield `$${name}`;
  }

  stop(name: string): void {
    const service = this.#running.get(name);
    if (service === undefined) return;
    this.#running.delete(name);
    this.#ending.add(service);
    service.onEnded = () => {
      this.#ending.delete(service);
      if (this.#ending.size === 0) this.#onAllEnded();
    };
    service.stop();
  }

  instances(name: string): InstanceCursor {
    return new LaneCursor(this.#running.get(name)?.lanes ?? [], (lane, to, done) => this.#move(lane, to, done));
  }

  #move(lane: Lane, to: ServiceVersion, done: (outcome: MoveOutcome) => void): void {
    const { pid, version } = lane;
    if (pid === null || version === null) return done({ moved: false, reason: 'gone' });
    if (to.module.state !== version.module.state) {
      const error = new Error(`a service cannot go from state '${version.module.state}' to '${to.module.state}'`);
      return done({ moved: false, reason: 'threw', error });
    }
    this.#host.system.requestCodeChange(pid, this.#behaviourOf(to), (result) => {
      if (result.changed) done({ moved: true });
      else if (result.reason === 'noproc') done({ moved: false, reason: 'gone' });
      else done({ moved: false, reason: 'threw', error: result.error });
    });
  }

  #behaviourFor(lane: Lane): Behaviour<unknown, unknown, unknown> {
    return this.#behaviourOf(chosen(lane.unit, lane.caller));
  }

  #behaviourOf(version: ServiceVersion): Behaviour<unknown, unknown, unknown> {
    let behaviour = this.#behaviours.get(version);
    if (behaviour === undefined) {
      behaviour = serviceShell(version) as unknown as Behaviour<unknown, unknown, unknown>;
      this.#behaviours.set(version, behaviour);
    }
    return behaviour;
  }

  // ---- the router's side

  get supervisor(): Pid {
    return this.#supervisor;
  }

  /** @param address with its `$` */
  find(address: string): RunningService | undefined {
    return address.startsWith('$') ? this.#running.get(address.slice(1)) : undefined;
  }

  /** @param address with its `$` */
  has(address: string): boolean {
    return this.#running.has(address.slice(1));
  }

  call(port: Port, { rid, service: name, method, args }: Call): void {
    const service = this.#running.get(name);
    if (service !== undefined) return service.call(port, rid, method, args);
    port.out().reply(rid, false, { code: 'unknown_service', detail: `no service is called '${name.slice(0, 128)}'` });
  }

  /** What happens by the clock; called a few times a second. */
  tick(): void {
    const { mono } = this.#host.clock;
    for (const service of this.#running.values()) service.expireCalls(mono);
    for (const service of this.#ending) service.expireCalls(mono);
  }

  /** Stops all of them; resolves when what they had in hand has ended, or after `mostMs`: then that stays pending. */
  close(mostMs: number): Promise<void> {
    for (const name of [...this.#running.keys()]) this.stop(name);
    this.#host.wake();
    return new Promise((resolve) => {
      if (this.#ending.size === 0) return resolve();
      this.#onAllEnded = resolve;
      setTimeout(resolve, mostMs).unref();
    });
  }
}
