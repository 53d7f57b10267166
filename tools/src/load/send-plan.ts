/** What a {@link LoadUser} sends, asked for one message at a time while its window is open. */
export interface SendPlan {
  /** The recipient of the next message; undefined when there is nothing to send now. */
  next(nowUs: number): string | undefined;
  /** When the message that `next` gave counts as sent: now, or when it was due. */
  readonly stampUs: number;
}

/** Always the same recipient, as fast as the window allows. */
export class SteadyPlan implements SendPlan {
  stampUs = 0;
  private readonly to: string;

  constructor(to: string) {
    this.to = to;
  }

  next(nowUs: number): string {
    this.stampUs = nowUs;
    return this.to;
  }
}

/** The same recipient at fixed times. A late message counts from when it was due, so a stall is not hidden. */
export class PacedPlan implements SendPlan {
  stampUs = 0;
  private readonly to: string;
  private readonly intervalUs: number;
  private dueUs: number;

  constructor(to: string, firstUs: number, intervalUs: number) {
    this.to = to;
    this.dueUs = firstUs;
    this.intervalUs = intervalUs;
  }

  next(nowUs: number): string | undefined {
    if (this.dueUs > nowUs) return undefined;
    this.stampUs = this.dueUs;
    this.dueUs += this.intervalUs;
    return this.to;
  }

  /** When the next message is due. */
  get nextDueUs(): number {
    return this.dueUs;
  }
}

/** A list of recipients, once, as fast as the window allows. */
export class ListPlan implements SendPlan {
  stampUs = 0;
  private readonly prefix: string;
  private readonly recipients: Uint32Array;
  private at = 0;

  constructor(prefix: string, recipients: Uint32Array) {
    this.prefix = prefix;
    this.recipients = recipients;
  }

  /** True once every recipient was given. */
  get isDone(): boolean {
    return this.at === this.recipients.length;
  }

  next(nowUs: number): string | undefined {
    if (this.at === this.recipients.length) return undefined;
    this.stampUs = nowUs;
    return this.prefix + this.recipients[this.at++]!;
  }
}
