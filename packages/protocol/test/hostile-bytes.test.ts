import { expect, test, describe } from '@jest/globals';
import fc from 'fast-check';
import { Unpackr } from 'msgpackr';
import { FrameWriter, NameCache, nameKind, readClientFrames, readServerFrames } from '../src/index.js';
import { Scanner } from '../src/scanner.js';
import { clientFrame, serverFrame } from './arbitraries.js';
import type { Frame } from './arbitraries.js';
import { recordClient, recordServer } from './recorder.js';
import type { Seen } from './recorder.js';
import { vectorCases } from './vector-cases.js';

// fast-check prints the seed of a failing run.

const names = new NameCache(64);

/** Valid messages with some bytes changed, cut out, put in or cut off. */
function spoiled(frame: fc.Arbitrary<Frame>): fc.Arbitrary<Uint8Array> {
  const edit = fc.record({
    at: fc.double({ min: 0, max: 1, noNaN: true }),
    drop: fc.nat(3),
    put: fc.uint8Array({ maxLength: 3 }),
  });
  return fc
    .tuple(fc.array(frame, { minLength: 1, maxLength: 3 }), fc.array(edit, { maxLength: 4 }))
    .map(([frames, edits]) => {
      const writer = new FrameWriter();
      for (const one of frames) one.write(writer);
      let bytes = [...writer.take().subarray(0, 2000)];
      for (const { at, drop, put } of edits) {
        const place = Math.floor(at * bytes.length);
        bytes = [...bytes.slice(0, place), ...put, ...bytes.slice(place + drop)];
      }
      return Uint8Array.from(bytes);
    });
}

const isUint = (value: unknown): boolean => Number.isSafeInteger(value) && (value as number) >= 0;
const isText = (value: unknown): boolean => typeof value === 'string';
const isBool = (value: unknown): boolean => typeof value === 'boolean';
const isHex = (value: unknown): boolean => typeof value === 'string' && /^([0-9a-f]{2})*$/.test(value);
const orAbsent = (value: unknown): boolean => value === -1 || isUint(value);
const isUser = (value: unknown): boolean => nameKind(value as string) === 1;
const anything = (): boolean => true;
const isLimits = (value: unknown): boolean => Object.values(value as object).every(isUint);

/** What each visitor method may be given, whatever the bytes were. */
const clientShapes: Record<string, ((value: unknown) => boolean)[]> = {
  hello: [isText, (w) => w === -1 || (isUint(w) && (w as number) >= 1 && (w as number) <= 4096), isText, isText],
  send: [isUint, isText, (kind) => [0, 1, 2, 3].includes(kind as number), isHex, orAbsent, isBool],
  ack: [isUint],
  read: [isUint, isUser, isUint, isUint, isBool],
  signal: [(peer) => nameKind(peer as string) !== 0, (kind) => [1, 2, 3].includes(kind as number), isHex],
  watch: [(users) => (users as unknown[]).every(isUser), isBool],
  call: [isUint, isText, isText, anything],
};
const serverShapes: Record<string, ((value: unknown) => boolean)[]> = {
  welcome: [isText, isText, isUint, isUint, isUint, isLimits, isUint],
  accepted: [isUint, isUint],
  rejected: [isUint, isText, isText, orAbsent],
  deliver: [isUint, isText, isUint, isUint, isUint, isHex, isText],
  receipt: [isUint, isText, (kind) => [1, 2, 3].includes(kind as number), isUint, isUint, isUint, isText, isUint],
  signal: [isText, isHex],
  presence: [isText, isBool, isUint],
  reply: [isUint, isBool, anything],
  error: [isText, isText],
  goodbye: [isText, isUint, isText],
};

function expectWellTyped(seen: Seen[], shapes: typeof clientShapes): void {
  for (const [name, ...fields] of seen) {
    const shape = shapes[name] ?? [];
    expect(fields).toHaveLength(shape.length);
    fields.forEach((field, i) => {
      if (shape[i]?.(field) !== true) throw new Error(`${name}: field ${i} is ${String(field)}`);
    });
  }
}

describe('bytes that were spoiled on the way', () => {
  test('give a router well-typed frames or bad_frame, and never an exception', () => {
    let bad = 0;
    fc.assert(
      fc.property(spoiled(clientFrame), (bytes) => {
        const visitor = recordClient(bytes);
        const error = readClientFrames(bytes, visitor, names);
        expectWellTyped(visitor.seen, clientShapes);
        if (error === undefined) return;
        bad++;
        expect(error.code).toBe('bad_frame');
        expect(error.detail).toMatch(/^[A-Za-z0-9 ]+: .+ \(byte \d+ of the frame\)$/);
        expect(error.frameStart).toBeLessThan(bytes.length);
      }),
      { numRuns: 3000 },
    );
    expect(bad).toBeGreaterThan(500);
  });

  test('give a client well-typed frames or bad_frame, and never an exception', () => {
    fc.assert(
      fc.property(spoiled(serverFrame), (bytes) => {
        const visitor = recordServer(bytes);
        const error = readServerFrames(bytes, visitor, names);
        expectWellTyped(visitor.seen, serverShapes);
        if (error !== undefined) expect(error.code).toBe('bad_frame');
      }),
      { numRuns: 3000 },
    );
  });

  test('that are any bytes at all give no exception', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
        expectWellTyped(recordedClient(bytes), clientShapes);
        const visitor = recordServer(bytes);
        readServerFrames(bytes, visitor);
        expectWellTyped(visitor.seen, serverShapes);
      }),
      { numRuns: 3000 },
    );
  });

  test('cut off anywhere give bad_frame, after the frames that were whole', () => {
    for (const { way, hex, exact, frames } of vectorCases) {
      if (exact !== true || way !== 'C' || frames?.length !== 1) continue;
      const whole = Uint8Array.from(Buffer.from(`920701${hex}${hex}`, 'hex'));
      const length = hex.length / 2;
      for (let end = 3 + length + 1; end < whole.length; end++) {
        const visitor = recordClient(whole);
        const error = readClientFrames(whole.subarray(0, end), visitor, names);
        expect([visitor.seen.length, error?.code, error?.frameStart]).toEqual([2, 'bad_frame', 3 + length]);
      }
    }
  });
});

function recordedClient(bytes: Uint8Array): Seen[] {
  const visitor = recordClient(bytes);
  readClientFrames(bytes, visitor, names);
  return visitor.seen;
}

describe('the profile', () => {
  const unpackr = new Unpackr({ useRecords: false, int64AsType: 'auto' as 'number', structuredClone: false });
  const scan = new Scanner();

  /** Structured enough to be valid often: heads of every type with short contents. */
  const message = fc
    .array(
      fc.oneof(
        fc.nat(255),
        fc.constantFrom(0x91, 0x92, 0x81, 0x82, 0xa1, 0xc4, 0xcc, 0xd9, 0xcb, 0xdc, 0xde, 0, 1, 2, 0x61),
      ),
      {
        minLength: 1,
        maxLength: 14,
      },
    )
    .map((bytes) => Uint8Array.from(bytes));

  test('holds only what msgpackr takes as one whole value', () => {
    let accepted = 0;
    fc.assert(
      fc.property(message, (bytes) => {
        scan.open(bytes, 0, bytes.length);
        if (!scan.skipAny()) return;
        accepted++;
        const whole = bytes.slice(0, scan.at);
        expect(() => unpackr.unpack(whole) as unknown).not.toThrow();
        if (scan.at < bytes.length) expect(() => unpackr.unpack(bytes.slice()) as unknown).toThrow(Error);
        if (scan.at > 1) expect(() => unpackr.unpack(whole.subarray(0, -1).slice()) as unknown).toThrow(Error);
      }),
      { numRuns: 5000 },
    );
    expect(accepted).toBeGreaterThan(1000);
  });

  test('takes what msgpackr takes, but for ill-formed text, keys, numbers, nesting and extension types', () => {
    fc.assert(
      fc.property(message, (bytes) => {
        try {
          unpackr.unpack(bytes.slice());
        } catch {
          return; // not MessagePack: the test above is about it
        }
        scan.open(bytes, 0, bytes.length);
        if (scan.skipAny()) expect(scan.at).toBe(bytes.length);
        else expect(scan.fault).toMatch(/UTF-8|a str is expected|beyond 2\^53-1|extension types|c1 is not MessagePack/);
      }),
      { numRuns: 5000 },
    );
  });
});

describe('amplification', () => {
  const visitor = recordClient(new Uint8Array());
  const head = (hex: string, rest: string, times: number): Uint8Array =>
    Uint8Array.from(Buffer.from(hex + rest.repeat(times), 'hex'));

  test.each([
    ['200,000 arrays in each other', head('', '91', 200_000)],
    ['200,000 maps in each other', head('9240', '81a161', 66_000)],
    ['arrays that claim 65,535 elements in each other', head('9240', 'dcffff', 60_000)],
    ['arrays that claim 2^32-1 elements in each other', head('9240', 'ddffffffff', 50_000)],
  ])('is refused at once: %s', (_, bytes) => {
    expect(readClientFrames(bytes, visitor, names)?.code).toBe('bad_frame');
  });
});
