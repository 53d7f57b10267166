// What the threads of offload.test.ts run.

export const double = (n) => n * 2;

export const later = async (n) => n + 1;

/** Waits until the shared word is not 0 any more. */
export function waitFor(word) {
  Atomics.wait(new Int32Array(word), 0, 0);
  return 'released';
}

/** Says that it runs, and never ends. */
export function spin(word) {
  const view = new Int32Array(word);
  Atomics.store(view, 0, 1);
  Atomics.notify(view, 0);
  for (;;) Atomics.add(view, 1, 1);
}

export function fail() {
  throw new RangeError('no such number');
}

export const uncopyable = () => () => undefined;

export const leave = () => process.exit(3);

export function fill() {
  const kept = [];
  for (;;) kept.push(new Array(100_000).fill(kept.length));
}

export const lengthOf = (buffer) => buffer.byteLength;
