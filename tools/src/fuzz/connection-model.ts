import { meaningsOf, nameKindOf } from './frame-meaning.js';
import type { Meaning, ReadMeaning, SendMeaning } from './frame-meaning.js';
import { UserModel } from './user-model.js';
import type { Asked, Entry } from './user-model.js';

/** A way for a connection to end: the code of the ERROR before it ('' for none) and the close code. */
export interface Close {
  readonly error: string;
  readonly code: number;
}

export interface ModelLimits {
  readonly maxMessage: number;
  readonly maxBody: number;
  readonly sendWindow: number;
  readonly watch: number;
}

const BAD_FRAME: Close = { error: 'bad_frame', code: 4000 };
const UNAUTHORIZED: Close = { error: 'unauthorized', code: 4001 };

/** In place of an origin: a receipt of kind 3. */
const FAILED = -2;
/** A ttl from here on does not end during a run, seconds. */
const LONG_TTL = 3_600;
const TTL_MAX = 2_592_000;
/** Refusals for load that end a connection. */
const STRIKES = 1_000;
/** Cids beyond it leave too few for the rest of a run. */
const LAST_USEFUL_CID = 2 ** 50;

/**
 * The oracle: what one connection owes its client, by docs/protocol.md alone. It is told every message that is sent, and
 * says what must come, what may come, and how the connection ends; then it is told what came, and says what is wrong with it.
 */
export class ConnectionModel {
  user: UserModel | undefined;
  readonly limits: ModelLimits;
  /** Ways to end that are expected; empty: it stays open. */
  closes: readonly Close[] = [];
  /** The protocol does not say what comes of this; nothing more is predicted here. */
  isFree = false;
  /** This user can go on no longer: its cids are used up, or too much of it has no answer. */
  spent = false;
  welcomed = false;
  closed = false;
  /** The highest `seq` that has come, and the highest acked. */
  seq = 0;
  ackedSeq = 0;
  lastCid = 0;
  /** Requests of this connection that have no answer on it yet, in cid order. */
  #asked: Asked[] = [];
  #lastAnswer = 0;
  #handed = 0;
  #bySeq: (Entry | { readonly receiptOf: number; readonly cid: number })[] = [];
  #receiptSeen = new Map<number, number>();
  #watched = new Set<string>();
  #everWatched = new Set<string>();
  #presence = new Set<string>();
  #replies = new Map<number, number>();
  #watchLimits = 0;
  #signals = new Set<string>();
  #window = 256;
  /** Messages that surely waited when HELLO was sent. */
  #waitingAtHello = 0;
  #strikes = 0;
  /** Requests of one message beyond the window: one of them at least is refused, where there are many. */
  #beyond: Asked[] = [];
  #errorSeen = '';
  readonly #find: (name: string, client: string) => UserModel | undefined;

  /** `find` gives what is known of the user whom a HELLO names; undefined where that is anybody. */
  constructor(limits: ModelLimits, find: (name: string, client: string) => UserModel | undefined) {
    this.limits = limits;
    this.#find = find;
  }

  get watchedUsers(): number {
    return this.#watched.size;
  }

  get watched(): readonly string[] {
    return [...this.#watched];
  }

  get unacked(): number {
    return this.seq - this.ackedSeq;
  }

  // ---- what is sent

  /** A binary message. */
  sent(bytes: Uint8Array): void {
    if (this.closes.length > 0 || this.isFree) return;
    if (bytes.length > 2 * this.limits.maxMessage) this.closes = [{ error: '', code: 1006 }];
    else if (bytes.length > this.limits.maxMessage) this.closes = [{ error: '', code: 1009 }];
    else {
      for (const meaning of meaningsOf(bytes)) {
        this.#frame(meaning);
        if (this.closes.length > 0 || this.isFree) return;
      }
    }
  }

  sentText(): void {
    if (this.closes.length === 0 && !this.isFree) this.closes = [{ error: '', code: 1003 }];
  }

  #frame(meaning: Meaning): void {
    if (this.user === undefined) return this.#beforeHello(meaning);
    switch (meaning.kind) {
      case 'bad':
      case 'hello':
        this.closes = [BAD_FRAME];
        break;
      case 'ignored':
        break;
      case 'send':
      case 'read':
        this.#request(meaning, this.user);
        break;
      case 'ack':
        this.#ack(meaning.seq, this.user);
        break;
      case 'signal':
        if (meaning.peer === this.user.name && meaning.body.length <= 4096) this.#signals.add(hex(meaning.body));
        break;
      case 'watch':
        this.#watch(meaning.users, meaning.on);
        break;
      case 'call':
        this.#replies.set(meaning.rid, (this.#replies.get(meaning.rid) ?? 0) + 1);
        break;
      default:
        meaning satisfies never;
    }
  }

  #beforeHello(meaning: Meaning): void {
    if (meaning.kind === 'ignored') return;
    if (meaning.kind === 'bad' && meaning.op === 1) {
      // whether the op of a broken frame can be read depends on how much of its array is looked at first
      this.closes = meaning.isBroken ? [BAD_FRAME, UNAUTHORIZED] : [BAD_FRAME];
      return;
    }
    if (meaning.kind !== 'hello') {
      this.closes = [UNAUTHORIZED];
      return;
    }
    const kind = nameKindOf(meaning.token);
    if (kind === 'user') {
      this.#window = meaning.window;
      const user = this.#find(meaning.token, meaning.client);
      this.isFree = user === undefined;
      this.user = user ?? new UserModel(meaning.token, meaning.client);
      this.#waitingAtHello = this.user.mailbox.filter((entry) => entry.certain).length;
    } else this.closes = kind === 'ill-formed' ? [BAD_FRAME, UNAUTHORIZED] : [UNAUTHORIZED];
  }

  #request(m: SendMeaning | ReadMeaning, user: UserModel): void {
    if (m.cid <= this.lastCid) {
      this.closes = [BAD_FRAME];
      return;
    }
    this.lastCid = m.cid;
    if (m.cid > LAST_USEFUL_CID) this.spent = true;
    // again, too: a receipt of kind 2 is cumulative, so the router need not know that it made one
    if (m.kind === 'read' && m.from === user.name) user.receiptsLeft++;
    const says = m.kind === 'send' ? `3 ${m.to} ${hex(m.body)}` : `9 ${m.from} ${m.origin} ${m.upTo}`;
    if (m.cid <= user.highCid) {
      const known = user.history.find(({ cid }) => cid === m.cid);
      if (!m.again || known === undefined || known.says !== says) this.isFree = true;
      else {
        known.again = true;
        this.#asked.push(known);
      }
      return;
    }
    user.highCid = m.cid;
    const allowed = this.#answers(m);
    const resend =
      m.kind === 'send'
        ? ({ op: 3, to: m.to, body: m.body, ttl: m.ttl } as const)
        : ({ op: 9, from: m.from, origin: m.origin, upTo: m.upTo } as const);
    const asked: Asked = { cid: m.cid, again: m.again, allowed, answer: '', says, resend };
    user.remember(asked);
    this.#asked.push(asked);
    if (allowed.has('rate_limited')) this.#beyond.push(asked);
    if (m.kind === 'read') {
      if (m.from === user.name) user.readUpTo.set(m.origin, Math.max(m.upTo, user.readUpTo.get(m.origin) ?? 0));
      return;
    }
    if (!allowed.has('accepted')) return;
    const isShort = m.ttl > 0 && m.ttl < LONG_TTL;
    if (isShort) user.mayExpire.add(`${user.origin}.${m.cid}`);
    if (m.to !== user.name) return;
    if (allowed.size > 1) this.isFree = true;
    else user.mailbox.push({ origin: user.origin, cid: m.cid, body: m.body.slice(), certain: !isShort });
  }

  #answers(m: SendMeaning | ReadMeaning): Set<string> {
    const allowed = new Set<string>();
    if (m.kind === 'send') {
      const kind = nameKindOf(m.to);
      if (kind === 'ill-formed' || m.ttl === 0 || m.ttl > TTL_MAX) allowed.add('invalid');
      if (m.body.length > this.limits.maxBody) allowed.add('too_large');
      if (kind === 'group' || kind === 'service') allowed.add('unknown_recipient');
    }
    if (allowed.size === 0) allowed.add('accepted');
    if (!m.again && this.#asked.length >= this.limits.sendWindow && this.#placesTaken() >= this.limits.sendWindow) {
      allowed.add('rate_limited');
      // half as many again, since some of them may have been answered, and the window opened, in the meantime
      if (++this.#strikes > STRIKES * 1.5) this.closes = [{ error: 'rate_limited', code: 4005 }];
      this.spent ||= this.#strikes > 200;
    }
    return allowed;
  }

  /** How many of the unanswered take a place in the send window. */
  #placesTaken(): number {
    return this.#asked.reduce((sum, { again }) => sum + (again ? 0 : 1), 0);
  }

  #ack(seq: number, user: UserModel): void {
    if (seq > this.seq) {
      if (seq - this.seq <= this.#mayComeStill(user)) this.isFree = true;
      else this.closes = [BAD_FRAME];
      return;
    }
    const takenOf = new Set<number>();
    for (; this.ackedSeq < seq; this.ackedSeq++) {
      const entry = this.#bySeq[this.ackedSeq]!;
      if ('receiptOf' in entry) {
        const { receiptOf, cid } = entry;
        user.receiptAcked.set(receiptOf, Math.max(cid, user.receiptAcked.get(receiptOf) ?? 0));
        if (receiptOf !== FAILED) user.receiptsLeft--;
      } else {
        user.mailbox.splice(user.mailbox.indexOf(entry), 1);
        this.#handed--;
        user.ackedCid.set(entry.origin, Math.max(entry.cid, user.ackedCid.get(entry.origin) ?? 0));
        takenOf.add(entry.origin);
      }
    }
    user.receiptsLeft += takenOf.size;
  }

  /** How many entries, at most, may be on their way to this connection. */
  #mayComeStill(user: UserModel): number {
    const receiptsHere = this.#bySeq.slice(this.ackedSeq).filter((entry) => 'receiptOf' in entry);
    const receipts = user.receiptsLeft - receiptsHere.filter((entry) => entry.receiptOf !== FAILED).length;
    return user.mailbox.length - this.#handed + user.mayExpire.size + receipts;
  }

  #watch(users: readonly string[], on: boolean): void {
    if (!on) {
      for (const user of users) this.#watched.delete(user);
      return;
    }
    const all = new Set([...this.#watched, ...users]);
    if (all.size > this.limits.watch) {
      this.#watchLimits++;
      return;
    }
    for (const user of users) {
      if (!this.#watched.has(user)) this.#presence.add(user);
      this.#everWatched.add(user);
    }
    this.#watched = all;
  }

  // ---- what has to come still

  /** What must come and has not, in words; '' when that is nothing. */
  missing(): string {
    if (this.closed) return '';
    if (this.closes.length > 0) return `close ${this.closes.map(({ code }) => code).join(' or ')}`;
    if (this.user === undefined) return '';
    if (!this.welcomed) return 'WELCOME';
    for (const [rid] of this.#replies) return `REPLY ${rid}`;
    if (this.isFree) return '';
    const [asked] = this.#asked;
    if (asked !== undefined) return `${[...asked.allowed].join(' or ')} for cid ${asked.cid}`;
    const entry = this.user.mailbox.slice(this.#handed).find(({ certain }) => certain);
    if (entry !== undefined && this.unacked < this.#window)
      return `DELIVER of cid ${entry.cid}, origin ${entry.origin}`;
    const owed = this.#owedReceipt();
    if (owed !== undefined && this.unacked < this.#window)
      return `RECEIPT of kind 1 up to ${owed.cid}, origin ${owed.origin}`;
    for (const user of this.#presence) return `PRESENCE of ${JSON.stringify(user)}`;
    return this.#watchLimits > 0 ? 'ERROR watch_limit' : '';
  }

  #owedReceipt(): { origin: number; cid: number } | undefined {
    for (const [origin, cid] of this.user?.ackedCid ?? []) {
      const told = Math.max(this.#receiptSeen.get(origin) ?? 0, this.user!.receiptAcked.get(origin) ?? 0);
      if (told < cid) return { origin, cid };
    }
    return undefined;
  }

  // ---- what comes: each returns what is wrong with it, '' for nothing

  welcome(name: string, origin: number, lastCid: number, pending: number): string {
    const { user } = this;
    if (user === undefined || this.welcomed) return 'WELCOME without a HELLO';
    this.welcomed = true;
    if (name !== user.name) return `WELCOME for ${name}`;
    if (user.origin !== -1 && user.origin !== origin) return `origin ${origin}, before ${user.origin}`;
    user.learnOrigin(origin);
    if (this.isFree) return '';
    if (lastCid > user.highCid) return `lastCid ${lastCid}, highest sent ${user.highCid}`;
    const most = user.mailbox.length + 2 * (user.ackedCid.size + user.readUpTo.size) + user.mayExpire.size;
    const least = this.#waitingAtHello;
    return pending < least || pending > most ? `pending ${pending}, expected ${least} to ${most}` : '';
  }

  accepted(cid: number): string {
    if (cid < this.#lastAnswer) return `ACCEPTED ${cid} after an answer for ${this.#lastAnswer}`;
    if (!this.isFree && !this.#asked.some((asked) => asked.cid === cid)) return `ACCEPTED ${cid}, which was not sent`;
    this.#lastAnswer = cid;
    return this.#settle(cid);
  }

  rejected(cid: number, code: string): string {
    if (cid <= this.#lastAnswer) return `REJECTED ${cid} after an answer for ${this.#lastAnswer}`;
    this.#lastAnswer = cid;
    const before = this.#settle(cid - 1);
    const asked = this.#asked.find((one) => one.cid === cid);
    if (asked === undefined) return this.isFree ? '' : `REJECTED ${cid}, which was not sent`;
    this.#asked.splice(this.#asked.indexOf(asked), 1);
    return before === '' ? this.#answer(asked, code) : before;
  }

  #settle(cid: number): string {
    while (this.#asked.length > 0 && this.#asked[0]!.cid <= cid) {
      const wrong = this.#answer(this.#asked.shift()!, 'accepted');
      if (wrong !== '') return wrong;
    }
    return '';
  }

  #answer(asked: Asked, answer: string): string {
    if (this.isFree) return '';
    const before = asked.answer;
    asked.answer = answer;
    if (before !== '' && before !== answer) return `cid ${asked.cid}: ${answer}, before: ${before}`;
    const beyond = this.#beyond;
    if (answer === 'rate_limited') this.#beyond = [];
    else if (asked === beyond.at(-1)) {
      this.#beyond = [];
      if (beyond.length >= this.limits.sendWindow)
        return `${beyond.length} requests beyond sendWindow, and none was refused`;
    }
    return asked.allowed.has(answer) ? '' : `cid ${asked.cid}: ${answer}, expected ${[...asked.allowed].join(' or ')}`;
  }

  deliver(seq: number, from: string, origin: number, cid: number, body: Uint8Array): string {
    const { user } = this;
    const told = `DELIVER ${seq} from ${from} ${origin}.${cid}`;
    if (user === undefined || !this.welcomed || seq !== ++this.seq) return `${told}: seq ${this.seq} was next`;
    if (this.isFree) return '';
    for (;;) {
      const entry = user.mailbox[this.#handed];
      if (entry !== undefined && from === user.name && entry.origin === origin && entry.cid === cid) {
        if (!Buffer.from(body).equals(entry.body)) return `${told}: with another body`;
        this.#handed++;
        this.#bySeq.push(entry);
        return '';
      }
      if (entry === undefined || entry.certain)
        return `${told}: expected ${entry === undefined ? 'nothing' : entry.cid}`;
      user.mailbox.splice(this.#handed, 1);
    }
  }

  receipt(seq: number, peer: string, kind: number, origin: number, cid: number, code: string): string {
    const { user } = this;
    const told = `RECEIPT ${seq} of ${peer} kind ${kind} ${origin}.${cid} ${code}`;
    if (user === undefined || !this.welcomed || seq !== ++this.seq) return `${told}: seq ${this.seq} was next`;
    this.#bySeq.push({ receiptOf: kind === 3 ? FAILED : origin, cid });
    if (this.isFree) return '';
    if (kind === 3) {
      user.mailbox = user.mailbox.filter((entry, i) => i < this.#handed || entry.certain || entry.cid !== cid);
      return user.mayExpire.has(`${origin}.${cid}`) && code === 'expired'
        ? ''
        : `${told}: this message cannot have failed`;
    }
    if (peer !== user.name) return `${told}: nobody there has acked anything`;
    const most = Math.max(user.ackedCid.get(origin) ?? 0, kind === 2 ? (user.readUpTo.get(origin) ?? 0) : 0);
    if (cid > most) return `${told}: taken is ${most}`;
    this.#receiptSeen.set(origin, Math.max(cid, this.#receiptSeen.get(origin) ?? 0));
    return '';
  }

  signal(peer: string, body: Uint8Array): string {
    return this.isFree || (peer === this.user?.name && this.#signals.has(hex(body)))
      ? ''
      : `SIGNAL from ${peer}: nobody sent it`;
  }

  presence(name: string, online: boolean): string {
    this.#presence.delete(name);
    if (this.isFree) return '';
    if (!this.#everWatched.has(name)) return `PRESENCE of ${name}: not watched`;
    return name === this.user?.name && !online ? 'PRESENCE: one who is here is told to be away' : '';
  }

  reply(rid: number, ok: boolean, code: string): string {
    const left = this.#replies.get(rid) ?? 0;
    if (left === 0) return this.isFree ? '' : `REPLY ${rid}: no such CALL`;
    if (left === 1) this.#replies.delete(rid);
    else this.#replies.set(rid, left - 1);
    return ok || code !== 'unknown_service' ? `REPLY ${rid}: ${ok ? 'ok' : code}, expected unknown_service` : '';
  }

  error(code: string): string {
    if (this.isFree) return '';
    if (code === 'watch_limit') return --this.#watchLimits < 0 ? 'ERROR watch_limit: within the limit' : '';
    if (this.#errorSeen !== '') return `ERROR ${code} after ERROR ${this.#errorSeen}`;
    this.#errorSeen = code;
    return this.closes.some(({ error }) => error === code) ? '' : `ERROR ${code}, expected ${this.#expectedClose()}`;
  }

  ended(code: number): string {
    this.closed = true;
    if (this.isFree) return '';
    if (this.closes.some((close) => close.code === code && close.error === this.#errorSeen)) return '';
    const error = this.#errorSeen === '' ? 'without an ERROR' : `after ERROR ${this.#errorSeen}`;
    return `close ${code} ${error}, expected ${this.#expectedClose()}`;
  }

  #expectedClose(): string {
    if (this.closes.length === 0) return 'an open connection';
    return this.closes
      .map(({ error, code }) => (error === '' ? `close ${code}` : `ERROR ${error} and close ${code}`))
      .join(' or ');
  }
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('hex');
}
