// Nanoseconds per frame, best of seven rounds: npx tsc -b packages/protocol && node packages/protocol/bench/codec.mjs
import { FrameWriter, NameCache, readClientFrames, readServerFrames } from '../dist/index.js';

const frames = 1000;
const now = 1_795_000_000_000;
const body = new Uint8Array(100).fill(97);
const users = Array.from({ length: 200 }, (_, i) => `user-${1000 + i}`);
const names = new NameCache();
const noNames = new NameCache(1);
let sink = 0; // keeps the work from being optimised away

const client = {
  hello() {},
  send: (cid, to, kind, start, end) => void (sink += cid + to.length + kind + end),
  ack: (seq) => void (sink += seq),
  read() {},
  signal() {},
  watch() {},
  call() {},
};
const server = { deliver: (seq, from, origin, cid, ts, start, end) => void (sink += seq + from.length + end) };

function measure(what, repeat, work) {
  let best = Infinity;
  for (let round = 0; round < 7; round++) {
    const begin = process.hrtime.bigint();
    for (let i = 0; i < repeat; i++) work();
    best = Math.min(best, Number(process.hrtime.bigint() - begin) / (repeat * frames));
  }
  console.log(`${what.padEnd(52)} ${best.toFixed(1)} ns`);
}

/** All frames in one message. */
function batch(write) {
  const writer = new FrameWriter();
  for (let i = 0; i < frames; i++) write(writer, i);
  return writer.take();
}

const send = (writer, i) => writer.send(1000 + i * 977, users[i % 200], body);
const deliver = (writer, i) => writer.deliver(500 + i, users[i % 200], 1, 1000 + i * 977, now, body, 0, 100);
const single = Array.from({ length: frames }, (_, i) => {
  const writer = new FrameWriter();
  send(writer, i);
  return writer.take();
});
const sends = batch(send);
const cyrillic = batch((writer, i) => writer.send(i, `имя-${i}`, body));
const acks = batch((writer, i) => writer.ack(1000 + i * 70));
const delivers = batch(deliver);

measure('read SEND, 100 bytes, one a message', 300, () => {
  for (const message of single) readClientFrames(message, client, names);
});
measure('read SEND, 100 bytes, 1,000 a message', 300, () => void readClientFrames(sends, client, names));
measure('read SEND, 1,000 Cyrillic names', 300, () => void readClientFrames(cyrillic, client, names));
measure('read SEND, name never in the cache', 300, () => void readClientFrames(sends, client, noNames));
measure('read ACK', 1000, () => void readClientFrames(acks, client, names));
measure('read DELIVER, 100 bytes', 300, () => void readServerFrames(delivers, server, names));

const writer = new FrameWriter();
/** One message for each `group` frames. */
function written(group, write) {
  return () => {
    for (let i = 0; i < frames; i++) {
      write(writer, i);
      if (i % group === group - 1) sink += writer.take().length;
    }
    writer.reset();
  };
}
measure('write DELIVER, 100 bytes, one a message', 300, written(1, deliver));
measure('write DELIVER, 100 bytes, 32 a message', 300, written(32, deliver));
measure(
  'write ACCEPTED',
  1000,
  written(32, (w, i) => w.accepted(i * 977, now)),
);
measure(
  'write RECEIPT',
  300,
  written(32, (w, i) => w.receipt(500 + i, users[i % 200], 1, 1, i * 977, now)),
);
measure('write SEND, 100 bytes', 300, written(32, send));
if (sink === 0) throw new Error('nothing was done');
