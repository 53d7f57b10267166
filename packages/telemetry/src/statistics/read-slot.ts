import type { MailboxClass } from '../mailbox-class.js';
import type { Decay } from '../rates/decay.js';
import { spans } from '../rates/decay.js';
import { drainSeconds } from '../rates/drain-time.js';
import type { MailboxReading, Rates } from './mailbox-reading.js';
import { COLD, Cold, HOT, Hot, PAGE_MASK } from './slot-page.js';
import type { SlotPage } from './slot-page.js';

/** Reads the rows of a slot, of a page whose landmark is the clock's. */
export function readSlot(
  { hot, cold }: SlotPage,
  slot: number,
  name: string,
  className: MailboxClass,
  decay: Decay,
): MailboxReading {
  const h = (slot & PAGE_MASK) * HOT;
  const c = (slot & PAGE_MASK) * COLD;
  const rates = (side: number): Rates => [
    decay.rate(hot[h + side]!, spans[0]),
    decay.rate(hot[h + side + 1]!, spans[1]),
    decay.rate(hot[h + side + 2]!, spans[2]),
  ];
  const received = hot[h + Hot.RECEIVED]!;
  const handled = hot[h + Hot.HANDLED]!;
  const depth = Math.max(0, received - handled - cold[c + Cold.DROPPED]!);
  const isAway = className === 'away';
  const [inRates, outRates] = [rates(Hot.IN), rates(Hot.OUT)];
  const secondsSince = (at: number): number => Math.max(0, decay.now - at) / 1_000;
  const cameSince = hot[h + Hot.IN + 1]! - cold[c + Cold.SINCE_IN]!;
  const leftSince = hot[h + Hot.OUT + 1]! - cold[c + Cold.SINCE_OUT]!;
  return {
    name,
    class: className,
    depth,
    received,
    handled,
    in: inRates,
    out: outRates,
    growth: inRates[1] - outRates[1],
    oldestSeconds: depth > 0 ? secondsSince(oldestAt(cold, c)) : 0,
    stalledSeconds: depth > 0 && !isAway ? secondsSince(cold[c + Cold.PROGRESS_AT]!) : 0,
    drainSeconds: isAway
      ? undefined
      : drainSeconds(depth, decay.rate(leftSince - cameSince, spans[1]), decay.now - cold[c + Cold.SINCE]!),
  };
}

/** Before the settlement of its first messages: when they began to come. */
function oldestAt(cold: Float64Array, row: number): number {
  return cold[row + Cold.OLDEST_AT]! || cold[row + Cold.TOUCHED_AT]!;
}
