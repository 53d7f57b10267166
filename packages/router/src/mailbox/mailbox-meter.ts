import { nameKind } from '@mailbeam/protocol';
import type { FixedHistogram, MailboxClass, MailboxStatistics } from '@mailbeam/telemetry';
import type { Clock } from '../clock.js';
import type { CoreTelemetry } from '../core-options.js';
import type { Mailbox } from './mailbox.js';

/**
 * Tells the statistics what happens in the mailboxes of a node. A mailbox that has an outlet and holds something has a
 * slot; of one that is away and shallow only the sums know. Messages that come or leave in a row are told at once, so
 * whoever reads the statistics calls {@link flush} first.
 */
export class MailboxMeter {
  readonly #clock: Clock;
  #statistics: MailboxStatistics | null = null;
  #deliver: FixedHistogram | null = null;
  /** What came in a row from one sender, and what left in a row, and is not told yet. */
  #into: Mailbox | null = null;
  #from = '';
  #came = 0;
  #outOf: Mailbox | null = null;
  #went = 0;
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
    for (const mailbox of inMemory) if (mailbox.outlet !== null) this.attached(mailbox);
  }

  /** A message comes; its mailbox has not counted it yet. */
  arrived(mailbox: Mailbox, from: string): void {
    if (mailbox === this.#into && from === this.#from) {
      this.#came++;
      return;
    }
    const statistics = this.#statistics;
    if (statistics === null) return;
    this.flush();
    if (mailbox.slot === 0 && !this.#open(statistics, mailbox)) {
      statistics.arrivedAway(mailbox.depthAtMost);
      return;
    }
    this.#into = mailbox;
    this.#from = from;
    this.#came = 1;
  }

  /** A message leaves that came at `ts`, ms since the epoch, while its outlet was there. */
  handedOut(ts: number): void {
    if (this.#deliver === null) return;
    const ms = this.#clock.wall - ts;
    if (ms === 0) this.#atOnce++;
    else this.#deliver.observe(Math.max(0, ms) / 1_000);
  }

  /** A message was handled. */
  left(mailbox: Mailbox): void {
    if (mailbox === this.#outOf) {
      this.#went++;
      return;
    }
    if (mailbox.slot === 0) return;
    this.flush();
    this.#outOf = mailbox;
    this.#went = 1;
  }

  /** Tells what came and left in a row. */
  flush(): void {
    const into = this.#into;
    if (into !== null) {
      this.#statistics!.arrived(into.slot, this.#from, this.#came);
      this.#into = null;
    }
    const outOf = this.#outOf;
    if (outOf !== null) {
      this.#statistics!.left(outOf.slot, this.#went);
      this.#outOf = null;
    }
    if (this.#atOnce > 0) {
      this.#deliver!.observe(0, this.#atOnce);
      this.#atOnce = 0;
    }
  }

  /** A message ends without being handled; its mailbox counts it still. */
  dropped(mailbox: Mailbox): void {
    const statistics = this.#statistics;
    if (statistics === null) return;
    this.flush();
    if (mailbox.slot === 0 && !this.#open(statistics, mailbox)) statistics.droppedAway(mailbox.depthAtMost);
    else statistics.dropped(mailbox.slot);
  }

  /** An outlet has come, and what waits is counted. */
  attached(mailbox: Mailbox): void {
    const statistics = this.#statistics;
    if (statistics === null) return;
    this.flush();
    if (mailbox.slot !== 0) statistics.move(mailbox.slot, classOf(mailbox));
    else if (mailbox.depth > 0) statistics.open(mailbox, classOf(mailbox), mailbox.depth);
  }

  /** The outlet has gone. */
  detached(mailbox: Mailbox): void {
    if (mailbox.slot === 0) return;
    this.flush();
    this.#statistics!.move(mailbox.slot, 'away');
  }

  /** The mailbox leaves memory. */
  released(mailbox: Mailbox): void {
    if (mailbox.slot === 0) return;
    this.flush();
    this.#statistics!.park(mailbox);
  }

  /** The oldest that waits came at `ts`, ms since the epoch, or later. */
  oldestIs(mailbox: Mailbox, ts: number): void {
    if (mailbox.slot === 0) return;
    this.flush();
    const { mono, wall } = this.#clock;
    this.#statistics!.oldestIs(mailbox.slot, mono - Math.max(0, wall - ts));
  }

  /** Gives it a slot; false for one that is away and shallow. One that was deep when it left memory gets its own again. */
  #open(statistics: MailboxStatistics, mailbox: Mailbox): boolean {
    if (mailbox.outlet === null) {
      if (mailbox.depthAtMost < statistics.keepFrom) return false;
      mailbox.count();
    }
    statistics.open(mailbox, classOf(mailbox), mailbox.depth);
    return true;
  }
}

function classOf(mailbox: Mailbox): MailboxClass {
  if (mailbox.outlet === null) return 'away';
  return nameKind(mailbox.name) === 3 ? 'service' : 'session';
}
