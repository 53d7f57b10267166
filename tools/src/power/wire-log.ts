import { NameCache, limits, readClientFrames, readServerFrames } from '@mailbeam/protocol';
import type { ClientFrameVisitor, NameKind, ServerFrameVisitor } from '@mailbeam/protocol';
import { bodyHeaderBytes, readBody } from '../crash/body.js';
import { EventClock, EventLog } from '../crash/event-log.js';
import type { ClientFact, Expectation } from '../crash/event-log.js';
import { Inbox } from '../crash/inbox.js';
import type { Delivered } from '../crash/inbox.js';
import { HighWater } from '@mailbeam/protocol';
import { WsOp, WsReader } from '../load/ws-frame.js';
import { dataOf } from './strace.js';
import type { SystemCall } from './strace.js';

const names = new NameCache(4096);

/** One user, as the router's sockets have seen it. */
interface Person {
  readonly log: EventLog;
  readonly marks: HighWater;
  /** What was handed out and not seen to be shown, oldest first. */
  unseen: Delivered[];
  readonly lives: Map<string, number>;
  lifeCount: number;
  conns: number;
}

/**
 * Turns what a router's sockets received and sent into the logs that its clients would have written: a frame of a client
 * is logged when the router has read it, one of the router when it begins to send it. So the logs up to any call are all
 * that the world can know of the router at that moment.
 */
export class WireLog {
  readonly clock = new EventClock();
  /** Bytes of each body by its id: the logs do not have them. */
  readonly bodyBytes = new Map<number, number>();
  readonly #people = new Map<string, Person>();
  readonly #connections = new Map<string, Connection>();

  get logs(): readonly EventLog[] {
    return [...this.#people.values()].map(({ log }) => log);
  }

  /** A call on a socket, in the order of the trace. */
  take(call: SystemCall): void {
    const { name, target } = call;
    if (name === 'close') {
      this.#connections.get(target)?.closed(call.at);
      this.#connections.delete(target);
      return;
    }
    if (call.result <= 0) return;
    const bytes = dataOf(call).subarray(0, call.result);
    const isIn = name === 'recvfrom' || name === 'recvmsg';
    let connection = this.#connections.get(target);
    if (connection === undefined) {
      if (!isIn || !bytes.toString('latin1', 0, 15).startsWith('GET /v1/socket')) return;
      this.#connections.set(target, (connection = new Connection(this)));
    }
    if (isIn) connection.received(bytes, call.at);
    else connection.sent(bytes, call.at);
  }

  person(name: string): Person {
    let person = this.#people.get(name);
    if (person === undefined) {
      const log = new EventLog(name, this.clock);
      person = { log, marks: new HighWater(), unseen: [], lives: new Map(), lifeCount: 0, conns: 0 };
      this.#people.set(name, person);
    }
    return person;
  }
}

/** One connection: both directions, from HTTP to frames. */
class Connection implements ClientFrameVisitor, ServerFrameVisitor {
  readonly #log: WireLog;
  #upgradeIn = Buffer.alloc(0);
  #upgradeOut = Buffer.alloc(0);
  #isOpenIn = false;
  #isOpenOut = false;
  #person: Person | undefined;
  #inbox: Inbox | undefined;
  #ackedSeq = 0;
  #conn = 0;
  #at = 0;
  #bytes: Uint8Array = new Uint8Array(0);
  readonly #fromClient = new WsReader(
    this.#events((bytes) => readClientFrames(bytes, this, names)),
    'client',
  );
  readonly #fromServer = new WsReader(this.#events((bytes) => readServerFrames(bytes, this, names)));

  constructor(log: WireLog) {
    this.#log = log;
  }

  #events(read: (bytes: Uint8Array) => unknown) {
    return {
      onWsMessage: (op: number, payload: Uint8Array): void => {
        if (op !== WsOp.BINARY) return;
        this.#bytes = payload;
        read(payload);
      },
      onWsControl: (): void => undefined,
      onWsBroken: (why: string): void => {
        throw new Error(`the trace of a connection cannot be read: ${why}`);
      },
    };
  }

  received(bytes: Buffer, at: number): void {
    this.#at = at;
    if (this.#isOpenIn) return this.#fromClient.read(bytes);
    this.#upgradeIn = Buffer.concat([this.#upgradeIn, bytes]);
    const rest = behindHead(this.#upgradeIn);
    if (rest === undefined) return;
    this.#isOpenIn = true;
    if (rest.length > 0) this.#fromClient.read(rest);
  }

  sent(bytes: Buffer, at: number): void {
    this.#at = at;
    if (this.#isOpenOut) return this.#fromServer.read(bytes);
    this.#upgradeOut = Buffer.concat([this.#upgradeOut, bytes]);
    const rest = behindHead(this.#upgradeOut);
    if (rest === undefined) return;
    this.#isOpenOut = true;
    if (rest.length > 0) this.#fromServer.read(rest);
  }

  closed(at: number): void {
    this.#at = at;
    this.#add({ what: 'closed', code: 1006 });
  }

  #add(fact: ClientFact): void {
    this.#person?.log.add(this.#conn, fact, Math.round(this.#at));
  }

  // ---- frames of the client

  hello(token: string, window: number, client: string): void {
    const person = (this.#person ??= this.#log.person(token));
    this.#inbox = new Inbox(person.marks);
    this.#conn = ++person.conns;
    let life = client === '' ? undefined : person.lives.get(client);
    if (life === undefined) {
      life = ++person.lifeCount;
      if (client !== '') person.lives.set(client, life);
    }
    this.#add({ what: 'hello', life, client, window });
  }

  send(cid: number, to: string, toKind: NameKind, start: number, end: number, ttl: number, again: boolean): void {
    const bytes = this.#bytes;
    const id = end - start < bodyHeaderBytes ? -1 : new DataView(bytes.buffer, bytes.byteOffset + start).getUint32(0);
    this.#log.bodyBytes.set(id, end - start);
    const expect: Expectation =
      toKind === 0
        ? 'invalid'
        : end - start > limits.maxBodyBytes
          ? 'too_large'
          : to.startsWith('#')
            ? 'unknown_recipient'
            : 'taken';
    this.#add({ what: 'send', cid, to, id, ttl: Math.max(0, ttl), again, expect });
  }

  /** A message is shown when its ack has come: as well as the router can know. */
  ack(seq: number): void {
    const { shown } = this.#inbox!.process(seq - this.#ackedSeq);
    this.#ackedSeq = seq;
    for (const { id } of shown) this.#add({ what: 'shown', id });
    this.#add({ what: 'ack', seq });
  }

  /** Whoever has read a message was shown it, though the ack may have been lost with a connection. */
  read(cid: number, peer: string, origin: number, upTo: number, again: boolean): void {
    const person = this.#person!;
    const { marks } = person;
    person.unseen = person.unseen.filter((message) => {
      if (!marks.isNew(message.from, message.origin, '', message.cid)) return false;
      if (message.from !== peer || message.origin !== origin || message.cid > upTo) return true;
      marks.note(peer, origin, '', message.cid);
      this.#add({ what: 'shown', id: message.id });
      return false;
    });
    this.#add({ what: 'read', cid, peer, origin, upTo, again });
  }

  watch(): void {}
  call(): void {}

  // ---- frames of the router

  welcome(_user: string, _session: string, origin: number, lastCid: number, pending: number): void {
    this.#add({ what: 'welcome', origin, lastCid, pending });
  }

  accepted(cid: number): void {
    this.#add({ what: 'accepted', cid });
  }

  rejected(cid: number, code: string): void {
    this.#add({ what: 'rejected', cid, code });
  }

  deliver(seq: number, from: string, origin: number, cid: number, ts: number, start: number, end: number): void {
    const id = readBody(this.#bytes, start, end);
    this.#add({ what: 'deliver', seq, from, origin, cid, ts, id });
    this.#inbox!.add({ from, origin, cid, id });
    this.#person!.unseen.push({ from, origin, cid, id });
  }

  receipt(
    seq: number,
    peer: string,
    kind: number,
    origin: number,
    cid: number,
    _ts: number,
    code: string,
    upTo: number,
  ): void {
    this.#add({ what: 'receipt', seq, peer, kind, origin, cid, code, upTo });
    this.#inbox!.add(undefined);
  }

  error(code: string, detail: string): void {
    this.#add({ what: 'error', code, detail });
  }

  goodbye(reason: string): void {
    this.#add({ what: 'goodbye', reason });
  }

  signal(): void {}
  presence(): void {}
  reply(): void {}
}

/** What follows the head of an HTTP request or response; undefined while it is not complete. */
function behindHead(bytes: Buffer): Buffer | undefined {
  const end = bytes.indexOf('\r\n\r\n');
  return end === -1 ? undefined : bytes.subarray(end + 4);
}
