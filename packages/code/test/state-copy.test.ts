import { describe, expect, test } from '@jest/globals';
import { copyState } from '../src/state-copy.js';

class Port {
  secret = 1;
}

describe('the copy of a state', () => {
  test('shares nothing with it and is equal', () => {
    const state = { n: 1, list: [1, { a: 'x' }], map: new Map([['k', { v: 1 }]]), set: new Set([1]), at: new Date(5) };
    const copy = copyState(state) as typeof state;
    expect(copy).toEqual(state);
    copy.list.push(2);
    copy.map.get('k')!.v = 2;
    expect(state.list).toHaveLength(2);
    expect(state.map.get('k')!.v).toBe(1);
  });

  test('has a mark in the place of what is no data, and calls no getter', () => {
    const state = {
      port: new Port(),
      call: () => 1,
      late: Promise.resolve(),
      get trap(): number {
        throw new Error('called');
      },
    };
    expect(copyState(state)).toEqual({
      port: { $handle: 'Port' },
      call: { $handle: 'Function' },
      late: { $handle: 'Promise' },
      trap: { $handle: 'getter' },
    });
  });

  test('keeps circles and what is held twice', () => {
    const shared = { n: 1 };
    const state: Record<string, unknown> = { a: shared, b: shared };
    state['self'] = state;
    const copy = copyState(state) as Record<string, unknown>;
    expect(copy['a']).toBe(copy['b']);
    expect(copy['a']).not.toBe(shared);
    expect(copy['self']).toBe(copy);
  });

  test('takes the bytes of a view, not the buffer behind it', () => {
    const view = new Uint8Array(1_000_000).subarray(10, 13);
    const copy = copyState({ view }) as { view: Uint8Array };
    expect(copy.view).toHaveLength(3);
    expect(copy.view.buffer.byteLength).toBe(3);
  });

  test('can always be sent to a thread', () => {
    const state = { proxy: new Proxy({}, {}), weak: new WeakMap(), symbol: Symbol('s'), deep: new Error('e'), big: 1n };
    expect(() => structuredClone(copyState(state))).not.toThrow();
  });

  test('of a state that is nested too deeply is a mark', () => {
    let state: object = {};
    for (let i = 0; i < 100_000; i++) state = { state };
    expect(copyState(state)).toEqual({ $handle: 'state' });
  });
});
