import { expect, jest, test } from '@jest/globals';
import { Emitter } from '../src/emitter.js';

test('a listener is called at each event of its name until it unsubscribes', () => {
  const emitter = new Emitter<{ a: number; b: number }>();
  const seen: number[] = [];
  const stop = emitter.on('a', (event) => seen.push(event));
  emitter.emit('a', 1);
  emitter.emit('b', 2);
  emitter.emit('a', 3);
  stop();
  emitter.emit('a', 4);
  expect(seen).toEqual([1, 3]);
});

test('a listener that throws stops no other, and its error is thrown again by itself', () => {
  const later: (() => void)[] = [];
  const spy = jest.spyOn(globalThis, 'queueMicrotask').mockImplementation((fn) => void later.push(fn));
  try {
    const emitter = new Emitter<{ a: number }>();
    const seen: number[] = [];
    emitter.on('a', () => {
      throw new Error('a bad listener');
    });
    emitter.on('a', (event) => seen.push(event));
    emitter.emit('a', 1);
    expect(seen).toEqual([1]);
    expect(later).toHaveLength(1);
    expect(later[0]).toThrow('a bad listener');
  } finally {
    spy.mockRestore();
  }
});
