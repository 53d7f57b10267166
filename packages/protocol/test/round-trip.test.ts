import { expect, test, describe } from '@jest/globals';
import fc from 'fast-check';
import { unpackMultiple } from 'msgpackr';
import { FrameWriter, NameCache, readClientFrames, readServerFrames } from '../src/index.js';
import { clientFrame, serverFrame } from './arbitraries.js';
import { recordClient, recordServer } from './recorder.js';

// fast-check prints the seed of a failing run.

describe('what FrameWriter writes', () => {
  const names = new NameCache(64);

  test('is read back by readClientFrames, frame by frame and field by field', () => {
    fc.assert(
      fc.property(fc.array(clientFrame, { maxLength: 8 }), (frames) => {
        const writer = new FrameWriter(16);
        for (const frame of frames) frame.write(writer);
        const bytes = writer.take();
        const visitor = recordClient(bytes);
        expect(readClientFrames(bytes, visitor, names)).toBeUndefined();
        expect(visitor.seen).toEqual(frames.map((frame) => frame.seen));
        if (frames.length > 0) expect(unpackMultiple(bytes)).toHaveLength(frames.length);
      }),
      { numRuns: 1500 },
    );
  });

  test('is read back by readServerFrames, frame by frame and field by field', () => {
    fc.assert(
      fc.property(fc.array(serverFrame, { maxLength: 8 }), (frames) => {
        const writer = new FrameWriter(16);
        for (const frame of frames) frame.write(writer);
        const bytes = writer.take();
        const visitor = recordServer(bytes);
        expect(readServerFrames(bytes, visitor, names)).toBeUndefined();
        expect(visitor.seen).toEqual(frames.map((frame) => frame.seen));
        if (frames.length > 0) expect(unpackMultiple(bytes)).toHaveLength(frames.length);
      }),
      { numRuns: 1500 },
    );
  });
});
