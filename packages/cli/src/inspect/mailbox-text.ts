import type { MailboxView } from '@mailbeam/router';
import { agoText, bytesText, countText } from './amount-text.js';

/** The rows of what waits in a mailbox, and where. @param inFlight what is said of those that are handed out */
export function mailboxRows(mailbox: MailboxView, inFlight: string): [name: string, value: string][] {
  const { messages, bytes, receipts, oldestAgeMs, inMemory, stored } = mailbox;
  const rows: [string, string][] = [['mailbox', `${countText(messages, 'message')} (${bytesText(bytes)})`]];
  if (messages > 0) {
    const parts = [
      `${mailbox.inFlight.toLocaleString('en-US')} ${inFlight}`,
      `${inMemory.toLocaleString('en-US')} in memory`,
      `${stored.toLocaleString('en-US')} on disk alone`,
    ];
    rows.push(['', parts.join(', ')]);
  }
  if (oldestAgeMs !== null) rows.push(['oldest', `waits for ${agoText(oldestAgeMs)}`]);
  rows.push(['receipts', `${receipts.toLocaleString('en-US')} waiting`]);
  return rows;
}
