import { expect, test, describe } from '@jest/globals';
import { FrameWriter } from '../src/index.js';
import { hex } from './recorder.js';

// The bytes of every frame are in docs/protocol-vectors.json; here is what the writer promises besides.

describe('FrameWriter', () => {
  test('writes frames back to back and begins anew after take', () => {
    const writer = new FrameWriter();
    writer.ack(1);
    writer.ack(2);
    expect(hex(writer.take())).toBe('920701920702');
    expect(writer.length).toBe(0);
    writer.ack(3);
    expect(hex(writer.take())).toBe('920703');
  });

  test('forgets what was written at reset', () => {
    const writer = new FrameWriter();
    writer.ack(1);
    writer.reset();
    expect(writer.take()).toHaveLength(0);
  });

  test('makes no buffer before its first frame', () => {
    expect(new FrameWriter().bytes).toHaveLength(0);
  });

  test('keeps what was written when it grows', () => {
    const writer = new FrameWriter(1);
    for (let seq = 1; seq <= 100; seq++) writer.ack(seq);
    writer.send(7, 'bob', new Uint8Array(10_000).fill(1));
    const bytes = writer.take();
    for (let seq = 1; seq <= 100; seq++) expect([...bytes.subarray(3 * seq - 3, 3 * seq)]).toEqual([0x92, 7, seq]);
    expect(bytes).toHaveLength(300 + 3 + 4 + 3 + 10_000);
  });

  test.each([-1, 1.5, Number.NaN, Infinity, 2 ** 53])('refuses the number %p and has then written nothing', (bad) => {
    const writer = new FrameWriter();
    writer.ack(1);
    expect(() => writer.accepted(1, bad)).toThrow(RangeError);
    expect(() => writer.ack(bad)).toThrow(RangeError);
    expect(() => writer.deliver(1, 'ann', bad, 1, 1, new Uint8Array(), 0, 0)).toThrow(RangeError);
    writer.ack(2);
    expect(hex(writer.take())).toBe('920701920702');
  });

  test('refuses a value that cannot be sent and has then written nothing', () => {
    const writer = new FrameWriter();
    expect(() => writer.reply(1, true, () => 1)).toThrow(TypeError);
    expect(() => writer.call(1, 'a', 'b', new Map())).toThrow(TypeError);
    expect(writer.length).toBe(0);
  });

  test('refuses a receipt with upTo and no code', () => {
    expect(() => new FrameWriter().receipt(1, 'bob', 3, 1, 1, 1, '', 9)).toThrow(RangeError);
  });

  test('takes the body from between its bounds', () => {
    const writer = new FrameWriter();
    const source = Uint8Array.from({ length: 100 }, (_, i) => i);
    writer.signal('bob', source, 10, 12);
    writer.signal('bob', source, 10, 60);
    const long = hex(source.subarray(10, 60));
    expect(hex(writer.take())).toBe(`930aa3626f62c4020a0b930aa3626f62c432${long}`);
  });

  test('writes U+FFFD for a lone surrogate', () => {
    const writer = new FrameWriter();
    writer.error('failed', '\ud800');
    expect(hex(writer.take())).toBe('9310a66661696c6564a3efbfbd');
  });
});
