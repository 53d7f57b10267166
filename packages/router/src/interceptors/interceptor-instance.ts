import { copyState } from '@mailbeam/code';
import type { Instance, InstanceCursor, MoveOutcome, Version } from '@mailbeam/code';
import type { InterceptorVersion, Part } from './part.js';
import type { Screen } from './screen.js';

/** The parts of one interceptor, connection by connection; itself the instance that it hands out. */
export class PartCursor implements InstanceCursor, Instance {
  readonly #name: string;
  readonly #screens: Iterator<Screen>;
  #screen!: Screen;
  #part!: Part;

  constructor(name: string, screens: Iterable<Screen>) {
    this.#name = name;
    this.#screens = screens[Symbol.iterator]();
  }

  next(): Instance | undefined {
    for (;;) {
      const next = this.#screens.next();
      if (next.done === true) return undefined;
      const part = next.value.parts.find((p) => p.name === this.#name);
      if (part === undefined) continue;
      this.#screen = next.value;
      this.#part = part;
      return this;
    }
  }

  close(): void {
    this.#screens.return?.();
  }

  get key(): string {
    return this.#part.user;
  }

  get version(): Version {
    return this.#part.version;
  }

  /** What a part holds back waits in its connection: a part has no mailbox of its own. */
  get depth(): number {
    return 0;
  }

  move(to: Version, done: (outcome: MoveOutcome) => void): void {
    const screen = this.#screen;
    const from = this.#part.version.module.order;
    this.#part.move(to as InterceptorVersion, (outcome) => {
      if (outcome.moved && (to as InterceptorVersion).module.order !== from) screen.sort(screen.parts);
      done(outcome);
    });
  }

  /** The connection's next message makes a new part. */
  restart(): void {
    const part = this.#part;
    part.end();
    this.#screen.parts = this.#screen.parts.filter((p) => p !== part);
    this.#screen.epoch = 0;
  }

  copyState(): unknown {
    return copyState(this.#part.state);
  }
}
