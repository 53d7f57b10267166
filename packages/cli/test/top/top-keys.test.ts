import { describe, expect, test } from '@jest/globals';
import { firstState, followed, pressed } from '../../src/top/top-keys.js';
import type { Key, TopState, TopWish } from '../../src/top/top-keys.js';
import { row } from './mailboxes.js';

const named = new Map([
  ...['up', 'down', 'pageup', 'pagedown', 'home', 'end'].map((name) => [name, { name, sequence: '\u001b[' }] as const),
  ['return', { name: 'return', sequence: '\r' }],
  ['escape', { name: 'escape', sequence: '\u001b' }],
  ['backspace', { name: 'backspace', sequence: '\u007f' }],
]);
const key = (name: string): Key => named.get(name) ?? { name, sequence: name };
const ctrl = (name: string): Key => ({ name, ctrl: true, sequence: '\u0003' });
const rows = ['a', 'b', 'c'].map((name) => row(name));

/** State and wish after these keys. */
function after(keys: readonly string[], among = rows): readonly [TopState, TopWish] {
  const first: readonly [TopState, TopWish] = [firstState('depth'), { type: 'none' }];
  return keys.reduce((at, name) => pressed(at[0], key(name), among, 10), first);
}
const stateAfter = (...keys: string[]): TopState => after(keys)[0];

describe('a key', () => {
  test.each([
    ['g', 'growth'],
    ['a', 'age'],
    ['r', 'rate'],
    ['e', 'drain'],
    ['d', 'depth'],
  ])('%s sorts by %s, from the top', (name, order) => {
    expect(stateAfter('down', name)).toMatchObject({ order, selected: 0, followed: undefined });
  });

  test('of movement selects a mailbox, and none where there is none', () => {
    expect(stateAfter('down', 'down', 'down', 'down').selected).toBe(2);
    expect(stateAfter('j', 'k', 'up')).toMatchObject({ selected: 0, followed: 'a' });
    expect([stateAfter('end').selected, stateAfter('end', 'home').selected]).toEqual([2, 0]);
    expect([stateAfter('pagedown').selected, stateAfter('end', 'pageup').selected]).toEqual([2, 0]);
    expect(after(['down'], [])[0]).toMatchObject({ selected: 0, followed: undefined });
  });

  test('c goes from class to class, and from the last to all', () => {
    const classes = Array.from({ length: 6 }, (_, i) => stateAfter(...Array<string>(i + 1).fill('c')).className);
    expect(classes).toEqual(['session', 'away', 'service', 'group', 'system', undefined]);
  });

  test('/ begins a filter, which takes every letter until return; escape ends it', () => {
    expect(stateAfter('/', 'q', 'd', 'backspace', 't')).toMatchObject({ filter: 'qt', mode: 'filter' });
    expect(stateAfter('/', 'q', 'return', 'g')).toMatchObject({ filter: 'q', mode: 'list', order: 'growth' });
    expect(stateAfter('/', 'q', 'return', 'escape')).toMatchObject({ filter: '', mode: 'list' });
    expect(stateAfter('/', 'x', 'escape')).toMatchObject({ filter: '', mode: 'list' });
    expect(stateAfter('/', ...Array<string>(200).fill('x')).filter).toHaveLength(100);
  });

  test('return, i and t open a page about the selected mailbox, where there is one', () => {
    const wishes = ['return', 'i', 't'].map((name) => after(['down', name]));
    expect(wishes.map(([state, wish]) => [state.mode, wish])).toEqual([
      ['page', { type: 'inspect', row: rows[1] }],
      ['page', { type: 'inspect', row: rows[1] }],
      ['page', { type: 'trace', row: rows[1] }],
    ]);
    expect(after(['return'], [])).toMatchObject([{ mode: 'list' }, { type: 'none' }]);
  });

  test('of movement scrolls a page, any other goes back', () => {
    expect(after(['?', 'down'])).toMatchObject([{ mode: 'page' }, { type: 'scroll', by: 1 }]);
    expect(after(['?', 'pageup'])[1]).toEqual({ type: 'scroll', by: -10 });
    expect(after(['?', 'q'])).toMatchObject([{ mode: 'list' }, { type: 'back' }]);
  });

  test('x disconnects only when y says so', () => {
    expect(after(['down', 'x', 'y'])[1]).toEqual({ type: 'disconnect', row: rows[1] });
    expect(after(['x', 'n'])).toMatchObject([{ mode: 'list' }, { type: 'none' }]);
    expect(after(['x', 'y'], [])[1]).toEqual({ type: 'none' });
  });

  test('y is for the mailbox that was asked about, also when another has taken its place', () => {
    const asked = stateAfter('down', 'x');
    expect(pressed(asked, key('y'), rows.toReversed(), 10)[1]).toMatchObject({ row: { name: 'b' } });
    expect(pressed(asked, key('y'), [row('z')], 10)[1]).toEqual({ type: 'none' });
  });

  test('q quits the list, Ctrl-C and Ctrl-Z work everywhere', () => {
    expect(after(['q'])[1]).toEqual({ type: 'quit' });
    for (const keys of [[], ['/'], ['x'], ['?']]) {
      const state = stateAfter(...keys);
      expect(pressed(state, ctrl('c'), rows, 10)[1]).toEqual({ type: 'quit' });
      expect(pressed(state, ctrl('z'), rows, 10)[1]).toEqual({ type: 'suspend' });
    }
  });
});

describe('the selection', () => {
  test('follows a mailbox that was selected on purpose', () => {
    expect(followed(stateAfter('down'), [row('x'), row('y'), row('b')]).selected).toBe(2);
  });

  test('stays where it is when that mailbox has gone, and within the rows', () => {
    expect(followed(stateAfter('end'), [row('x'), row('y')]).selected).toBe(1);
    expect(followed(stateAfter('end'), []).selected).toBe(0);
  });

  test('stays at the top, whatever stands there, when nothing was selected', () => {
    expect(followed(stateAfter(), rows.toReversed()).selected).toBe(0);
  });
});
