import type { MeasuredMailbox } from '../src/statistics/slots.js';

/** What a mailbox is to its statistics. */
export const mailbox = (name: string): MeasuredMailbox => ({ name, slot: 0 });
