import { expect, test, describe } from '@jest/globals';
import { FrameWriter, NameCache, readClientFrames, readServerFrames } from '../src/index.js';
import { recordClient, recordServer } from './recorder.js';

// What each frame may hold is in docs/protocol-vectors.json; here is what the readers promise besides.

const names = new NameCache(64);

function acks(...seqs: number[]): Uint8Array {
  const writer = new FrameWriter();
  for (const seq of seqs) writer.ack(seq);
  return writer.take();
}

describe('readClientFrames', () => {
  test('has visited the frames before a bad one, and none behind it', () => {
    const bytes = Uint8Array.from([...acks(1, 2), 0x91, 15, ...acks(3)]);
    const visitor = recordClient(bytes);
    expect(readClientFrames(bytes, visitor, names)).toEqual({
      code: 'bad_frame',
      detail: 'op 15: not an op that a client sends (byte 2 of the frame)',
      op: 15,
      frameStart: 6,
    });
    expect(visitor.seen).toEqual([
      ['ack', 1],
      ['ack', 2],
    ]);
  });

  test('stops when a visitor returns false, also before a bad frame', () => {
    const bytes = Uint8Array.from([...acks(1, 2, 3), 0xc1]);
    const visitor = recordClient(bytes);
    let count = 0;
    visitor.ack = () => (++count === 2 ? false : undefined);
    expect(readClientFrames(bytes, visitor, names)).toBeUndefined();
    expect(count).toBe(2);
  });

  test('may be called, and the other reader too, from within a visitor', () => {
    const inner = acks(100, 101);
    const writer = new FrameWriter();
    writer.accepted(7, 1);
    const fromServer = writer.take().slice();
    const seen: number[] = [];
    const quiet = { ...recordClient(inner), ack: (seq: number) => void seen.push(seq) };
    const server = { ...recordServer(fromServer), accepted: (cid: number) => void seen.push(cid) };
    const outer = acks(1, 2, 3);
    const visitor = recordClient(outer);
    visitor.ack = (seq) => {
      seen.push(seq);
      expect(readClientFrames(inner, quiet, names)).toBeUndefined();
      expect(readServerFrames(fromServer, server)).toBeUndefined();
    };
    expect(readClientFrames(outer, visitor, names)).toBeUndefined();
    expect(seen).toEqual([1, 100, 101, 7, 2, 100, 101, 7, 3, 100, 101, 7]);
  });

  test('lets through what a visitor throws, and works afterwards', () => {
    const bytes = acks(1);
    const visitor = recordClient(bytes);
    visitor.ack = () => {
      throw new Error('no');
    };
    expect(() => readClientFrames(bytes, visitor, names)).toThrow('no');
    const calm = recordClient(bytes);
    expect(readClientFrames(bytes, calm, names)).toBeUndefined();
    expect(calm.seen).toEqual([['ack', 1]]);
  });

  test('reads a view into a larger buffer by offsets into the view', () => {
    const whole = Uint8Array.from([9, 9, 9, 0x94, 3, 1, 0xa1, 0x62, 0xc4, 1, 0x78, 9, 9]);
    const view = whole.subarray(3, 11);
    let body: [number, number] = [0, 0];
    const visitor = recordClient(view);
    visitor.send = (_cid, _to, _kind, start, end) => void (body = [start, end]);
    expect(readClientFrames(view, visitor, names)).toBeUndefined();
    expect(body).toEqual([7, 8]);
  });

  test('says nothing of what a frame holds in its detail', () => {
    const secret = Uint8Array.from([0x93, 1, 0xa6, ...Buffer.from('secret'), 0xc0]);
    const error = readClientFrames(secret, recordClient(secret), names);
    expect(error?.detail).toBe('HELLO: a map is expected (byte 9 of the frame)');
  });

  test('reads bodies of 65,535 and 65,536 bytes and a whole message of the largest size', () => {
    const writer = new FrameWriter();
    for (const length of [65_535, 65_536, 262_144 - 1024]) {
      writer.send(1, 'bob', new Uint8Array(length).fill(7));
      const bytes = writer.take();
      let seen = 0;
      const visitor = recordClient(bytes);
      visitor.send = (_cid, _to, _kind, start, end) => void (seen = end - start);
      expect(readClientFrames(bytes, visitor, names)).toBeUndefined();
      expect(seen).toBe(length);
    }
  });
});
