import { startChild, supervisor } from '@mailbeam/actors';
import type { ActorSystem, Behaviour, Pid } from '@mailbeam/actors';
import { CloseCode } from '@mailbeam/protocol';
import type { Port } from './port/port.js';
import { sessionShell } from './port/session-shell.js';
import type { SessionModule } from './port/session-shell.js';

/** How often one session may crash before its connection is ended. */
const SESSION_RESTARTS = 30;
const SESSION_RESTART_PERIOD_MS = 10_000;

/** The supervisor of all sessions, one for each connection, and the search for those that it gave up. */
export class Sessions {
  readonly #system: ActorSystem;
  readonly #supervisor: Pid;
  /** Connections that had no session at the last search. */
  #lost = new Set<Port>();
  /** An actor has crashed, or a connection had no session at the last search. */
  mayBeLost = false;

  constructor(system: ActorSystem, session: SessionModule) {
    this.#system = system;
    const child = {
      id: 'session',
      behaviour: sessionShell(session) as unknown as Behaviour<unknown, unknown, unknown>,
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

  start(port: Port): void {
    startChild(this.#supervisor, port);
  }

  stop(port: Port): void {
    if (port.session !== null) this.#system.exit(port.session as Pid, 'shutdown');
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
