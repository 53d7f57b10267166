import { expect, test } from '@jest/globals';
import { DeadLetters } from '../src/dead-letters.js';
import { AdminPort } from '../src/port/admin-port.js';
import type { Confirmation, Notice } from '../src/state.js';

/** A box of letters behind a port, and what the page would have said and asked. */
class Box {
  readonly notices: Notice[] = [];
  readonly asked: Confirmation[] = [];
  readonly requests: { readonly path: string; readonly ids: readonly string[] }[] = [];
  readonly letters: DeadLetters;
  /** Why one does not go. */
  readonly stubborn = new Map<string, string>();
  isAway = false;

  readonly ids: readonly string[];

  constructor(ids: readonly string[]) {
    this.ids = ids;
    const port = new AdminPort((url, init) => this.#answer(url as string, init?.body as string | undefined));
    this.letters = new DeadLetters(port, {
      ask: (dialog) => void this.asked.push(dialog),
      say: (notice) => void this.notices.push(notice),
      done: () => undefined,
      trouble: (error) => void this.notices.push({ isProblem: true, text: (error as Error).message }),
    });
  }

  #answer(url: string, body = '{}'): Promise<Response> {
    if (this.isAway) return Promise.reject(new TypeError('failed to fetch'));
    const path = url.replace('/console/api/deadletters', '');
    const { ids = this.ids } = JSON.parse(body) as { ids?: readonly string[] };
    this.requests.push({ path, ids });
    const failed = ids.flatMap((id) => (this.stubborn.has(id) ? [{ id, code: this.stubborn.get(id) }] : []));
    const answers: Record<string, object> = {
      '': { letters: ids.map((id) => ({ id })) },
      '/replay': { replayed: ids.length - failed.length, failed },
      '/purge': { purged: ids.length },
    };
    return Promise.resolve(Response.json(answers[path]));
  }
}

const many = Array.from({ length: 60 }, (_, i) => `id${i}`);

test('one letter is sent again at once', async () => {
  const box = new Box(['a']);
  await box.letters.replay('a');
  expect(box.requests).toEqual([{ path: '/replay', ids: ['a'] }]);
  expect(box.notices).toEqual([{ isProblem: false, text: '1 dead letter sent again' }]);
});

test('nothing is purged, and not all are sent again, before that is said twice', async () => {
  const box = new Box(many);
  box.letters.purge('a', 'ann');
  box.letters.purgeAll(60);
  box.letters.replayAll(60);
  expect(box.requests).toEqual([]);
  expect(box.asked.map(({ title, label }) => [title, label])).toEqual([
    ['Purge the message of ann?', 'Purge'],
    ['Purge 60 dead letters?', 'Purge'],
    ['Replay 60 dead letters?', 'Replay'],
  ]);
  await box.asked[0]!.act();
  expect(box.requests).toEqual([{ path: '/purge', ids: ['a'] }]);
});

test('many go in parts, oldest first, and it is said how far it is and which stay', async () => {
  const box = new Box(many);
  box.stubborn.set('id3', 'mailbox_full').set('id30', 'mailbox_full').set('id31', 'not_known_here');
  box.letters.replayAll(60);
  await box.asked[0]!.act();
  const parts = box.requests.filter(({ path }) => path === '/replay').map(({ ids }) => ids);
  expect([parts.map(({ length }) => length), parts.flat()]).toEqual([[25, 25, 10], many]);
  expect(box.notices.map(({ text }) => text)).toEqual([
    '25 of 60 …',
    '50 of 60 …',
    '60 of 60 …',
    '57 dead letters sent again; 2 letters: the mailbox of its service is full; 1 letter: not_known_here',
  ]);
});

test('a router that goes away in the middle is said', async () => {
  const box = new Box(many);
  box.isAway = true;
  await box.letters.replay('a');
  expect(box.notices).toEqual([{ isProblem: true, text: 'the router does not answer' }]);
});
