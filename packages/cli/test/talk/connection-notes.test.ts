import { expect, test } from '@jest/globals';
import { ConnectionNotes } from '../../src/talk/connection-notes.js';

const open = { name: 'open', user: 'bob', session: 's', pending: 0 } as const;
const waiting = { name: 'waiting', retryInMs: 250, code: 1006, reason: '' } as const;

test('a person hears of the connection once, of its loss once, and when it is back', () => {
  const notes = new ConnectionNotes('ws://x');
  expect(notes.noteOn({ name: 'connecting' })).toBeUndefined();
  expect(notes.noteOn({ ...open, pending: 2 })).toBe('connected as bob; 2 entries wait');
  expect(notes.noteOn(waiting)).toBe('the connection is lost (code 1006); trying again');
  expect(notes.noteOn({ name: 'connecting' })).toBeUndefined();
  expect(notes.noteOn(waiting)).toBeUndefined();
  expect(notes.noteOn({ ...waiting, reason: 'going_away' })).toBe('the connection is lost (going_away); trying again');
  expect(notes.noteOn({ ...open, pending: 1 })).toBe('connected again; 1 entry waits');
});

test('a router that never answered is named', () => {
  const notes = new ConnectionNotes('ws://x');
  expect(notes.noteOn(waiting)).toBe('no connection to ws://x (code 1006); trying again');
  expect(notes.noteOn(waiting)).toBeUndefined();
  expect(notes.noteOn(open)).toBe('connected as bob');
});
