import { decodeAny, readServerFrames } from '@mailbeam/protocol';
import type { ServerFrameVisitor, WelcomeLimits } from '@mailbeam/protocol';
import { RawConnection } from '../load/raw-connection.js';
import { WsOp } from '../load/ws-frame.js';
import type { CaseMessage } from './case-view.js';
import type { ConnectionModel } from './connection-model.js';
import { arr, encode, nil, str, uint } from './msgpack.js';

/** rids of fences begin here; those of cases are below, or hardly ever the same. */
const FIRST_FENCE = 2 ** 51;

let fence = FIRST_FENCE;

/** One connection of the fuzzer: whatever is sent goes through the oracle, and whatever comes is held against it. */
export class Wire implements ServerFrameVisitor {
  readonly model: ConnectionModel;
  readonly #settleMs: number;
  #connection!: RawConnection;
  #bytes: Uint8Array = new Uint8Array(0);
  #wrong = '';
  #settled: (() => void) | undefined;

  private constructor(model: ConnectionModel, settleMs: number) {
    this.model = model;
    this.#settleMs = settleMs;
  }

  /** @param settleMs how long everything that must come may take */
  static async open(port: number, model: ConnectionModel, settleMs: number): Promise<Wire> {
    const wire = new Wire(model, settleMs);
    wire.#connection = await RawConnection.open({
      port,
      onMessage: (bytes) => wire.onMessage(bytes),
      onText: () => wire.fail('a text message from the router'),
      onClose: (code) => wire.note(model.ended(code)),
    });
    return wire;
  }

  get isOpen(): boolean {
    return this.#connection.isOpen && !this.model.closed;
  }

  sendMessage({ as, bytes }: CaseMessage): void {
    if (as === 'text') {
      this.model.sentText();
      this.#connection.sendOp(WsOp.TEXT, bytes);
      return;
    }
    this.model.sent(bytes);
    if (as === 'binary') this.#connection.send(bytes);
    else this.#fragments(bytes);
  }

  send(bytes: Uint8Array): void {
    this.sendMessage({ as: 'binary', bytes });
  }

  /** Sends a CALL behind everything: its REPLY tells that the frames before it have been handled. */
  fence(): void {
    this.send(encode(arr(uint(13), uint(++fence), str(''), str(''), nil)));
  }

  /** Resolves when everything that must come has come: with '', or with what is wrong. */
  async settled(): Promise<string> {
    if (this.#done) return this.#wrong;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(() => {
        this.fail(`nothing more came within ${this.#settleMs} ms, missing: ${this.model.missing()}`);
      }, this.#settleMs);
      this.#settled = () => {
        clearTimeout(timer);
        this.#settled = undefined;
        resolve();
      };
    });
    return this.#wrong;
  }

  /** Ends the connection without a word. */
  drop(): void {
    this.model.isFree = true;
    this.#connection.reset();
  }

  get #done(): boolean {
    return this.#wrong !== '' || this.model.missing() === '';
  }

  onMessage(bytes: Uint8Array): void {
    this.#bytes = bytes;
    const bad = readServerFrames(bytes, this);
    if (bad !== undefined) this.fail(`a bad frame from the router: ${bad.detail}`);
    else if (this.#done) this.#settled?.();
  }

  /** Notes what is wrong; '' is nothing. */
  note(wrong: string): void {
    if (wrong !== '' && this.#wrong === '') this.#wrong = wrong;
    if (this.#done) this.#settled?.();
  }

  fail(wrong: string): void {
    this.note(wrong);
  }

  #fragments(bytes: Uint8Array): void {
    const third = Math.ceil(bytes.length / 3);
    const parts = [bytes.subarray(0, third), bytes.subarray(third, 2 * third), bytes.subarray(2 * third)];
    parts.forEach((part, i) => {
      this.#connection.sendRaw(fragment(i === 0 ? WsOp.BINARY : WsOp.CONTINUATION, part, i === 2));
      if (i < 2) this.#connection.sendOp(WsOp.PING, Buffer.from('now'));
    });
  }

  #keep(wrong: string): false | void {
    if (wrong === '') return;
    this.note(wrong);
    return false;
  }

  // ---- ServerFrameVisitor

  welcome(
    user: string,
    _session: string,
    origin: number,
    lastCid: number,
    pending: number,
    _limits: WelcomeLimits,
  ): false | void {
    return this.#keep(this.model.welcome(user, origin, lastCid, pending));
  }

  accepted(cid: number): false | void {
    return this.#keep(this.model.accepted(cid));
  }

  rejected(cid: number, code: string): false | void {
    return this.#keep(this.model.rejected(cid, code));
  }

  deliver(
    seq: number,
    from: string,
    origin: number,
    cid: number,
    _ts: number,
    start: number,
    end: number,
  ): false | void {
    return this.#keep(this.model.deliver(seq, from, origin, cid, this.#bytes.subarray(start, end)));
  }

  receipt(
    seq: number,
    peer: string,
    kind: number,
    origin: number,
    cid: number,
    _ts: number,
    code: string,
  ): false | void {
    return this.#keep(this.model.receipt(seq, peer, kind, origin, cid, code));
  }

  signal(peer: string, start: number, end: number): false | void {
    return this.#keep(this.model.signal(peer, this.#bytes.subarray(start, end)));
  }

  presence(user: string, online: boolean): false | void {
    return this.#keep(this.model.presence(user, online));
  }

  reply(rid: number, ok: boolean, start: number, end: number): false | void {
    const { code } = decodeAny(this.#bytes, start, end) as { code?: string };
    return this.#keep(this.model.reply(rid, ok, code ?? ''));
  }

  error(code: string): false | void {
    return this.#keep(this.model.error(code));
  }

  goodbye(reason: string): false | void {
    return this.#keep(`GOODBYE ${reason}`);
  }
}

/** A WebSocket frame that is a part of a message, masked with zeros. */
function fragment(op: number, payload: Uint8Array, isLast: boolean): Buffer {
  const head = payload.length < 126 ? Buffer.alloc(6) : Buffer.alloc(8);
  head[0] = (isLast ? 0x80 : 0) | op;
  head[1] = 0x80 | Math.min(126, payload.length);
  if (payload.length >= 126) head.writeUInt16BE(payload.length, 2);
  return Buffer.concat([head, payload]);
}
