import { opName } from './op.js';
import type { Scanner } from './scanner.js';

/**
 * What is wrong with a frame. The answer to it is ERROR `code` with `detail`, then close 4000 (protocol, "Bad input"); a
 * router that has seen no HELLO yet may answer `unauthorized` instead.
 */
export interface FrameError {
  readonly code: 'bad_frame';
  /** In words, for the person who writes the client; holds nothing of what the frame says. */
  readonly detail: string;
  /** The op of the frame, -1 where it could not be read. */
  readonly op: number;
  /** Where the frame begins in the message, bytes. */
  readonly frameStart: number;
}

/** What reading a frame gives instead of the offset of the next one: the visitor wants no more. */
export const STOP = -1;
/** What reading a frame gives instead of the offset of the next one: `Scanner.fault` says why. */
export const BAD = -2;

/** The error for what `scan` refused in the frame that began at `frameStart`. */
export function frameError(scan: Scanner, op: number, frameStart: number): FrameError {
  const where = op < 0 ? 'frame' : opName(op);
  const detail = `${where}: ${scan.fault} (byte ${scan.at - frameStart} of the frame)`;
  return { code: 'bad_frame', detail, op, frameStart };
}
