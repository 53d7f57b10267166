import type { ActorSystem, Pid } from '@mailbeam/actors';
import { copyState } from '@mailbeam/code';
import type { Instance, InstanceCursor, MoveOutcome, Version } from '@mailbeam/code';
import type { Port } from './port.js';
import type { SessionVersion } from './session-shell.js';

/** The sessions of a node one by one; itself the instance that it hands out. */
export class SessionCursor implements InstanceCursor, Instance {
  readonly #system: ActorSystem;
  readonly #ports: Iterator<Port>;
  readonly #move: (port: Port, to: SessionVersion, done: (outcome: MoveOutcome) => void) => void;
  #port!: Port;

  constructor(
    system: ActorSystem,
    ports: Iterable<Port>,
    move: (port: Port, to: SessionVersion, done: (outcome: MoveOutcome) => void) => void,
  ) {
    this.#system = system;
    this.#ports = ports[Symbol.iterator]();
    this.#move = move;
  }

  next(): Instance | undefined {
    for (;;) {
      const next = this.#ports.next();
      if (next.done === true) return undefined;
      if (next.value.sessionVersion === null) continue;
      this.#port = next.value;
      return this;
    }
  }

  close(): void {
    this.#ports.return?.();
  }

  get key(): string {
    return this.#port.user;
  }

  get version(): Version {
    return this.#port.sessionVersion!;
  }

  get depth(): number {
    return this.#port.framesWaiting;
  }

  move(to: Version, done: (outcome: MoveOutcome) => void): void {
    this.#move(this.#port, to as SessionVersion, done);
  }

  /** Its supervisor starts it again on the same port. */
  restart(): void {
    this.#system.exit(this.#port.session as Pid, 'code_rollback');
  }

  copyState(): unknown {
    return copyState(this.#port.sessionState?.inner);
  }
}
