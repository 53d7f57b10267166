import { readFileSync, writeFileSync } from 'node:fs';
import { expect, test, describe } from '@jest/globals';
import { Unpackr } from 'msgpackr';
import { FrameWriter, NameCache, readClientFrames, readServerFrames } from '../src/index.js';
import { hex } from './recorder.js';
import { vectorCases } from './vector-cases.js';
import type { Field, Vector } from './vector-cases.js';
import { recordWireClient, recordWireServer, writeWireFrame } from './wire-frames.js';

const file = new URL('../../../docs/protocol-vectors.json', import.meta.url);
if (process.env['MAILBEAM_WRITE_VECTORS'] === '1') {
  writeFileSync(file, `[\n${vectorCases.map((vector) => `  ${JSON.stringify(vector)}`).join(',\n')}\n]\n`);
}
const vectors = JSON.parse(readFileSync(file, 'utf8')) as Vector[];
const unpackr = new Unpackr({ useRecords: false, int64AsType: 'auto' as 'number' });
const names = new NameCache(256);

function read(vector: Vector): { frames: unknown[]; error: string | undefined } {
  const bytes = Uint8Array.from(Buffer.from(vector.hex, 'hex'));
  if (vector.way === 'C') {
    const visitor = recordWireClient(bytes);
    return { error: readClientFrames(bytes, visitor, names)?.code, frames: visitor.frames };
  }
  const visitor = recordWireServer(bytes);
  return { error: readServerFrames(bytes, visitor)?.code, frames: visitor.frames };
}

/** A value as msgpackr gives it, as a vector shows it. */
function plain(value: unknown): Field {
  if (value instanceof Uint8Array) return { bin: hex(value) };
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value as Field;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, plain(inner)]));
}

describe('docs/protocol-vectors.json', () => {
  test('is what the cases say (write it anew: MAILBEAM_WRITE_VECTORS=1 and this test)', () => {
    expect(vectors).toEqual(vectorCases);
  });

  test('has a name of its own for each vector', () => {
    expect(new Set(vectors.map((vector) => `${vector.way} ${vector.name}`)).size).toBe(vectors.length);
    expect(vectors.length).toBeGreaterThanOrEqual(80);
  });
});

describe('a valid vector', () => {
  const valid = vectors.filter((vector) => vector.valid);
  const exact = valid.filter((vector) => vector.exact === true);

  test.each(valid.map((vector) => [`${vector.way}: ${vector.name}`, vector] as const))('is read: %s', (_, vector) => {
    expect(read(vector)).toEqual({ error: undefined, frames: vector.frames });
  });

  test.each(exact.map((vector) => [`${vector.way}: ${vector.name}`, vector] as const))(
    'is written with the same bytes: %s',
    (_, vector) => {
      const writer = new FrameWriter();
      for (const frame of vector.frames ?? []) writeWireFrame(writer, vector.way, frame);
      expect(hex(writer.take())).toBe(vector.hex);
    },
  );

  test('is the same to msgpackr', () => {
    for (const { name, hex: message, exact: whole, frames } of valid) {
      if (message === '') continue;
      const decoded: unknown[] = [];
      unpackr.unpackMultiple(Buffer.from(message, 'hex'), (value: unknown) => void decoded.push(value));
      const shown = decoded.map((frame) => plain(frame));
      if (whole === true) expect({ name, frames: shown }).toEqual({ name, frames });
      else expect(shown.length).toBeGreaterThanOrEqual(frames?.length ?? 0);
    }
  });
});

describe('an invalid vector', () => {
  const invalid = vectors.filter((vector) => !vector.valid);

  test.each(invalid.map((vector) => [`${vector.way}: ${vector.name}`, vector] as const))(
    'is refused: %s',
    (_, vector) => {
      expect(read(vector).error).toBe(vector.error);
    },
  );
});
