import { describe, expect, test } from '@jest/globals';
import { ReceiptSlot } from '../../src/mailbox/receipt-box.js';
import { Receipt } from '../../src/mailbox/receipt.js';
import { Message } from '../../src/mailbox/request.js';
import { InFlight } from '../../src/port/in-flight.js';

const message = (bytes: number): Message => new Message(1, false, 'bob', 1, -1, new Uint8Array(bytes), 0, bytes);
const receipt = (): Receipt => new Receipt(new ReceiptSlot('bob', 1, 1, 0), 1, 1, 0, '', 0);

describe('what is in flight', () => {
  test('is numbered 1, 2, 3 and acked in that order', () => {
    const inFlight = new InFlight(10, 100);
    const entries = [message(1), receipt(), message(1)];
    expect(entries.map((entry) => inFlight.add(entry))).toEqual([1, 2, 3]);
    expect([...inFlight]).toEqual(entries);
    expect([inFlight.next(), inFlight.next()]).toEqual(entries.slice(0, 2));
    expect([inFlight.seq, inFlight.ackedSeq, [...inFlight]]).toEqual([3, 2, [entries[2]]]);
    expect(inFlight.add(message(1))).toBe(4);
  });

  test('has room for `window` entries, messages and receipts alike', () => {
    const inFlight = new InFlight(2, 100);
    inFlight.add(message(1));
    expect(inFlight.hasRoom).toBe(true);
    inFlight.add(receipt());
    expect(inFlight.hasRoom).toBe(false);
    inFlight.next();
    expect(inFlight.hasRoom).toBe(true);
  });

  test('has room for so many bytes of bodies, and for one of any size when there is nothing else', () => {
    const inFlight = new InFlight(10, 100);
    expect(inFlight.fits(1_000)).toBe(true);
    inFlight.add(message(60));
    expect([inFlight.fits(40), inFlight.fits(41)]).toEqual([true, false]);
    inFlight.add(message(40));
    expect(inFlight.fits(1)).toBe(false);
    inFlight.next();
    expect(inFlight.fits(60)).toBe(true);
    inFlight.next();
    expect(inFlight.fits(1_000)).toBe(true);
  });
});
