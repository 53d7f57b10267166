import { defaultWelcomeLimits, FrameWriter } from '@mailbeam/protocol';

/** Frames of one turn on their way out, packed into as few WebSocket messages as `limits.maxMessage` allows. */
export class Outgoing {
  private readonly writer = new FrameWriter();
  private readonly transmit: (bytes: Uint8Array<ArrayBuffer>) => void;
  /** Largest WebSocket message, bytes. */
  maxMessage = defaultWelcomeLimits.maxMessage;

  constructor(transmit: (bytes: Uint8Array<ArrayBuffer>) => void) {
    this.transmit = transmit;
  }

  /** The writer for a frame of at most `bytes`; what is written already leaves first where both do not fit together. */
  room(bytes: number): FrameWriter {
    if (this.writer.length > 0 && this.writer.length + bytes > this.maxMessage) this.send();
    return this.writer;
  }

  /** Sends what is written. */
  send(): void {
    if (this.writer.length === 0) return;
    // A copy, since the writer's bytes are written again and a socket may hold on to what it was given.
    this.transmit(new Uint8Array(this.writer.take()));
  }

  /** Forgets what is written. */
  reset(): void {
    this.writer.reset();
  }
}
