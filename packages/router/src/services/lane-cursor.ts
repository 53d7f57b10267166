import { copyState } from '@mailbeam/code';
import type { Instance, InstanceCursor, MoveOutcome, Version } from '@mailbeam/code';
import type { Lane } from './lane.js';
import type { ServiceVersion } from './service-version.js';

/** The actors of a service one by one; itself the instance that it hands out. */
export class LaneCursor implements InstanceCursor, Instance {
  readonly #lanes: Iterator<Lane>;
  readonly #move: (lane: Lane, to: ServiceVersion, done: (outcome: MoveOutcome) => void) => void;
  #lane!: Lane;

  constructor(
    lanes: Iterable<Lane>,
    move: (lane: Lane, to: ServiceVersion, done: (outcome: MoveOutcome) => void) => void,
  ) {
    this.#lanes = lanes[Symbol.iterator]();
    this.#move = move;
  }

  next(): Instance | undefined {
    for (;;) {
      const next = this.#lanes.next();
      if (next.done === true) return undefined;
      if (next.value.version === null) continue;
      this.#lane = next.value;
      return this;
    }
  }

  close(): void {
    this.#lanes.return?.();
  }

  get key(): string {
    return this.#lane.caller;
  }

  get version(): Version {
    return this.#lane.version!;
  }

  get depth(): number {
    return this.#lane.depth;
  }

  move(to: Version, done: (outcome: MoveOutcome) => void): void {
    this.#move(this.#lane, to as ServiceVersion, done);
  }

  restart(): void {
    this.#lane.restart();
  }

  copyState(): unknown {
    return copyState(this.#lane.state);
  }
}
