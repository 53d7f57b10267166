import type { TestClient, TestNode } from '../src/test-kit/test-node.js';

/** A person whose client connects, and acks what came, when the test says so. */
export class Person {
  readonly name: string;
  protected client: TestClient | null = null;
  #acked = 0;

  constructor(name: string) {
    this.name = name;
  }

  /** On a new connection, in place of the one before. */
  connect(node: TestNode, window?: number): void {
    this.cut();
    this.client = node.connect(this.name, { client: 'c', ...(window !== undefined && { window }) });
    this.#acked = 0;
  }

  cut(): void {
    this.client?.cut();
    this.client = null;
  }

  /** Acks a part of what came and is not acked, up to all of it. */
  ack(part = 1): void {
    const { client } = this;
    if (client === null || client.closedWith !== null) return;
    const seqs = [...client.of('deliver'), ...client.of('receipt')].map(({ seq }) => seq).sort((a, b) => a - b);
    const waiting = seqs.filter((seq) => seq > this.#acked);
    const seq = waiting[Math.ceil(waiting.length * part) - 1];
    if (seq !== undefined) client.ack((this.#acked = seq));
  }
}
