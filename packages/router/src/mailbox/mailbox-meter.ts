import { nameKind } from '@mailbeam/protocol';
import type { FixedHistogram, MailboxClass, MailboxStatistics } from '@mailbeam/telemetry';
import type { Clock } from '../clock.js';
import type { CoreTelemetry } from '../core-options.js';
import type { Mailbox } from './mailbox.js';

/**
 * Tells the statistics what happens in the mailboxes of a node. A mailbox that has an outlet and holds something has a
 * slot; of one that is away and shallow only the sums know. Messages that come in a row are told at once, and so are hand-outs
 * without a wait: whoever reads the statistics calls {@link flush} first.
 */
export class MailboxMeter {
  readonly #clock: Clock;
  #statistics: MailboxStatistics | null = null;
  #deliver: FixedHistogram | null = null;
  /** Into which mailbox messages come now, from whom, and how many it had taken when the statistics were last told. */
  #into: Mailbox | null = null;
  #from = '';
  #told = 0;
  /** Messages that were handed out when they came. */
  #atOnce = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get statistics(): MailboxStatistics | null {
    return this.#statistics;
  }

  /**
   * Tells them from now on, beginning with what waits already; null: nobody.
   * @param accepted messages that are accepted and not over: all that wait but for those that are only in memory
   */
  begin(telemetry: CoreTelemetry | null, mailboxes: Iterable<Mailbox>, accepted: number): void {
    this.flush();
    this.#into = null;
    this.#statistics = null;
    this.#deliver = telemetry === null ? null : telemetry.histograms.deliver;
    let waiting = accepted;
    const inMemory = [...mailboxes];
    for (const mailbox of inMemory) {
      mailbox.slot = 0;
      for (const message of mailbox.unflushed) if (!message.gone) waiting++;
    }
    if (telemetry === null) return;
    this.#statistics = telemetry.statistics;
    telemetry.statistics.found(waiting);
    for (const mailbox of inMemory)
      if (mailbox.outlet !== null) this.attached(mailbox);
      else this.#open(telemetry.statistics, mailbox, 0);
  }

  /** What this mailbox takes from now on comes from `from`, until the next call or {@link came}. */
  comes(mailbox: Mailbox, from: string): void {
    if (this.#statistics === null) return;
    this.#tellArrivals();
    this.#into = mailbox;
    this.#from = from;
    this.#told = mailbox.taken;
  }

  /** Nothing more comes for now. */
  came(): void {
    this.#tellArrivals();
    this.#into = null;
  }

  #tellArrivals(): void {
    const mailbox = this.#into;
    if (mailbox === null) return;
    const messages = mailbox.taken - this.#told;
    if (messages === 0) return;
    this.#told = mailbox.taken;
    const statistics = this.#statistics!;
    if (mailbox.slot !== 0 || this.#open(statistics, mailbox, messages)) {
      statistics.arrived(mailbox.slot, this.#from, messages);
      return;
    }
    const depth = mailbox.depthAtMost;
    for (let i = messages; i > 0; i--) statistics.arrivedAway(depth - i);
  }

  /** A message leaves that came at `ts`, ms since the epoch, while its outlet was there. */
  handedOut(ts: number): void {
    const ms = this.#clock.wall - ts;
    if (ms === 0) this.#atOnce++;
    else this.#deliver?.observe(Math.max(0, ms) / 1_000);
  }

  /** So many messages were handled. */
  left(mailbox: Mailbox, messages: number): void {
    if (mailbox.slot === 0) return;
    this.#tellArrivals();
    this.#statistics!.left(mailbox.slot, messages);
  }

  /** Tells what is not told yet. */
  flush(): void {
    this.#tellArrivals();
    if (this.#atOnce === 0) return;
    this.#deliver?.observe(0, this.#atOnce);
    this.#atOnce = 0;
  }

  /** A message ends without being handled; its mailbox counts it still. */
  dropped(mailbox: Mailbox): void {
    const statistics = this.#statistics;
    if (statistics === null) return;
    this.#tellArrivals();
    if (mailbox.slot === 0 && !this.#open(statistics, mailbox, 0)) statistics.droppedAway(mailbox.depthAtMost);
    else statistics.dropped(mailbox.slot);
  }

  /** An outlet has come, and what waits is counted. */
  attached(mailbox: Mailbox): void {
    const statistics = this.#statistics;
    if (statistics === null) return;
    this.#tellArrivals();
    if (mailbox.slot !== 0) statistics.move(mailbox.slot, classOf(mailbox));
    else if (mailbox.depth > 0) statistics.open(mailbox, classOf(mailbox), mailbox.depth);
  }

  /** The outlet has gone. */
  detached(mailbox: Mailbox): void {
    if (mailbox.slot === 0) return;
    this.#tellArrivals();
    this.#statistics!.move(mailbox.slot, 'away');
  }

  /** The mailbox leaves memory. */
  released(mailbox: Mailbox): void {
    if (mailbox.slot === 0) return;
    this.#tellArrivals();
    this.#statistics!.park(mailbox);
  }

  /** The oldest that waits came at `ts`, ms since the epoch, or later. */
  oldestIs(mailbox: Mailbox, ts: number): void {
    if (mailbox.slot === 0) return;
    this.#tellArrivals();
    this.#statistics!.oldestIs(mailbox.slot, this.#monoOf(ts));
  }

  /** It was found on disk, and may be deep: it gets a slot if it is and has none. */
  found(mailbox: Mailbox): void {
    const statistics = this.#statistics;
    if (statistics === null || mailbox.slot !== 0 || statistics.isParked(mailbox.name)) return;
    this.#tellArrivals();
    // not by what it may hold at most, as where a message comes: there are a million to be let go
    mailbox.count();
    this.#open(statistics, mailbox, 0);
  }

  #monoOf(ts: number): number {
    const { mono, wall } = this.#clock;
    return mono - Math.max(0, wall - ts);
  }

  /**
   * Gives it a slot; false for one that is away and shallow. One that was deep when it left memory gets its own again.
   * @param untold messages that it holds and of which the statistics hear next
   */
  #open(statistics: MailboxStatistics, mailbox: Mailbox, untold: number): boolean {
    if (mailbox.outlet === null) {
      // what counts is how deep it was before the last of them
      if (mailbox.depthAtMost - Math.min(untold, 1) < statistics.keepFrom) return false;
      mailbox.count();
      if (!statistics.isParked(mailbox.name)) {
        // no page will be read that says how long it has waited
        const { oldestAt } = mailbox;
        const at = oldestAt === 0 ? undefined : this.#monoOf(oldestAt);
        statistics.open(mailbox, 'away', mailbox.depth - untold, at);
        return true;
      }
    }
    statistics.open(mailbox, classOf(mailbox), mailbox.depth - untold);
    return true;
  }
}

/** How it counts now: with whom it is connected. */
export function classOf(mailbox: Mailbox): MailboxClass {
  if (mailbox.outlet === null) return 'away';
  return nameKind(mailbox.name) === 3 ? 'service' : 'session';
}
