import type { Part } from './part.js';

/** A connection's parts of all interceptors, in the order in which its messages pass them. */
export class Screen {
  readonly user: string;
  parts: readonly Part[] = [];
  /** Which list of interceptors `parts` is made from. */
  epoch = 0;

  constructor(user: string) {
    this.user = user;
  }

  /** Lower `order` first, then by name. */
  sort(parts: readonly Part[]): void {
    this.parts = parts.toSorted(
      (a, b) => a.version.module.order - b.version.module.order || (a.name < b.name ? -1 : 1),
    );
  }

  end(): void {
    for (const part of this.parts) part.end();
    this.parts = [];
  }
}
