import type { Rule } from '../../src/crash/violation.js';
import type { Mutation } from '../../src/mutant.js';

/** A fault that is planted in a copy of the built router, and the rules by which the crash test has to find it. */
export interface PlantedFault extends Mutation {
  readonly name: string;
  readonly foundBy: readonly Rule[];
}

const mailbox = 'packages/router/dist/mailbox/mailbox.js';

export const plantedFaults: readonly PlantedFault[] = [
  {
    name: 'accepts before the flush',
    file: mailbox,
    find: 'commits.due(this, waits',
    replace: 'message.sender.accept(message); commits.due(this, waits',
    foundBy: ['lost'],
  },
  {
    name: 'drops a receipt now and then',
    file: 'packages/router/dist/routing/dispatch.js',
    find: 'delivered(user, from, origin, cid, requests, needsDisk) {',
    replace:
      'delivered(user, from, origin, cid, requests, needsDisk) { if (requests === null && cid % 10 === 7) return;',
    foundBy: ['receipt-missing'],
  },
  {
    name: 'swaps the first two messages of a page',
    file: 'packages/router/dist/mailbox/hand-out.js',
    find: 'const page = this.#store.read(',
    replace:
      'const page = ((...args) => (([a, b, ...rest]) => (b ? [b, a, ...rest] : a ? [a] : []))(this.#store.read(...args)))(',
    foundBy: ['order'],
  },
  {
    name: 'leaves out an erasure, so that messages come again after a restart',
    file: 'packages/router/dist/commit/commit-loop.js',
    find: 'batch.eraseUpTo(name, upTo);',
    replace: 'if (acked !== 1) batch.eraseUpTo(name, upTo);',
    foundBy: ['repeated'],
  },
];
