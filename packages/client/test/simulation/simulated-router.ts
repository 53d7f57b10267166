import { defaultWelcomeLimits, FrameWriter, NameCache, readClientFrames } from '@mailbeam/protocol';
import type { ClientFrameVisitor, ReceiptKind } from '@mailbeam/protocol';
import type { NetServer, Wire } from './simulated-net.js';

interface Message {
  readonly kind: 'message';
  readonly from: string;
  readonly origin: number;
  readonly cid: number;
  readonly body: Uint8Array;
}

interface Receipt {
  readonly kind: ReceiptKind;
  readonly peer: string;
  readonly origin: number;
  readonly cid: number;
}

/** What a sender's `client` has sent: what a resend is looked up in. */
interface Sender {
  readonly origin: number;
  readonly taken: Set<number>;
  readonly rejected: Set<number>;
  lastCid: number;
}

interface User {
  readonly mailbox: (Message | Receipt)[];
  readonly senders: Map<string, Sender>;
  origins: number;
}

interface Answer {
  readonly cid: number;
  readonly rejected: boolean;
  /** The commit that makes it true. */
  readonly commit: number;
  /** The recipient's ack makes it true as well. */
  acked: boolean;
}

interface Port {
  readonly wire: Wire;
  user: string;
  client: string;
  seq: number;
  window: number;
  unacked: { seq: number; entry: Message | Receipt }[];
  answers: Answer[];
}

/**
 * The protocol's rules in memory, without haste: everything is durable only at a commit, a crash goes back to the last
 * one. It rejects first sends whose body ends with `!`.
 */
export class SimulatedRouter implements NetServer {
  private users = new Map<string, User>();
  private durable = new Map<string, User>();
  private commits = 0;
  /** Pairs, `FROM TO`, with a rejection that is not durable: nothing later of them may be handed out. */
  private refused = new Set<string>();
  private readonly ports = new Map<Wire, Port>();
  private readonly writer = new FrameWriter();
  private readonly names = new NameCache();
  private readonly sendWindow: number;
  /** Frames that broke the protocol: a test fails at the first. */
  readonly breaches: string[] = [];

  constructor(sendWindow: number) {
    this.sendWindow = sendWindow;
  }

  connected(wire: Wire): void {
    this.ports.set(wire, { wire, user: '', client: '', seq: 0, window: 0, unacked: [], answers: [] });
  }

  gone(wire: Wire): void {
    this.ports.delete(wire);
  }

  received(wire: Wire, bytes: Uint8Array): void {
    const port = this.ports.get(wire);
    if (port === undefined) return;
    const bad = readClientFrames(bytes, this.visitor(port, bytes), this.names);
    if (bad !== undefined) this.breaches.push(bad.detail);
    this.answer(port);
  }

  /** Everything so far is durable; what waited for that is answered. */
  commit(): void {
    this.commits++;
    this.refused.clear();
    this.durable = clone(this.users);
    for (const port of this.ports.values()) this.answer(port);
  }

  /** Hands out what is waiting, as far as the windows go. */
  deliver(): void {
    for (const port of this.ports.values()) {
      const { mailbox } = this.user(port.user);
      if (port.user === '') continue;
      const held = new Set(port.unacked.map(({ entry }) => entry));
      for (const entry of [...mailbox]) {
        if (port.unacked.length >= port.window) break;
        if (held.has(entry)) continue;
        if (entry.kind === 'message' && this.refused.has(`${entry.from} ${port.user}`)) continue;
        port.unacked.push({ seq: ++port.seq, entry });
        this.write(port, entry);
      }
      this.say(port);
    }
  }

  /** The process dies and starts again: only what was durable is there. */
  crash(): void {
    this.users = clone(this.durable);
    this.refused.clear();
    for (const port of [...this.ports.values()]) port.wire.cut();
  }

  private visitor(port: Port, bytes: Uint8Array): ClientFrameVisitor {
    return {
      hello: (token, window, client) => this.hello(port, token, window, client),
      send: (cid, to, _kind, start, end, _ttl, again) => this.send(port, cid, to, bytes.slice(start, end), again),
      read: (cid, from, origin, upTo, again) => this.read(port, cid, from, origin, upTo, again),
      ack: (seq) => this.ack(port, seq),
      signal: () => undefined,
      watch: () => undefined,
      call: () => undefined,
    };
  }

  private hello(port: Port, token: string, window: number, client: string): void {
    for (const other of [...this.ports.values()]) {
      if (other === port || other.user !== token) continue;
      this.ports.delete(other.wire);
      other.wire.closeWith(4003);
    }
    const user = this.user(token);
    let sender = user.senders.get(client);
    if (sender === undefined) {
      sender = { origin: ++user.origins, taken: new Set(), rejected: new Set(), lastCid: 0 };
      user.senders.set(client, sender);
      // The origin of a new `client` is durable before its WELCOME.
      const durable = this.durable.get(token) ?? newUser();
      durable.origins = user.origins;
      durable.senders.set(client, { ...sender, taken: new Set(), rejected: new Set() });
      this.durable.set(token, durable);
    }
    Object.assign(port, { user: token, client, window });
    const limits = { ...defaultWelcomeLimits, sendWindow: this.sendWindow };
    this.writer.welcome(token, 's', sender.origin, sender.lastCid, user.mailbox.length, limits, 0);
    this.say(port);
  }

  private send(port: Port, cid: number, to: string, body: Uint8Array, again: boolean): void {
    const sender = this.sender(port);
    this.checkOrder(port, sender, cid, again);
    const refuse = !again && body.at(-1) === 33;
    if (again && sender.rejected.has(cid)) return this.promise(port, cid, true);
    if (!sender.taken.has(cid)) {
      if (refuse) {
        sender.rejected.add(cid);
        this.refused.add(`${port.user} ${to}`);
        return this.promise(port, cid, true);
      }
      sender.taken.add(cid);
      const message: Message = { kind: 'message', from: port.user, origin: sender.origin, cid, body };
      this.user(to).mailbox.push(message);
    }
    return this.promise(port, cid, false);
  }

  private read(port: Port, cid: number, from: string, origin: number, upTo: number, again: boolean): void {
    const sender = this.sender(port);
    this.checkOrder(port, sender, cid, again);
    sender.taken.add(cid);
    this.addReceipt(from, { kind: 2, peer: port.user, origin, cid: upTo });
    this.promise(port, cid, false);
  }

  private checkOrder(port: Port, sender: Sender, cid: number, again: boolean): void {
    if (cid <= (port.answers.at(-1)?.cid ?? 0)) this.breaches.push(`cid ${cid} is not above the last`);
    if (!again && (sender.taken.has(cid) || sender.rejected.has(cid))) this.breaches.push(`cid ${cid} is used twice`);
    if (port.answers.length >= this.sendWindow) this.breaches.push('more unanswered than sendWindow');
  }

  private promise(port: Port, cid: number, rejected: boolean): void {
    port.answers.push({ cid, rejected, commit: this.commits, acked: false });
  }

  private ack(port: Port, seq: number): void {
    if (seq > port.seq) this.breaches.push(`ACK ${seq} is above what was sent`);
    const { mailbox } = this.user(port.user);
    for (const { entry } of port.unacked.filter((unacked) => unacked.seq <= seq)) {
      const at = mailbox.indexOf(entry);
      if (at >= 0) mailbox.splice(at, 1);
      if (entry.kind === 'message') this.taken(port.user, entry);
    }
    port.unacked = port.unacked.filter((unacked) => unacked.seq > seq);
  }

  /** The recipient has acked: the sender gets a receipt, and its SEND may be answered. */
  private taken(peer: string, message: Message): void {
    this.addReceipt(message.from, { kind: 1, peer, origin: message.origin, cid: message.cid });
    for (const port of this.ports.values()) {
      if (port.user !== message.from || this.sender(port).origin !== message.origin) continue;
      for (const answer of port.answers) if (answer.cid === message.cid) answer.acked = true;
      this.answer(port);
    }
  }

  private addReceipt(to: string, receipt: Receipt): void {
    this.user(to).mailbox.push(receipt);
  }

  /** Answers go out in order of `cid`, each when it is true. */
  private answer(port: Port): void {
    let accepted = 0;
    let answer = port.answers[0];
    while (answer !== undefined && (answer.commit < this.commits || answer.acked)) {
      port.answers.shift();
      if (answer.rejected) {
        if (accepted > 0) this.writer.accepted(accepted, 1);
        this.writer.rejected(answer.cid, 'mailbox_full', '', 1);
        accepted = 0;
      } else {
        accepted = answer.cid;
      }
      answer = port.answers[0];
    }
    if (accepted > 0) this.writer.accepted(accepted, 1);
    this.say(port);
  }

  private write(port: Port, entry: Message | Receipt): void {
    if (entry.kind === 'message') {
      const { from, origin, cid, body } = entry;
      this.writer.deliver(port.seq, from, origin, cid, 1, body, 0, body.length);
    } else {
      this.writer.receipt(port.seq, entry.peer, entry.kind, entry.origin, entry.cid, 1);
    }
  }

  private say(port: Port): void {
    if (this.writer.length > 0) port.wire.say(new Uint8Array(this.writer.take()));
  }

  private sender(port: Port): Sender {
    const sender = this.user(port.user).senders.get(port.client);
    if (sender === undefined) throw new Error('a frame before HELLO');
    return sender;
  }

  private user(name: string): User {
    let user = this.users.get(name);
    if (user === undefined) {
      user = newUser();
      this.users.set(name, user);
    }
    return user;
  }
}

function newUser(): User {
  return { mailbox: [], senders: new Map(), origins: 0 };
}

function clone(users: ReadonlyMap<string, User>): Map<string, User> {
  const copy = new Map<string, User>();
  for (const [name, { mailbox, senders, origins }] of users) {
    const copied = new Map<string, Sender>();
    for (const [client, sender] of senders) {
      copied.set(client, { ...sender, taken: new Set(sender.taken), rejected: new Set(sender.rejected) });
    }
    copy.set(name, { mailbox: [...mailbox], senders: copied, origins });
  }
  return copy;
}
