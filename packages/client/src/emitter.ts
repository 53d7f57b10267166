import { uncaught } from './uncaught.js';

/** Ends a subscription. */
export type Unsubscribe = () => void;

/**
 * Typed events. A listener that throws stops nothing: its error is thrown again by itself, as an uncaught one, since
 * nobody here can know what it means.
 */
export class Emitter<Events extends object> {
  private readonly listeners = new Map<keyof Events, Set<(event: never) => void>>();

  /** Calls `listener` at each `name` from now on. */
  on<Name extends keyof Events>(name: Name, listener: (event: Events[Name]) => void): Unsubscribe {
    const set = this.listeners.get(name) ?? new Set();
    this.listeners.set(name, set);
    set.add(listener);
    return () => void set.delete(listener);
  }

  emit<Name extends keyof Events>(name: Name, event: Events[Name]): void {
    const set = this.listeners.get(name);
    if (set === undefined) return;
    for (const listener of [...set] as ((event: Events[Name]) => void)[]) {
      try {
        listener(event);
      } catch (error) {
        uncaught(error);
      }
    }
  }
}
