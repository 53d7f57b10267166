import { startChild, supervisor } from '@mailbeam/actors';
import type { ActorSystem, Behaviour, CrashReport, Pid } from '@mailbeam/actors';
import type { InstanceCursor, ModuleHost, ModuleUnit, MoveOutcome } from '@mailbeam/code';
import { CloseCode } from '@mailbeam/protocol';
import type { Port } from './port/port.js';
import { SessionCursor } from './port/session-cursor.js';
import { runs, sessionShell } from './port/session-shell.js';
import type { SessionVersion } from './port/session-shell.js';

/** How often one session may crash before its connection is ended. */
const SESSION_RESTARTS = 30;
const SESSION_RESTART_PERIOD_MS = 10_000;

/** The supervisor of all sessions, one for each connection, and the search for those that it gave up. */
export class Sessions implements ModuleHost {
  readonly kind = 'session';
  readonly #system: ActorSystem;
  readonly #supervisor: Pid;
  /** Every connection that is open. */
  readonly #ports: () => Iterable<Port>;
  /** Which version a session gets that starts now. */
  #unit: ModuleUnit;
  /** What an actor of a version runs; a version that nobody holds is forgotten. */
  readonly #behaviours = new WeakMap<SessionVersion, Behaviour<unknown, unknown, unknown>>();
  /** Connections that had no session at the last search. */
  #lost = new Set<Port>();
  /** An actor has crashed, or a connection had no session at the last search. */
  mayBeLost = false;
  /** Versions that sessions run, and perhaps one or two that they ran. */
  readonly #known = new Set<SessionVersion>();

  constructor(system: ActorSystem, unit: ModuleUnit, ports: () => Iterable<Port>) {
    this.#system = system;
    this.#unit = unit;
    this.#ports = ports;
    const child = {
      id: 'session',
      behaviour: (port: unknown) => this.#behaviourOf(this.#choose((port as Port | undefined)?.user ?? '')),
      restart: 'transient',
      shutdown: 'brutal_kill',
      class: 'session',
    } as const;
    this.#supervisor = system.spawn(
      supervisor({
        strategy: 'simple_one_for_one',
        intensity: SESSION_RESTARTS,
        periodMs: SESSION_RESTART_PERIOD_MS,
        intensityScope: 'child',
        children: [child],
      }),
      undefined,
      { name: 'sessions', class: 'system' },
    );
  }

  get supervisor(): Pid {
    return this.#supervisor;
  }

  begin(port: Port): void {
    startChild(this.#supervisor, port);
  }

  end(port: Port): void {
    if (port.session !== null) this.#system.exit(port.session as Pid, 'shutdown');
    runs(port, null);
  }

  /** Counts a crash against its version. */
  crashed({ behaviour, version }: CrashReport): void {
    this.mayBeLost = true;
    if (behaviour !== this.#unit.name) return;
    for (const known of this.#known) if (known.version === version) known.stats.crashes++;
  }

  // ---- the code server's side

  start(unit: ModuleUnit): void {
    this.#unit = unit;
  }

  stop(): never {
    throw new Error('a router has sessions as long as it runs');
  }

  instances(): InstanceCursor {
    return new SessionCursor(this.#system, this.#ports(), (port, to, done) => this.#move(port, to, done));
  }

  #move(port: Port, to: SessionVersion, done: (outcome: MoveOutcome) => void): void {
    this.#know(to);
    this.#system.requestCodeChange(port.session as Pid<unknown>, this.#behaviourOf(to), (result) => {
      if (result.changed) done({ moved: true });
      else if (result.reason === 'noproc') done({ moved: false, reason: 'gone' });
      else done({ moved: false, reason: 'threw', error: result.error });
    });
  }

  #choose(user: string): SessionVersion {
    const version = this.#unit.choose(user) as SessionVersion;
    this.#know(version);
    return version;
  }

  #behaviourOf(version: SessionVersion): Behaviour<unknown, unknown, unknown> {
    let behaviour = this.#behaviours.get(version);
    if (behaviour === undefined) {
      behaviour = sessionShell(version) as unknown as Behaviour<unknown, unknown, unknown>;
      this.#behaviours.set(version, behaviour);
    }
    return behaviour;
  }

  /** Remembers a version as long as a session runs it. */
  #know(version: SessionVersion): void {
    if (this.#known.has(version)) return;
    for (const old of this.#known) if (old.stats.instances === 0) this.#known.delete(old);
    this.#known.add(version);
  }

  /**
   * Ends connections whose session crashed more often than its supervisor restarts it: those that had none at the last
   * search and have none now. A restart may wait for its turn, but not as long as that.
   */
  endLost(ports: Iterable<Port>): void {
    const before = this.#lost;
    this.#lost = new Set();
    for (const port of ports) {
      if (port.session === null || this.#system.isAlive(port.session as Pid)) continue;
      if (!before.has(port)) this.#lost.add(port);
      else port.fail('failed', 'the session of this connection crashes again and again', CloseCode.GOING_AWAY);
    }
    this.mayBeLost = this.#lost.size > 0;
  }
}
