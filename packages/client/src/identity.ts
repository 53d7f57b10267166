import { StateError } from './errors.js';
import type { Link } from './link.js';
import type { Journal } from './state/journal.js';
import { encodeState, stateKey } from './state/saved-state.js';
import type { SavedState } from './state/saved-state.js';

/**
 * Who this is to the router: the user that the saved state belongs to, and the `client` of HELLO, under which the router
 * knows the numbers that this state gave.
 */
export class Identity {
  /** The `client` of HELLO; '' before `restore`. */
  client = '';
  /** Whether the router knows numbers that this state does not: then the state is an old copy. */
  stale = false;
  private readonly journal: Journal;
  private readonly link: Link;
  /** The option `user`. */
  private readonly expected: string | undefined;
  private user = '';
  private renewing = false;

  constructor(journal: Journal, link: Link, expected: string | undefined) {
    this.journal = journal;
    this.link = link;
    this.expected = expected;
  }

  /**
   * Takes what the state says, and a new name where it has none. Throws `StateError` where it belongs to another user
   * than the option `user`, before anything is noted: not a byte may be written into the state of another user.
   */
  restore(saved: SavedState): void {
    if (this.expected !== undefined && saved.user !== '' && saved.user !== this.expected) throw otherUser();
    this.user = saved.user;
    this.client = saved.client === '' ? newClientId() : saved.client;
    if (saved.client === '') this.journal.set(stateKey.client, encodeState(this.client));
  }

  /**
   * WELCOME tells whose connection it is, and whether the state is an old copy. Answers what is wrong where it is
   * another user's.
   */
  welcomed(user: string, stale: boolean): StateError | undefined {
    this.stale = stale;
    if (user !== (this.expected ?? user) || (this.user !== '' && user !== this.user)) return otherUser();
    if (this.user === '') {
      this.user = user;
      this.journal.set(stateKey.user, encodeState(user));
    }
    return undefined;
  }

  /**
   * The state is an old copy, so the numbers that it would give may be used: from the next connection on this is another
   * `client` (docs/protocol.md, section 5). What the old one left unanswered was answered under its own name before.
   */
  renew(): void {
    if (this.renewing) return;
    this.renewing = true;
    const client = newClientId();
    this.journal.set(stateKey.client, encodeState(client));
    this.journal.kick();
    this.journal.whenDurable(() => {
      this.client = client;
      this.renewing = false;
      this.link.drop('the saved state is an old copy: this client takes a new name');
    });
  }
}

/** A new `client` for HELLO: 16 random bytes in hex, the 32 bytes that the protocol allows. */
function newClientId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

function otherUser(): StateError {
  return new StateError('state_mismatch', 'the saved state or the option "user" belongs to another user');
}
