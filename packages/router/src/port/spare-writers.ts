import { FrameWriter } from '@mailbeam/protocol';

/** Buffers of writers that wait for their next turn, in all. */
const SPARE_WRITER_BYTES = 1 << 20;

/** Writers that no port needs at the moment: a port has one only while it has something to say. */
export class SpareWriters {
  readonly #writers: FrameWriter[] = [];
  #bytes = 0;

  take(): FrameWriter {
    const writer = this.#writers.pop();
    if (writer === undefined) return new FrameWriter();
    this.#bytes -= writer.bytes.length;
    return writer;
  }

  give(writer: FrameWriter): void {
    if (this.#bytes + writer.bytes.length > SPARE_WRITER_BYTES) return;
    this.#bytes += writer.bytes.length;
    writer.reset();
    this.#writers.push(writer);
  }
}
