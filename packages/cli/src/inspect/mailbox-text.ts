import type { MailboxView, PaceView } from '@mailbeam/router';
import { shownText } from '../shown-text.js';
import { agoText, bytesText, countText, rateText } from './amount-text.js';

/** The rows of what waits in a mailbox, and where. @param inFlight what is said of those that are handed out */
export function mailboxRows(mailbox: MailboxView, inFlight: string): [name: string, value: string][] {
  const { messages, bytes, receipts, oldestAgeMs, inMemory, stored, pace, senders } = mailbox;
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
  if (pace !== null) rows.push(...paceRows(pace));
  if (senders.length > 0) rows.push(['oldest from', sendersText(senders)]);
  rows.push(['receipts', `${receipts.toLocaleString('en-US')} waiting`]);
  return rows;
}

function paceRows({ in: came, out, stalledSeconds, drainSeconds }: PaceView): [string, string][] {
  const rates = (of: readonly number[]): string => of.map(rateText).join(' ');
  const stalled = stalledSeconds >= 1 ? `, nothing taken for ${agoText(stalledSeconds * 1_000)}` : '';
  const pace: [string, string] = ['a second', `in ${rates(came)}, out ${rates(out)} (over 1, 10, 100 s)${stalled}`];
  if (drainSeconds === 0 || drainSeconds === null) return [pace];
  return [pace, ['empty', drainSeconds === 'never' ? 'never, at this pace' : `in ${agoText(drainSeconds * 1_000)}`]];
}

function sendersText(senders: MailboxView['senders']): string {
  return senders.map(({ name, share }) => `${shownText(name)} ${Math.round(100 * share)} %`).join(', ');
}
