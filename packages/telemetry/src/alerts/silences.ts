import { TelemetryError } from '../errors.js';
import type { MailboxClass } from '../mailbox-class.js';
import { namePattern } from './name-pattern.js';

/** What is not to be told until some time. What is left out matches all. */
export interface SilenceRequest {
  /** Pattern of names of rules. */
  readonly rule?: string;
  /** Pattern of names of mailboxes, as alerts show them or as they are. */
  readonly mailbox?: string;
  readonly class?: MailboxClass;
  /** When it ends, ms since the epoch: later than now, by a year at most. */
  readonly until: number;
  /** Who wants it, and why. */
  readonly by?: string;
  readonly comment?: string;
}

export interface Silence extends SilenceRequest {
  readonly id: string;
}

/** What a silence is compared with. */
export interface Silenceable {
  readonly rule: string;
  readonly class: MailboxClass | null;
  readonly name: string;
  readonly shownName: string;
}

const LONGEST_MS = 366 * 86_400_000;
interface Kept {
  readonly silence: Silence;
  readonly rule: (name: string) => boolean;
  readonly mailbox: (name: string) => boolean;
}

/** Silences that there may be at a time. */
export const MAX_SILENCES = 1_000;

/** Silences that have not ended. */
export class Silences {
  readonly #kept = new Map<string, Kept>();
  #serial = 0;

  get isEmpty(): boolean {
    return this.#kept.size === 0;
  }

  /** @param wall ms since the epoch. @throws TelemetryError `bad_silence`, `too_many_silences` */
  add(request: SilenceRequest, wall: number): Silence {
    const { rule, mailbox, class: className, until, by, comment } = request;
    if (!(until > wall && until <= wall + LONGEST_MS))
      throw new TelemetryError('bad_silence', 'it must end later than now, and within a year');
    if (rule === undefined && mailbox === undefined && className === undefined)
      throw new TelemetryError('bad_silence', 'it must say a rule, a mailbox or a class');
    this.list(wall);
    if (this.#kept.size >= MAX_SILENCES) throw new TelemetryError('too_many_silences', `${MAX_SILENCES} are there`);
    const silence: Silence = {
      id: this.#newId(wall),
      until,
      ...(rule !== undefined && { rule }),
      ...(mailbox !== undefined && { mailbox }),
      ...(className !== undefined && { class: className }),
      ...(by !== undefined && { by }),
      ...(comment !== undefined && { comment }),
    };
    this.#keep(silence);
    return silence;
  }

  /** Takes in what another one listed, under the same ids. */
  restore(silences: readonly Silence[]): void {
    for (const silence of silences) this.#keep(silence);
  }

  #keep(silence: Silence): void {
    const { rule = '*', mailbox = '*' } = silence;
    this.#kept.set(silence.id, { silence, rule: namePattern(rule), mailbox: namePattern(mailbox) });
  }

  /** One that is there from before may have been given under the same clock. */
  #newId(wall: number): string {
    for (;;) {
      const id = `${wall.toString(36)}-${(++this.#serial).toString(36)}`;
      if (!this.#kept.has(id)) return id;
    }
  }

  /** Ends one now. @throws TelemetryError `unknown_silence` */
  end(id: string): void {
    if (!this.#kept.delete(id)) throw new TelemetryError('unknown_silence', id);
  }

  list(wall: number): Silence[] {
    for (const [id, { silence }] of this.#kept) if (silence.until <= wall) this.#kept.delete(id);
    return [...this.#kept.values()].map(({ silence }) => silence);
  }

  /** The silence that covers something, or undefined. */
  covering({ rule, class: className, name, shownName }: Silenceable, wall: number): Silence | undefined {
    for (const { silence, ...matches } of this.#kept.values()) {
      if (silence.until <= wall || !matches.rule(rule)) continue;
      if (silence.class !== undefined && silence.class !== className) continue;
      if (matches.mailbox(name) || matches.mailbox(shownName)) return silence;
    }
    return undefined;
  }
}
