import { nameKind } from '@mailbeam/protocol';
import type { MailboxClass, MailboxStatistics } from '@mailbeam/telemetry';
import type { Clock } from '../clock.js';
import type { Mailbox } from './mailbox.js';

/**
 * Tells the statistics what happens in the mailboxes of a node. A mailbox that has an outlet and holds something has a
 * slot; of one that is away and shallow only the sums know.
 */
export class MailboxMeter {
  readonly #clock: Clock;
  #statistics: MailboxStatistics | null = null;

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
  begin(statistics: MailboxStatistics | null, mailboxes: Iterable<Mailbox>, accepted: number): void {
    this.#statistics = null;
    let waiting = accepted;
    const inMemory = [...mailboxes];
    for (const mailbox of inMemory) {
      mailbox.slot = 0;
      for (const message of mailbox.unflushed) if (!message.gone) waiting++;
    }
    if (statistics === null) return;
    this.#statistics = statistics;
    statistics.found(waiting);
    for (const mailbox of inMemory) if (mailbox.outlet !== null) this.attached(mailbox);
  }

  /** A message comes; its mailbox has not counted it yet. */
  arrived(mailbox: Mailbox, from: string): void {
    const statistics = this.#statistics;
    if (statistics === null) return;
    if (mailbox.slot === 0 && !this.#open(statistics, mailbox)) statistics.arrivedAway(mailbox.depthAtMost);
    else statistics.arrived(mailbox.slot, from);
  }

  /** A message was handled. */
  left(mailbox: Mailbox): void {
    if (mailbox.slot !== 0) this.#statistics!.left(mailbox.slot);
  }

  /** A message ends without being handled; its mailbox counts it still. */
  dropped(mailbox: Mailbox): void {
    const statistics = this.#statistics;
    if (statistics === null) return;
    if (mailbox.slot === 0 && !this.#open(statistics, mailbox)) statistics.droppedAway(mailbox.depthAtMost);
    else statistics.dropped(mailbox.slot);
  }

  /** An outlet has come, and what waits is counted. */
  attached(mailbox: Mailbox): void {
    const statistics = this.#statistics;
    if (statistics === null) return;
    if (mailbox.slot !== 0) statistics.move(mailbox.slot, classOf(mailbox));
    else if (mailbox.depth > 0) statistics.open(mailbox, classOf(mailbox), mailbox.depth);
  }

  /** The outlet has gone. */
  detached(mailbox: Mailbox): void {
    if (mailbox.slot !== 0) this.#statistics!.move(mailbox.slot, 'away');
  }

  /** The mailbox leaves memory. */
  released(mailbox: Mailbox): void {
    if (mailbox.slot !== 0) this.#statistics!.park(mailbox);
  }

  /** The oldest that waits came at `ts`, ms since the epoch, or later. */
  oldestIs(mailbox: Mailbox, ts: number): void {
    const { mono, wall } = this.#clock;
    if (mailbox.slot !== 0) this.#statistics!.oldestIs(mailbox.slot, mono - Math.max(0, wall - ts));
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
