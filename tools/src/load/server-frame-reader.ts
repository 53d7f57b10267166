import { Op } from '@mailbeam/protocol';

/** The frames that a {@link LoadUser} acts on. `bodyStart` is an offset into the bytes given to the reader. */
export interface LoadFrameVisitor {
  welcome(lastCid: number): void;
  accepted(cid: number): void;
  rejected(cid: number, code: string, detail: string): void;
  deliver(seq: number, bodyStart: number, bodyEnd: number): void;
  receipt(seq: number): void;
  /** ERROR or GOODBYE. */
  ended(what: string): void;
}

/**
 * Reads a server's frames for the load client, more leniently than @mailbeam/protocol: the bare server writes times as
 * float64, which the profile forbids, and the same client has to drive both. It trusts the server's MessagePack, decodes
 * nothing that it does not need, and throws on what it cannot skip.
 */
export class ServerFrameReader {
  private bytes: Uint8Array = new Uint8Array(0);
  private at = 0;

  read(bytes: Uint8Array, visitor: LoadFrameVisitor): void {
    this.bytes = bytes;
    this.at = 0;
    while (this.at < bytes.length) this.frame(visitor);
  }

  private frame(visitor: LoadFrameVisitor): void {
    let fields = this.arraySize() - 1;
    switch (this.uint()) {
      case Op.ACCEPTED:
        visitor.accepted(this.uint());
        fields -= 1;
        break;
      case Op.DELIVER: {
        const seq = this.uint();
        this.skip(4);
        const size = this.byteSize();
        const start = this.at;
        this.at += size;
        fields -= 6;
        visitor.deliver(seq, start, start + size);
        break;
      }
      case Op.RECEIPT:
        visitor.receipt(this.uint());
        fields -= 1;
        break;
      case Op.WELCOME:
        this.skip(3);
        visitor.welcome(this.uint());
        fields -= 4;
        break;
      case Op.REJECTED:
        visitor.rejected(this.uint(), this.text(), this.text());
        fields -= 3;
        break;
      case Op.ERROR:
        visitor.ended(`ERROR ${this.text()}: ${this.text()}`);
        fields -= 2;
        break;
      case Op.GOODBYE:
        visitor.ended(`GOODBYE ${this.text()}`);
        fields -= 1;
        break;
    }
    this.skip(fields);
  }

  private arraySize(): number {
    const type = this.bytes[this.at++]!;
    if (type >= 0x90 && type <= 0x9f) return type & 0x0f;
    if (type === 0xdc) return this.big(2);
    throw new Error(`a frame that begins with 0x${type.toString(16)}`);
  }

  private uint(): number {
    const type = this.bytes[this.at++]!;
    if (type < 0x80) return type;
    if (type >= 0xcc && type <= 0xcf) return this.big(1 << (type - 0xcc));
    throw new Error(`an integer that begins with 0x${type.toString(16)}`);
  }

  /** Size of the bin or str value that begins here; leaves its first byte next. */
  private byteSize(): number {
    const type = this.bytes[this.at++]!;
    if (type >= 0xa0 && type <= 0xbf) return type & 0x1f;
    if (type >= 0xc4 && type <= 0xc6) return this.big(1 << (type - 0xc4));
    if (type >= 0xd9 && type <= 0xdb) return this.big(1 << (type - 0xd9));
    throw new Error(`bytes that begin with 0x${type.toString(16)}`);
  }

  private text(): string {
    const size = this.byteSize();
    this.at += size;
    return Buffer.from(this.bytes.subarray(this.at - size, this.at)).toString('utf8');
  }

  private big(size: number): number {
    let value = 0;
    for (let i = 0; i < size; i++) value = value * 256 + this.bytes[this.at++]!;
    return value;
  }

  private skip(values: number): void {
    let left = values;
    while (left-- > 0) {
      const type = this.bytes[this.at]!;
      if (type < 0x80 || type >= 0xe0 || type === 0xc0 || type === 0xc2 || type === 0xc3) this.at++;
      else if (type <= 0x9f || (type >= 0xdc && type <= 0xdf)) left += this.containerValues();
      else if (type === 0xca) this.at += 5;
      else if (type === 0xcb) this.at += 9;
      else if (type >= 0xcc && type <= 0xcf) this.at += 1 + (1 << (type - 0xcc));
      else if (type >= 0xd0 && type <= 0xd3) this.at += 1 + (1 << (type - 0xd0));
      else {
        const size = this.byteSize(); // moves `at`, so it has to come first
        this.at += size;
      }
    }
  }

  /** How many values the array or map that begins here holds; leaves the first of them next. */
  private containerValues(): number {
    const type = this.bytes[this.at++]!;
    if (type <= 0x8f) return (type & 0x0f) * 2;
    if (type <= 0x9f) return type & 0x0f;
    const size = this.big(type === 0xdc || type === 0xde ? 2 : 4);
    return type >= 0xde ? size * 2 : size;
  }
}
