import type { ActorInfo, ActorSystem, Pid } from '@mailbeam/actors';
import type { MailboxClass } from '../mailbox-class.js';
import type { MailboxStatistics } from '../statistics/mailbox-statistics.js';
import type { MeasuredMailbox } from '../statistics/slots.js';

/** Actors that are looked at at a time; one more is not, until another is quiet. */
const MAX_WATCHED = 10_000;
/** An actor with an empty mailbox is looked at for so long. */
const QUIET_MS = 60_000;

interface Watched {
  readonly mailbox: MeasuredMailbox;
  lastDeepAt: number;
}

/**
 * Takes the mailboxes of actors into the statistics. An actor costs nothing before 15 messages wait in its mailbox: from
 * then on it is looked at with every {@link tick}, until its mailbox has been empty for a while.
 */
export class ActorWatch {
  readonly #system: Pick<ActorSystem, 'info'>;
  readonly #statistics: MailboxStatistics;
  readonly #classOf: (info: ActorInfo) => MailboxClass;
  readonly #noted = new Set<Pid>();
  /** Who was noted last: one that gets long is heard of every 15 messages, often several times in a row. */
  #lastNoted: Pid | null = null;
  readonly #watched = new Map<Pid, Watched>();
  readonly #off: () => void;

  /** @param classOf default: `service` and `group` by the actor's class, `system` for every other */
  constructor(
    system: Pick<ActorSystem, 'info' | 'onMailboxGrowth'>,
    statistics: MailboxStatistics,
    classOf: (info: ActorInfo) => MailboxClass = classOfActor,
  ) {
    this.#system = system;
    this.#statistics = statistics;
    this.#classOf = classOf;
    // called within a send: it only notes
    this.#off = system.onMailboxGrowth((pid) => {
      if (pid === this.#lastNoted) return;
      this.#lastNoted = pid;
      this.#noted.add(pid);
    });
  }

  get watched(): number {
    return this.#watched.size;
  }

  /** Looks at those whose mailboxes got long, and goes on looking at them; call it a few times a second. */
  tick(): void {
    for (const pid of this.#noted) if (!this.#watched.has(pid)) this.#begin(pid);
    this.#noted.clear();
    this.#lastNoted = null;
    const { now } = this.#statistics.decay;
    for (const [pid, watched] of this.#watched) {
      const info = this.#system.info(pid);
      if (info !== undefined) {
        // its slot may have been given back while it was quiet
        if (watched.mailbox.slot === 0) this.#statistics.openActor(watched.mailbox, this.#classOf(info), info);
        else this.#statistics.observed(watched.mailbox.slot, info);
        if (info.depth > 0) watched.lastDeepAt = now;
      }
      if (info === undefined || now - watched.lastDeepAt > QUIET_MS) {
        this.#watched.delete(pid);
        this.#statistics.close(watched.mailbox);
      }
    }
  }

  /** The actor whose mailbox has this name in the statistics. */
  infoOf(name: string): ActorInfo | undefined {
    for (const [pid, { mailbox }] of this.#watched) if (mailbox.name === name) return this.#system.info(pid);
    return undefined;
  }

  close(): void {
    this.#off();
    for (const { mailbox } of this.#watched.values()) this.#statistics.close(mailbox);
    this.#watched.clear();
  }

  #begin(pid: Pid): void {
    const info = this.#system.info(pid);
    if (info === undefined || this.#watched.size >= MAX_WATCHED) return;
    const mailbox = { name: actorName(info), slot: 0 };
    this.#statistics.openActor(mailbox, this.#classOf(info), info);
    this.#watched.set(pid, { mailbox, lastDeepAt: this.#statistics.decay.now });
  }
}

/** `#17 session`: an actor's id is not given again, its name may be. */
function actorName({ id, name, behaviour }: ActorInfo): string {
  return `#${id} ${name ?? behaviour}`;
}

function classOfActor({ class: name }: ActorInfo): MailboxClass {
  return name === 'service' || name === 'group' ? name : 'system';
}
