import { FrameWriter, NameCache, readClientFrames, readServerFrames } from '@mailbeam/protocol';
import type { ClientFrameVisitor, ServerFrameVisitor } from '@mailbeam/protocol';
import type { MicroTask } from './micro-task.js';

const FRAMES = 64;
const body = new Uint8Array(100).fill(0x61);

function sends(): Uint8Array {
  const writer = new FrameWriter();
  for (let cid = 1; cid <= FRAMES; cid++) writer.send(cid, `user${cid % 16}`, body);
  return writer.take().slice();
}

function delivers(writer: FrameWriter): Uint8Array {
  for (let seq = 1; seq <= FRAMES; seq++) writer.deliver(seq, 'alice', 1, seq, 1_760_000_000_000, body, 0, body.length);
  return writer.take();
}

const nothing = (): void => {};
const clientVisitor: ClientFrameVisitor = {
  hello: nothing,
  send: nothing,
  ack: nothing,
  read: nothing,
  signal: nothing,
  watch: nothing,
  call: nothing,
};
const serverVisitor: ServerFrameVisitor = {
  welcome: nothing,
  accepted: nothing,
  rejected: nothing,
  deliver: nothing,
  receipt: nothing,
  signal: nothing,
  presence: nothing,
  reply: nothing,
  error: nothing,
  goodbye: nothing,
};

/** Frames as a router and a client read and write them, 64 to a WebSocket message, 100-byte bodies. */
export function codecTasks(): MicroTask[] {
  const incoming = sends();
  const names = new NameCache();
  const writer = new FrameWriter();
  const outgoing = delivers(new FrameWriter()).slice();
  return [
    { name: 'codec: read a SEND', perRun: FRAMES, run: () => void readClientFrames(incoming, clientVisitor, names) },
    { name: 'codec: write a DELIVER', perRun: FRAMES, run: () => void delivers(writer) },
    { name: 'codec: read a DELIVER', perRun: FRAMES, run: () => void readServerFrames(outgoing, serverVisitor) },
  ];
}
