import { counted } from './figures.js';
import type { AdminPort } from './port/admin-port.js';
import type { DeadLettersAnswer, ReplayedAnswer } from './port/answers.js';
import type { Confirmation, Notice } from './state.js';

/** What this needs of the page. */
export interface DeadLettersHost {
  ask(dialog: Confirmation): void;
  /** Says how far it is, or how it ended. */
  say(notice: Notice): void;
  /** The list is not what it was. */
  done(): void;
  trouble(error: unknown): void;
}

/** So many in one request: each that is sent again is a flush, and an answer has to come in time. */
const AT_A_TIME = 25;

/** Why a letter stays in the box. */
const reasons: Readonly<Record<string, string>> = {
  gone: 'not there any more',
  unknown_recipient: 'its service does not run',
  mailbox_full: 'the mailbox of its service is full',
  unavailable: 'the disk of the router is nearly full',
};

/** What an operator does with messages that were given up. */
export class DeadLetters {
  readonly #port: AdminPort;
  readonly #host: DeadLettersHost;

  constructor(port: AdminPort, host: DeadLettersHost) {
    this.#port = port;
    this.#host = host;
  }

  replay(id: string): Promise<void> {
    return this.#inParts(() => Promise.resolve([id]), replaying);
  }

  purge(id: string, from: string): void {
    this.#confirm(`Purge the message of ${from}?`, 'It', 'Purge', () => Promise.resolve([id]), purging);
  }

  /** @param count how many there are, as far as is known */
  replayAll(count: number): void {
    this.#host.ask({
      kind: 'confirm',
      title: `Replay ${counted(count, 'dead letter')}?`,
      text: 'Each is sent to its service once more, the oldest first. What crashed it before may crash it again, and comes back here then.',
      label: 'Replay',
      act: () => this.#inParts(() => this.#all(), replaying),
    });
  }

  purgeAll(count: number): void {
    this.#confirm(`Purge ${counted(count, 'dead letter')}?`, 'Each', 'Purge', () => this.#all(), purging);
  }

  #confirm(title: string, what: string, label: string, ids: () => Promise<readonly string[]>, way: Way): void {
    const text = `${what} is forgotten for good, with all that it says. Its sender was told when it was given up.`;
    this.#host.ask({ kind: 'confirm', title, text, label, act: () => this.#inParts(ids, way) });
  }

  /** Oldest first: the order in which they failed. */
  async #all(): Promise<readonly string[]> {
    return (await this.#port.get<DeadLettersAnswer>('/deadletters')).letters.map(({ id }) => id);
  }

  async #inParts(idsOf: () => Promise<readonly string[]>, way: Way): Promise<void> {
    try {
      const ids = await idsOf();
      let done = 0;
      const stay = new Map<string, number>();
      for (let i = 0; i < ids.length; i += AT_A_TIME) {
        const part = ids.slice(i, i + AT_A_TIME);
        const outcome = await way.ask(this.#port, part);
        done += outcome.done;
        for (const code of outcome.stay) stay.set(code, (stay.get(code) ?? 0) + 1);
        if (ids.length > AT_A_TIME) this.#host.say({ isProblem: false, text: `${i + part.length} of ${ids.length} …` });
      }
      const stayed = [...stay].map(([code, count]) => `${counted(count, 'letter')}: ${reasons[code] ?? code}`);
      this.#host.done();
      this.#host.say({
        isProblem: stayed.length > 0,
        text: [`${counted(done, 'dead letter')} ${way.word}`, ...stayed].join('; '),
      });
    } catch (error) {
      this.#host.trouble(error);
    }
  }
}

interface Outcome {
  readonly done: number;
  /** Codes of those that stay. */
  readonly stay: readonly string[];
}

interface Way {
  readonly word: string;
  ask(port: AdminPort, ids: readonly string[]): Promise<Outcome>;
}

const replaying: Way = {
  word: 'sent again',
  async ask(port, ids) {
    const { replayed, failed } = await port.post<ReplayedAnswer>('/deadletters/replay', { ids });
    return { done: replayed, stay: failed.map(({ code }) => code) };
  },
};

const purging: Way = {
  word: 'purged',
  async ask(port, ids) {
    return { done: (await port.post<{ purged: number }>('/deadletters/purge', { ids })).purged, stay: [] };
  },
};
