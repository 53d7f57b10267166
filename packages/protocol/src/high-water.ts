/** One number of the duplicate rule, for storage. */
export interface HighWaterEntry {
  readonly from: string;
  readonly origin: number;
  /** '' for messages that did not come through a group. */
  readonly group: string;
  /** The highest `cid` taken. */
  readonly cid: number;
}

interface Mark {
  readonly origin: number;
  readonly group: string;
  cid: number;
}

/**
 * The duplicate rule of a recipient (protocol, "Ack and the high-water rule"): for each (`from`, `origin`, `group`) the `cid`s of DELIVERs
 * only increase, so one number for each tells a message that comes again. Ask `isNew` when a DELIVER arrives; call
 * `note` when the message is processed, and store the entries before the ACK goes out.
 */
export class HighWater {
  private readonly marks = new Map<string, Mark[]>();

  /** Whether this message was not noted before. `group` is '' where the DELIVER has none. */
  isNew(from: string, origin: number, group: string, cid: number): boolean {
    const mark = this.find(from, origin, group);
    return mark === undefined || cid > mark.cid;
  }

  /** Notes a message as processed, and with it all before it. Never lowers a number. */
  note(from: string, origin: number, group: string, cid: number): void {
    const mark = this.find(from, origin, group);
    if (mark !== undefined) {
      if (cid > mark.cid) mark.cid = cid;
      return;
    }
    const marks = this.marks.get(from);
    if (marks === undefined) this.marks.set(from, [{ origin, group, cid }]);
    else marks.push({ origin, group, cid });
  }

  /** All numbers, as `restore` takes them. */
  *entries(): Generator<HighWaterEntry> {
    for (const [from, marks] of this.marks) for (const mark of marks) yield { from, ...mark };
  }

  /** Notes each entry; what is there already stays where it is higher. */
  restore(entries: Iterable<HighWaterEntry>): void {
    for (const { from, origin, group, cid } of entries) this.note(from, origin, group, cid);
  }

  private find(from: string, origin: number, group: string): Mark | undefined {
    const marks = this.marks.get(from);
    if (marks === undefined) return undefined;
    for (const mark of marks) if (mark.origin === origin && mark.group === group) return mark;
    return undefined;
  }
}
