import { expect, test } from '@jest/globals';
import { hashOf, placeOf, targetOf, ticketIn } from '../src/place.js';

test('a place is what its address says, whatever a name is made of', () => {
  for (const target of ['alice', '$ledger', '<12>', 'a/b c%', 'ä'])
    expect(placeOf(hashOf('mailboxes', target))).toEqual({ view: 'mailboxes', target });
  expect(placeOf(hashOf('code'))).toEqual({ view: 'code', target: null });
});

test('an address that is none is the overview', () => {
  for (const hash of ['', '#', '#/', '#/nothing', '#ticket=abc', '#/overview/alice'])
    expect(placeOf(hash)).toEqual({ view: 'overview', target: null });
  expect(placeOf('#/mailboxes/50%')).toEqual({ view: 'mailboxes', target: '50%' });
});

test('the mailbox of an actor of the router is looked at by its id', () => {
  expect([targetOf('#12 sessions'), targetOf('alice'), targetOf('#hash')]).toEqual(['<12>', 'alice', '#hash']);
});

test('a ticket is taken from a link, and from nothing else', () => {
  expect([ticketIn('#ticket=a-B_9'), ticketIn('#/ticket=a'), ticketIn('#ticket=a b')]).toEqual([
    'a-B_9',
    undefined,
    undefined,
  ]);
});
