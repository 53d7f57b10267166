import { defineService } from '@mailbeam/handler';
import { expect, test } from '@jest/globals';
import { letterOf } from '../../src/dead-letters/letter-file.js';
import type { DeadLetter } from '../../src/dead-letters/letter-file.js';
import { replay } from '../../src/dead-letters/replay.js';
import type { OnDeadLetter } from '../../src/services/service-desk.js';
import { settled, TestNode } from '../../src/test-kit/test-node.js';

/** A node whose service crashes at "bad" until it is mended, and Alice, who sent one. */
async function poisoned() {
  const seen: string[] = [];
  const state = { isMended: false };
  const echo = defineService({
    name: 'echo',
    version: '1.0.0',
    init: () => null,
    handleMessage(message) {
      seen.push(`${message.from} ${message.text()}`);
      if (!state.isMended && message.text() === 'bad') throw new Error('oops');
    },
  });
  const letters: { letter: DeadLetter; body: Uint8Array }[] = [];
  const onDeadLetter: OnDeadLetter = (to, message, kept) => {
    const body = Uint8Array.from(message.bytes.subarray(message.bodyStart, message.bodyEnd));
    letters.push({ letter: letterOf(to, message, 1), body });
    kept();
  };
  const node = new TestNode({ services: [echo], onDeadLetter });
  const alice = await node.login('alice');
  alice.send1(1, '$echo', 'bad');
  await node.settle();
  for (let i = 0; i < 4; i++) await node.pass(500);
  for (let seq = 1; seq <= alice.of('receipt').length; seq++) alice.ack(seq);
  await node.pass(500);
  seen.length = 0;
  return { node, alice, seen, letters, state };
}

test('a letter is sent again under its sender’s name, and accepted once', async () => {
  const { node, alice, seen, letters, state } = await poisoned();
  state.isMended = true;
  expect(letters).toHaveLength(1);
  const done = replay(letters[0]!.letter, letters[0]!.body, node.core);
  await node.settle();
  expect(await done).toBe('replayed');
  await node.pass(500);
  expect(seen).toEqual(['alice bad']);
  for (let seq = 1; seq <= alice.of('receipt').length; seq++) alice.ack(seq);
  await node.pass(500);
  expect(node.core.ledger).toMatchObject({ pending: 0, imbalance: 0, failed: 1, delivered: 1 });
});

test('one that crashes its service again is given up again, as another letter', async () => {
  const { node, letters } = await poisoned();
  const done = replay(letters[0]!.letter, letters[0]!.body, node.core);
  await node.settle();
  expect(await done).toBe('replayed');
  for (let i = 0; i < 6; i++) await node.pass(1_000);
  expect(letters).toHaveLength(2);
  expect(letters[1]!.letter.id).not.toBe(letters[0]!.letter.id);
});

test('a sender who is away leaves nothing in memory', async () => {
  const { node, alice, letters, state } = await poisoned();
  state.isMended = true;
  alice.cut();
  await node.pass(500);
  const before = node.core.mailboxesInMemory;
  const done = replay(letters[0]!.letter, letters[0]!.body, node.core);
  await node.settle();
  await done;
  await node.pass(500);
  await node.pass(500);
  expect(node.core.mailboxesInMemory).toBe(before);
});

test('a letter to a service that does not run stays', async () => {
  const { node, letters } = await poisoned();
  expect(await replay({ ...letters[0]!.letter, to: '$gone' }, letters[0]!.body, node.core)).toBe('unknown_recipient');
});

test('a message is failed only when its letter is kept', async () => {
  const waiting: (() => void)[] = [];
  const echo = defineService({
    name: 'echo',
    version: '1.0.0',
    init: () => null,
    handleMessage() {
      throw new Error('oops');
    },
  });
  const node = new TestNode({ services: [echo], onDeadLetter: (_to, _message, kept) => void waiting.push(kept) });
  const alice = await node.login('alice');
  alice.send1(1, '$echo', 'bad');
  await node.settle();
  for (let i = 0; i < 4; i++) await node.pass(500);
  expect([waiting.length, alice.of('receipt')]).toEqual([1, []]);
  expect(node.store.count('$echo').messages).toBe(1);
  waiting[0]!();
  await settled();
  await node.settle();
  expect(alice.of('receipt')).toMatchObject([{ kind: 3, cid: 1, code: 'undeliverable' }]);
});
