import type { SenderRecord } from './mailbox-store.js';

/** What is new of one user: chains and not maps, since nearly everybody has one client and a login makes one of these. */
class TailUser {
  /** The highest origin given. */
  origin = 0;
  clients: TailClient | null = null;
}

class TailClient {
  readonly client: string;
  record: SenderRecord;
  readonly next: TailClient | null;

  constructor(client: string, record: SenderRecord, next: TailClient | null) {
    this.client = client;
    this.record = record;
    this.next = next;
  }
}

/** The clients and origins of users in a tail. */
export class TailUsers {
  readonly #users = new Map<string, TailUser>();

  putSender(user: string, client: string, record: SenderRecord): void {
    const known = this.#user(user);
    if (known.origin < record.origin) known.origin = record.origin;
    const row = find(known, client);
    if (row === null) known.clients = new TailClient(client, record, known.clients);
    else row.record = record;
  }

  useOrigin(user: string, origin: number): void {
    const known = this.#user(user);
    if (known.origin < origin) known.origin = origin;
  }

  sender(user: string, client: string): SenderRecord | undefined {
    const known = this.#users.get(user);
    return known === undefined ? undefined : find(known, client)?.record;
  }

  /** The highest origin given, 0 where none is known. */
  originOf(user: string): number {
    return this.#users.get(user)?.origin ?? 0;
  }

  *senders(): IterableIterator<readonly [user: string, client: string, record: SenderRecord]> {
    for (const [user, { clients }] of this.#users) {
      for (let row = clients; row !== null; row = row.next) yield [user, row.client, row.record];
    }
  }

  *origins(): IterableIterator<readonly [user: string, origin: number]> {
    for (const [user, { origin }] of this.#users) yield [user, origin];
  }

  #user(name: string): TailUser {
    let user = this.#users.get(name);
    if (user === undefined) this.#users.set(name, (user = new TailUser()));
    return user;
  }
}

function find(user: TailUser, client: string): TailClient | null {
  let row = user.clients;
  while (row !== null && row.client !== client) row = row.next;
  return row;
}
