const messagesPerBlock = 15;

/** Fifteen messages with the tick each came at, in one array; blocks are chained and recycled, so a long mailbox is never copied and an empty one holds nothing. */
class Block {
  readonly items: unknown[] = new Array<unknown>(messagesPerBlock * 2).fill(undefined);
  next: Block | null = null;
  read = 0;
  write = 0;
}

const mostSpare = 1_024;
const spare: Block[] = [];

/** The messages behind the oldest one (which its actor holds itself, so that a mailbox of one allocates nothing). First in, first out. */
export class Mailbox {
  #head: Block = spare.pop() ?? new Block();
  #tail: Block = this.#head;
  /** The tick at which the message that `shift` returned last came in. */
  shiftedAt = 0;

  /** Returns whether a block was begun for it: then and only then is it time to look whether the mailbox is long. */
  push(message: unknown, tick: number): boolean {
    let tail = this.#tail;
    const isFull = tail.write === messagesPerBlock * 2;
    if (isFull) {
      tail.next = spare.pop() ?? new Block();
      tail = tail.next;
      this.#tail = tail;
    }
    tail.items[tail.write] = message;
    tail.items[tail.write + 1] = tick;
    tail.write += 2;
    return isFull;
  }

  /** Puts a message before the oldest. */
  unshift(message: unknown, tick: number): void {
    let head = this.#head;
    if (head.read === 0) {
      head = spare.pop() ?? new Block();
      head.next = this.#head;
      head.read = messagesPerBlock * 2;
      head.write = head.read;
      this.#head = head;
    }
    head.read -= 2;
    head.items[head.read] = message;
    head.items[head.read + 1] = tick;
  }

  /** Takes the oldest. The caller knows that there is one. */
  shift(): unknown {
    let head = this.#head;
    if (head.read === head.write) {
      const next = head.next as Block;
      this.#recycle(head);
      this.#head = next;
      head = next;
    }
    const message = head.items[head.read];
    this.shiftedAt = head.items[head.read + 1] as number;
    head.items[head.read] = undefined;
    head.read += 2;
    return message;
  }

  /** Gives the blocks back. The mailbox must not be used after it. */
  release(): void {
    for (let block: Block | null = this.#head; block;) {
      const next: Block | null = block.next;
      for (let i = block.read; i < block.write; i += 2) block.items[i] = undefined;
      this.#recycle(block);
      block = next;
    }
  }

  #recycle(block: Block): void {
    if (spare.length >= mostSpare) return;
    block.next = null;
    block.read = 0;
    block.write = 0;
    spare.push(block);
  }
}
