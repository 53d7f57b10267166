import type { Filler } from '@mailbeam/telemetry';
import type { Core } from '../core.js';

/** Messages that are looked through, the oldest, and bytes of their bodies. */
const MOST_MESSAGES = 256;
const MOST_BYTES = 1 << 20;
const LAST_KEY = Number.MAX_SAFE_INTEGER;

/** Who sent the oldest messages that wait in a mailbox, the most first. Reads a page from the disk. */
export function waitingSenders(name: string, core: Core): Filler[] {
  const mailbox = core.mailbox(name);
  const counts = new Map<string, number>();
  let all = 0;
  const count = (from: string): void => {
    all++;
    counts.set(from, (counts.get(from) ?? 0) + 1);
  };
  const before = mailbox?.unflushed.first?.key ?? LAST_KEY;
  for (const { key, from } of core.store.read(name, 0, before, MOST_MESSAGES, MOST_BYTES))
    if (mailbox?.isOver(key) !== true) count(from);
  for (const { gone, from } of mailbox?.unflushed ?? []) {
    if (all >= MOST_MESSAGES) break;
    if (!gone) count(from);
  }
  return [...counts]
    .sort(([, one], [, other]) => other - one)
    .map(([from, messages]) => ({ name: from, messages, error: 0, share: messages / all }));
}
