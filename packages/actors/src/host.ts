/** The three things that the runtime takes from its host, for Node and for browsers. The only file that knows either. */

interface Host {
  performance: { timeOrigin: number; now(): number };
  setImmediate?: (run: () => void) => unknown;
  setTimeout(run: () => void, ms: number): unknown;
  clearTimeout(handle: unknown): void;
  MessageChannel: new () => { port1: { onmessage: (() => void) | null }; port2: { postMessage(value: unknown): void } };
}

const host = globalThis as unknown as Host;
const origin = host.performance.timeOrigin;

/** Monotonic, ms; starts at the Unix time of the process start. */
export function hostClock(): number {
  return origin + host.performance.now();
}

function channelSoon(): (run: () => void) => void {
  const waiting: (() => void)[] = [];
  const channel = new host.MessageChannel();
  channel.port1.onmessage = () => waiting.shift()?.();
  return (run) => {
    waiting.push(run);
    channel.port2.postMessage(0);
  };
}

/** Runs `run` after pending I/O: a browser's `setTimeout(0)` would wait 4 ms, hence the channel. */
export const hostSoon: (run: () => void) => void =
  typeof host.setImmediate === 'function' ? (run) => void host.setImmediate?.(run) : channelSoon();

const longestTimeout = 2_147_483_647;

/** A wake-up that has been asked for. */
export interface WakeUp {
  cancel(): void;
  /** Whether it keeps the process alive. A host without the notion leaves it out. */
  keepAlive?(on: boolean): void;
}

/** Runs `run` after `delayMs`. A delay over 2^31 - 1 ms is cut to it: the caller looks at the clock again. */
export function hostLater(run: () => void, delayMs: number): WakeUp {
  const handle = host.setTimeout(run, Math.min(delayMs, longestTimeout)) as { ref?(): void; unref?(): void };
  return {
    cancel: () => host.clearTimeout(handle),
    keepAlive: (on) => (on ? handle.ref?.() : handle.unref?.()),
  };
}
