import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { Message, Where } from '../../src/mailbox/request.js';
import { Unflushed } from '../../src/mailbox/unflushed.js';

const message = (cid: number): Message => new Message(cid, false, 'bob', 1, -1, new Uint8Array(0), 0, 0);
const cids = (messages: Iterable<Message>): number[] => [...messages].map((m) => m.cid);

test('what is not on disk is kept oldest first: a commit takes all of it, what comes meanwhile waits for the next', () => {
  const unflushed = new Unflushed();
  const messages = [1, 2, 3].map(message);
  unflushed.push(messages[0]!);
  unflushed.push(messages[1]!);
  const written: number[] = [];
  unflushed.write((m) => written.push(m.cid));
  unflushed.push(messages[2]!);
  expect([written, cids(unflushed), unflushed.hasUnwritten]).toEqual([[1, 2], [1, 2, 3], true]);
  expect(messages.map((m) => [m.where, m.settled])).toEqual([
    [Where.WRITING, true],
    [Where.WRITING, true],
    [Where.UNWRITTEN, false],
  ]);
  const stored: number[] = [];
  unflushed.written((m) => stored.push(m.cid));
  expect([stored, cids(unflushed), unflushed.first]).toEqual([[1, 2], [3], messages[2]]);
});

test('whatever is pushed, ended, written and flushed, nothing is written twice and nothing that lives is left out', () => {
  const step = fc.constantFrom('push', 'end', 'write', 'written');
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), fc.infiniteStream(fc.nat()), (steps, picks) => {
      const unflushed = new Unflushed();
      const all: Message[] = [];
      let writing = false;
      for (const what of steps) {
        if (what === 'push') {
          const m = message(all.length + 1);
          all.push(m);
          unflushed.push(m);
        } else if (what === 'end' && all.length > 0) {
          const m = all[picks.next().value! % all.length]!;
          if (m.where === Where.UNWRITTEN) m.where = Where.ELIDED;
          m.gone = true;
          unflushed.trim();
        } else if (what === 'write' && !writing && unflushed.hasUnwritten) {
          writing = true;
          const due = all.filter((m) => m.where === Where.UNWRITTEN).map((m) => m.cid);
          const taken: number[] = [];
          unflushed.write((m) => taken.push(m.cid));
          expect(taken).toEqual(due);
        } else if (what === 'written' && writing) {
          writing = false;
          const due = all.filter((m) => m.where === Where.WRITING).map((m) => m.cid);
          const stored: number[] = [];
          unflushed.written((m) => stored.push(m.cid));
          expect(stored).toEqual(due);
        }
        const waits = (m: Message): boolean => m.where === Where.UNWRITTEN || m.where === Where.WRITING;
        expect(cids(unflushed).filter((cid) => waits(all[cid - 1]!))).toEqual(all.filter(waits).map((m) => m.cid));
        if (!writing && all.every((m) => m.gone)) expect(unflushed.isEmpty).toBe(true);
      }
    }),
    { numRuns: 500 },
  );
});
