import { expect, test } from '@jest/globals';
import { checkoutRoot } from '../../src/checkout.js';
import { poison } from '../../src/hurt/poison.js';
import { makeMutant } from '../../src/mutant.js';

/** A router without the fault needs 0.3 s for what is waited for in vain. */
const PATIENCE_MS = 5_000;

async function foundIn(file: string, find: string, replace: string, complaint: string): Promise<void> {
  const mutant = await makeMutant([{ file, find, replace }]);
  try {
    await expect(poison(mutant.root, PATIENCE_MS)).rejects.toThrow(complaint);
  } finally {
    await mutant.dispose();
  }
}

test('a message that crashes its service is given up, told, kept, sent again and purged', async () => {
  await poison(checkoutRoot);
}, 240_000);

test('a router that keeps no dead letter is found', async () => {
  const [find, replace] = ['box.put(to, message, wall())', 'Promise.resolve(undefined)'];
  await foundIn('packages/router/dist/dead-letters/keep-letters.js', find, replace, 'the message is in the box');
}, 240_000);

test('a router that never gives a message up is found', async () => {
  const [find, replace] = ['++this.#attempts >= this.#service.maxAttempts', 'false'];
  await foundIn(
    'packages/router/dist/services/lane.js',
    find,
    replace,
    'what is behind a poisonous message is handled',
  );
}, 240_000);

test('a service that goes on with others before it tries a message again is found', async () => {
  await foundIn(
    'packages/router/dist/services/lane.js',
    'system.send(pid, this.#inHand);',
    '{ const entry = this.#inHand; this.#inHand = null; this.push(entry); }',
    'what was in hand is handled again, first and alone',
  );
}, 240_000);
