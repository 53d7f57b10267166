import type { Message } from './request.js';

/** Clients of one user that may come back with a full window each. */
const CLIENTS = 4;
const MOST_BYTES_OF_USER = 8_388_608;
/** Of all users while the disk is nearly full, bytes of bodies: an eighth of the usual `store.reserve`. */
const MOST_BYTES_WITHOUT_ROOM = 8_388_608;
/** Users who are counted; who was counted first is forgotten for the next. */
const MOST_USERS = 65_536;

interface Taken {
  messages: number;
  bytes: number;
}

/**
 * Resends that are not found, and that a mailbox would refuse were they first sends: they are taken, whatever quota and disk say (semantics 4.4). As a
 * client can mark all it sends as resends, that is so for a bounded number of each user between two starts of the node. There are two such numbers. What was first sent to
 * this node never arrived, and nobody is wronged if it is refused in the end. Of what was sent to the node before it, a message may have been acked before it was
 * written, and a crash may have taken the receipt: to refuse it would be a false answer. So the first kind uses up nothing of the second's (semantics 4.9).
 */
export class UnfoundResends {
  readonly #missed: Allowance;
  readonly #doubtful: Allowance;

  /** @param sendWindow most that one client may have to resend */
  constructor(sendWindow: number) {
    this.#missed = new Allowance(CLIENTS * sendWindow);
    this.#doubtful = new Allowance(CLIENTS * sendWindow);
  }

  /** True when it has to be taken whatever quota and disk say; it counts then. */
  mustTake({ again, cid, sender, bodyBytes }: Message, isTight: boolean): boolean {
    if (!again) return false;
    const allowance = sender!.knows(cid) ? this.#missed : this.#doubtful;
    return allowance.takes(sender!.user, bodyBytes, isTight);
  }
}

class Allowance {
  readonly #mostMessages: number;
  readonly #users = new Map<string, Taken>();
  #bytesWithoutRoom = 0;

  constructor(mostMessages: number) {
    this.#mostMessages = mostMessages;
  }

  takes(name: string, bytes: number, isTight: boolean): boolean {
    const taken = this.#users.get(name) ?? { messages: 0, bytes: 0 };
    if (taken.messages >= this.#mostMessages || taken.bytes + bytes > MOST_BYTES_OF_USER) return false;
    if (isTight) {
      if (this.#bytesWithoutRoom + bytes > MOST_BYTES_WITHOUT_ROOM) return false;
      this.#bytesWithoutRoom += bytes;
    }
    taken.messages++;
    taken.bytes += bytes;
    this.#keep(name, taken);
    return true;
  }

  #keep(name: string, taken: Taken): void {
    this.#users.set(name, taken);
    if (this.#users.size <= MOST_USERS) return;
    for (const first of this.#users.keys()) {
      this.#users.delete(first);
      return;
    }
  }
}
