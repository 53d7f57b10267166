import type { Message } from './request.js';

/** Clients of one user whose windows were full when the node before this one ended; more are not believed. */
const CLIENTS = 4;
const MOST_BYTES_OF_USER = 8_388_608;
/** Of all users while the disk is nearly full, bytes of bodies: an eighth of the usual `store.reserve`. */
const MOST_BYTES_WITHOUT_ROOM = 8_388_608;
/** Users who are counted; who was counted first is forgotten for the next. */
const MOST_USERS = 65_536;

interface Believed {
  messages: number;
  bytes: number;
}

/**
 * Resends that are not found, and that a mailbox would refuse were they first sends. What a client has first sent to this node,
 * the node knows: it never arrived, and may be refused. Of what was sent to the node before it, its recipient may have acked a message that was never
 * written, and a crash may have taken the receipt: to refuse it would be a false answer (semantics 4.9). No client can show that, so only so many of each
 * user are believed between two starts of the node.
 */
export class DoubtfulResends {
  readonly #mostMessages: number;
  readonly #users = new Map<string, Believed>();
  #bytesWithoutRoom = 0;

  /** @param sendWindow most that one client may have to resend */
  constructor(sendWindow: number) {
    this.#mostMessages = CLIENTS * sendWindow;
  }

  /** True when it has to be taken whatever quota and disk say; it counts then. */
  mustTake({ again, cid, sender, bodyBytes }: Message, isTight: boolean): boolean {
    if (!again || sender!.knows(cid)) return false;
    const user = this.#users.get(sender!.user) ?? { messages: 0, bytes: 0 };
    if (user.messages >= this.#mostMessages || user.bytes + bodyBytes > MOST_BYTES_OF_USER) return false;
    if (isTight) {
      if (this.#bytesWithoutRoom + bodyBytes > MOST_BYTES_WITHOUT_ROOM) return false;
      this.#bytesWithoutRoom += bodyBytes;
    }
    user.messages++;
    user.bytes += bodyBytes;
    this.#keep(sender!.user, user);
    return true;
  }

  #keep(user: string, believed: Believed): void {
    this.#users.set(user, believed);
    if (this.#users.size <= MOST_USERS) return;
    for (const first of this.#users.keys()) {
      this.#users.delete(first);
      return;
    }
  }
}
