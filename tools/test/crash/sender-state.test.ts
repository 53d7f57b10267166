import { describe, expect, test } from '@jest/globals';
import { SenderState } from '../../src/crash/sender-state.js';
import type { OutgoingSend } from '../../src/crash/sender-state.js';

function sent(state: SenderState, count: number, to = 'bob'): void {
  for (let i = 0; i < count; i++) {
    const cid = state.takeCid(false);
    const outgoing: OutgoingSend = { kind: 'send', cid, to, id: cid, bytes: 4, ttl: 0, expect: 'taken' };
    state.unanswered.push(outgoing);
  }
}

const cids = (state: SenderState): number[] => state.unanswered.map(({ cid }) => cid);

describe('the state that numbers the SENDs of a client', () => {
  test('cids count from 1 and may leave one out', () => {
    const state = new SenderState(1, 'c');
    expect([state.takeCid(false), state.takeCid(true), state.takeCid(false)]).toEqual([1, 3, 4]);
  });

  test('ACCEPTED and REJECTED answer everything up to their cid', () => {
    const state = new SenderState(1, 'c');
    sent(state, 5);
    state.accepted(2);
    expect(cids(state)).toEqual([3, 4, 5]);
    state.rejected(4);
    expect(cids(state)).toEqual([5]);
  });

  test('a failed message is answered and never forgotten', () => {
    const state = new SenderState(1, 'c');
    sent(state, 3);
    state.failed('bob', 2, 2);
    state.accepted(3);
    state.forget(3);
    expect(cids(state)).toEqual([1, 3]);
  });

  test('the answers that are forgotten are the newest, and with what is unanswered at most a send window', () => {
    const state = new SenderState(1, 'c');
    sent(state, 256);
    state.accepted(200);
    state.forget(10);
    expect(cids(state)).toEqual(Array.from({ length: 66 }, (_, i) => 191 + i));
    state.forget(1000);
    expect(cids(state)).toHaveLength(256);
  });

  test('a message that is accepted after its receipt counts as elided', () => {
    const state = new SenderState(1, 'c');
    sent(state, 3);
    state.delivered('bob', 2);
    expect(state.accepted(3)).toBe(2);
  });

  test('the room for more is bounded by the client and by the send window', () => {
    const state = new SenderState(1, 'c');
    sent(state, 5);
    expect(state.room(8)).toBe(3);
    expect(state.room(1000)).toBe(251);
  });
});
