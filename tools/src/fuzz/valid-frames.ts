import type { Random } from '../crash/random.js';
import type { CaseView } from './case-view.js';
import { arr, bin, bool, map, nil, raw, str, uint } from './msgpack.js';
import type { Node } from './msgpack.js';

/** A frame as op and fields, still to be written. */
export type FrameNode = readonly Node[];

/** Users who never connect. */
const AWAY = Array.from({ length: 40 }, (_, i) => `away-${i}-${'äöü☃'.repeat(i % 4)}`);

/** Makes well-formed frames for one connection; every SEND and READ takes the next cid. */
export class ValidFrames {
  readonly #random: Random;
  readonly #view: CaseView;
  #cid: number;

  constructor(random: Random, view: CaseView) {
    this.#random = random;
    this.#view = view;
    this.#cid = view.highCid;
  }

  any(): FrameNode {
    const pick = this.#random.between(0, 99);
    if (pick < 45) return this.send();
    if (pick < 57) return this.ack();
    if (pick < 67) return this.read();
    if (pick < 77) return this.signal();
    if (pick < 87) return this.watch();
    if (pick < 96) return this.call();
    return this.future();
  }

  nextCid(): number {
    this.#cid += this.#random.chance(0.1) ? this.#random.between(2, 40) : 1;
    return this.#cid;
  }

  send(to = this.peer()): FrameNode {
    const random = this.#random;
    const frame: Node[] = [uint(3), uint(this.nextCid()), str(to), bin(this.body())];
    if (random.chance(0.4)) frame.push(this.sendOpts(to === this.#view.user));
    return this.#withMore(frame, frame.length === 5);
  }

  sendOpts(toSelf: boolean): Node {
    const random = this.#random;
    const pairs: (readonly [Node, Node])[] = [];
    const ttl = toSelf || random.chance(0.9) ? random.between(3_600, 2_592_000) : random.between(1, 3);
    if (random.chance(0.6)) pairs.push([str('ttl'), uint(ttl)]);
    if (random.chance(0.2)) pairs.push([str('again'), bool(random.chance(0.5))]);
    if (random.chance(0.2))
      pairs.push([str(random.pick(['later', '__proto__', 'constructor', 'ttl ', 'toString', ''])), this.value(3)]);
    return map(...pairs);
  }

  ack(): FrameNode {
    const { seq, ackedSeq } = this.#view;
    return this.#withMore(
      [uint(7), uint(this.#random.chance(0.7) ? this.#random.between(ackedSeq, seq) : this.#random.between(0, seq))],
      true,
    );
  }

  read(): FrameNode {
    const random = this.#random;
    const frame: Node[] = [uint(9), uint(this.nextCid())];
    if (random.chance(0.5))
      frame.push(str(this.#view.user), uint(this.#view.origin), uint(random.between(0, this.#view.highCid)));
    else frame.push(str(random.pick(AWAY)), uint(random.between(0, 5)), uint(random.between(0, 2 ** 40)));
    if (random.chance(0.3)) frame.push(map([str('again'), bool(random.chance(0.5))]));
    return this.#withMore(frame, frame.length === 6);
  }

  signal(): FrameNode {
    const size = this.#random.chance(0.1)
      ? this.#random.pick([0, 4_095, 4_096, 4_097, 6_000])
      : this.#random.between(0, 60);
    return this.#withMore([uint(10), str(this.peer()), bin(this.bytes(size))], true);
  }

  watch(): FrameNode {
    const random = this.#random;
    const on = random.chance(0.6);
    const count = random.chance(0.1) ? random.between(10, 40) : random.between(0, 4);
    const users = Array.from({ length: count }, () => str(this.user()));
    if (!on) for (const name of this.#view.watched) if (random.chance(0.7)) users.push(str(name));
    return this.#withMore([uint(11), arr(...users), bool(on)], true);
  }

  call(): FrameNode {
    const random = this.#random;
    const service = str(random.pick(['echo', '', '$echo', 'toString', '__proto__', 'x'.repeat(300)]));
    const args = random.chance(0.3)
      ? raw(random.pick(['ff', 'cb3ff8000000000000', 'd3ffe0000000000001', 'ca3fc00000', '92ffcb7ff8000000000000']))
      : this.value(4);
    return this.#withMore([uint(13), uint(random.between(0, 2 ** 32)), service, str('m'), args], true);
  }

  /** A frame of a later version. */
  future(): FrameNode {
    const op = this.#random.pick([64, 65, 100, 127, 128, 255, 256, 65_536, 2 ** 32, Number.MAX_SAFE_INTEGER]);
    return [uint(op), ...Array.from({ length: this.#random.between(0, 5) }, () => this.value(3))];
  }

  hello(token: string): FrameNode {
    const random = this.#random;
    const pairs: (readonly [Node, Node])[] = [];
    if (random.chance(0.5)) pairs.push([str('window'), uint(random.pick([1, 2, 255, 256, 4_095, 4_096]))]);
    if (random.chance(0.5))
      pairs.push([str('client'), str(random.pick(['c', 'x'.repeat(32), 'ü'.repeat(16), '__proto__']))]);
    if (random.chance(0.4)) pairs.push([str('agent'), str('fuzz/1')]);
    if (random.chance(0.2)) pairs.push([str(random.pick(['later', '__proto__'])), this.value(3)]);
    return this.#withMore([uint(1), str(token), map(...pairs)], true);
  }

  peer(): string {
    const random = this.#random;
    return random.chance(0.4)
      ? this.#view.user
      : random.chance(0.2)
        ? random.pick(['#team', '$echo', '#', '', '$'])
        : this.user();
  }

  user(): string {
    const random = this.#random;
    if (random.chance(0.1)) return this.#view.user;
    return random.chance(0.9)
      ? random.pick(AWAY)
      : random.pick(['a', '__proto__', 'n'.repeat(128), 'é'.repeat(64), '😀'.repeat(32), ' ', 'constructor']);
  }

  body(): Uint8Array {
    const { maxBody } = this.#view.limits;
    return this.bytes(
      this.#random.chance(0.03)
        ? this.#random.pick([0, 1, 255, 256, maxBody - 1, maxBody])
        : this.#random.between(0, 80),
    );
  }

  bytes(size: number): Uint8Array {
    const bytes = Buffer.allocUnsafe(size);
    for (let i = 0; i < size; i++) bytes[i] = this.#random.between(0, 255);
    return bytes;
  }

  /** Any value of the profile, without the numbers that only args may hold. */
  value(depth: number): Node {
    const random = this.#random;
    const pick = random.between(0, depth > 0 ? 8 : 5);
    if (pick === 0) return nil;
    if (pick === 1) return bool(random.chance(0.5));
    if (pick === 2)
      return uint(
        random.pick([0, 1, 127, 128, 255, 256, 65_535, 65_536, 2 ** 32 - 1, 2 ** 32, Number.MAX_SAFE_INTEGER]),
      );
    if (pick === 3) return bin(this.bytes(random.between(0, 9)));
    if (pick <= 5) return str(random.pick(['', 'x', 'grüße', '𝄞', '\u0000', 'long '.repeat(9)]));
    const items = Array.from({ length: random.between(0, 4) }, () => this.value(depth - 1));
    return pick === 6
      ? arr(...items)
      : map(...items.map((item) => [str(random.pick(['k', '__proto__', 'ttl', ''])), item] as const));
  }

  /** Now and then with fields behind those of version 1, where that does not give an optional field a meaning. */
  #withMore(frame: Node[], isFull: boolean): FrameNode {
    if (isFull && this.#random.chance(0.08))
      for (let i = this.#random.between(1, 3); i > 0; i--) frame.push(this.value(3));
    return frame;
  }
}
