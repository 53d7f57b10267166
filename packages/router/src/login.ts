import { nameKind, CloseCode } from '@mailbeam/protocol';
import type { MailboxStore, SenderRecord } from '@mailbeam/store';
import { renewalMs } from './client-sweep.js';
import type { Clock } from './clock.js';
import type { CommitLoop } from './commit/commit-loop.js';
import type { Mailbox } from './mailbox/mailbox.js';
import { Sender } from './mailbox/sender.js';
import { Port } from './port/port.js';

const NO_REJECTIONS: SenderRecord['rejections'] = [];

/** Tells whose token it is; undefined for a bad one. */
export type Authenticate = (token: string) => string | undefined;

/** `auth.mode: "open"`: the token is the name of the user. */
export const authenticateOpen: Authenticate = (token) => (nameKind(token) === 1 ? token : undefined);

export interface LoginHost {
  readonly store: MailboxStore;
  readonly commits: CommitLoop;
  readonly clock: Clock;
  readonly authenticate: Authenticate;
  readonly sendWindow: number;
  /** A client that was away longer gets a new origin (semantics 1.3). */
  readonly limits: { readonly clientKeptMs: number };
  /** Lets so many logins through in a turn. */
  readonly admission: { ending(end: () => void): void };
  open(user: string): Mailbox;
  release(mailbox: Mailbox): void;
  /** The login is done: WELCOME goes out and the session starts. */
  welcome(port: Port, mailbox: Mailbox, sender: Sender): void;
}

/**
 * From HELLO to WELCOME. The newest connection of a user wins: the one before is closed with 4003, and what its session
 * sent is flushed before the new one is welcomed; so is the origin of a new client (semantics 5.9 and 5.10).
 */
export class Logins {
  readonly #host: LoginHost;
  /** The newest login under way of each user. */
  #pending = new Map<string, Port>();
  /** Origins given out and not on disk yet, by user. */
  #origins = new Map<string, number>();

  constructor(host: LoginHost) {
    this.#host = host;
  }

  begin(port: Port, token: string, client: string): void {
    const { commits } = this.#host;
    const user = this.#host.authenticate(token);
    if (user === undefined) {
      port.unauthorized('the token is not valid');
      return;
    }
    this.#pending.get(user)?.close(CloseCode.REPLACED, 'replaced');
    this.#pending.set(user, port);
    const mailbox = this.#host.open(user);
    mailbox.block();
    if (mailbox.outlet instanceof Port) mailbox.outlet.close(CloseCode.REPLACED, 'replaced');
    const { sender, mustFlush } = this.#sender(mailbox, client);
    const done = (): void => {
      mailbox.unblock();
      if (this.#pending.get(user) === port) this.#pending.delete(user);
      if (port.phase === 'welcoming') {
        sender.port = port;
        this.#host.welcome(port, mailbox, sender);
      }
      for (const other of mailbox.senders) this.release(other);
      this.#host.release(mailbox);
    };
    if (!mustFlush && !this.#hasUnsettled(mailbox)) {
      done();
      return;
    }
    commits.hurry();
    commits.whenFlushed(() => this.#host.admission.ending(done));
  }

  /** A sender that is away and settled need not stay in memory, unless a login may be that of its client. */
  release(sender: Sender): void {
    if (sender.port !== null || !sender.isFlushed || this.#pending.has(sender.user)) return;
    if (sender.isUnrecorded) {
      this.#host.commits.recordLazily(sender);
      return;
    }
    sender.home.dropSender(sender);
  }

  /** A sender of its own for the user of `home`, for one who is no client; its origin is on disk with the next commit. */
  newSender(home: Mailbox): Sender {
    return this.#sender(home, '').sender;
  }

  #hasUnsettled(mailbox: Mailbox): boolean {
    for (const sender of mailbox.senders) if (!sender.isFlushed) return true;
    return false;
  }

  #sender(home: Mailbox, client: string): { sender: Sender; mustFlush: boolean } {
    const { store, clock, commits, limits } = this.#host;
    const user = home.name;
    const known = client === '' ? undefined : home.senders.find((sender) => sender.client === client);
    if (known !== undefined) return { sender: known, mustFlush: !known.known };
    const record = client === '' ? undefined : store.sender(user, client);
    if (record !== undefined && clock.wall - record.usedAt <= limits.clientKeptMs) {
      const sender = this.#keep(home, client, record);
      if (clock.wall - record.usedAt > renewalMs(limits.clientKeptMs)) {
        sender.usedAt = clock.wall;
        commits.record(sender);
      }
      return { sender, mustFlush: false };
    }
    const origin = Math.max(store.highestOrigin(user), this.#origins.get(user) ?? 0) + 1;
    this.#origins.set(user, origin);
    commits.whenFlushed(() => {
      if (this.#origins.get(user) === origin) this.#origins.delete(user);
    });
    const fresh: SenderRecord = { origin, lastCid: 0, highCid: 0, usedAt: clock.wall, rejections: NO_REJECTIONS };
    const sender = this.#keep(home, client, fresh);
    sender.known = false;
    sender.knownFrom = 0;
    commits.whenFlushed(() => {
      sender.known = true;
    });
    if (client === '') commits.useOrigin(user, origin);
    else commits.record(sender);
    return { sender, mustFlush: true };
  }

  #keep(home: Mailbox, client: string, record: SenderRecord): Sender {
    const sender = new Sender(home, client, record, this.#host.sendWindow);
    home.addSender(sender);
    return sender;
  }
}
