import { readFileSync } from 'node:fs';
import { expect, test, describe } from '@jest/globals';
import {
  FrameWriter,
  NameCache,
  closeCodes,
  errorCloses,
  errorCodes,
  failCodes,
  limits,
  mayReconnect,
  readClientFrames,
  readServerFrames,
  rejectCodes,
  replyCodes,
} from '../src/index.js';
import type { ErrorCode } from '../src/index.js';
import { hex } from './recorder.js';
import { vectorCases } from './vector-cases.js';
import type { WireFrame } from './vector-cases.js';
import { recordWireClient, recordWireServer, writeWireFrame } from './wire-frames.js';

const page = readFileSync(new URL('../../../docs/protocol.md', import.meta.url), 'utf8');

/** The messages of the worked session: the way, the bytes, the frames below them. */
const messages = [...page.matchAll(/^```frames\n([^`]*)^```$/gm)]
  .flatMap(([, block]) => (block ?? '').trimEnd().split(/\n(?=[CS] )/))
  .map((message) => {
    const [head = '', ...frames] = message.split('\n');
    return {
      way: head[0] as 'C' | 'S',
      bytes: head.slice(1).replaceAll(' ', ''),
      frames: frames.map((line) => JSON.parse(line) as WireFrame),
    };
  });

describe('docs/protocol.md', () => {
  test('has a session of whole messages', () => {
    expect(messages.length).toBeGreaterThan(10);
  });

  test.each(messages.map((message) => [`${message.way} ${JSON.stringify(message.frames)}`, message] as const))(
    'has the right bytes for %s',
    (_, { way, bytes, frames }) => {
      const message = Uint8Array.from(Buffer.from(bytes, 'hex'));
      const visitor = way === 'C' ? recordWireClient(message) : recordWireServer(message);
      const error =
        way === 'C'
          ? readClientFrames(message, visitor as ReturnType<typeof recordWireClient>, new NameCache(16))
          : readServerFrames(message, visitor as ReturnType<typeof recordWireServer>);
      expect({ error, frames: visitor.frames }).toEqual({ error: undefined, frames });
      const writer = new FrameWriter();
      for (const frame of frames) writeWireFrame(writer, way, frame);
      expect(hex(writer.take())).toBe(bytes);
    },
  );

  test('explains every code in the words of the code', () => {
    for (const [code, meaning] of [
      ...Object.entries(rejectCodes),
      ...Object.entries(failCodes),
      ...Object.entries(replyCodes),
    ]) {
      expect(page).toContain(`| \`${code}\` | ${meaning} |`);
    }
    for (const [code, meaning] of Object.entries(errorCodes)) {
      expect(page).toContain(`| \`${code}\` | ${errorCloses[code as ErrorCode] ?? 'none'} | ${meaning} |`);
    }
    for (const [code, meaning] of Object.entries(closeCodes)) {
      expect(page).toContain(`| \`${code}\` | ${mayReconnect(Number(code)) ? 'yes' : 'no'} | ${meaning} |`);
    }
  });

  test('has every limit with its value', () => {
    const rows = new Map(
      [...page.matchAll(/^\| `(\w+)` \| (\d+) \|/gm)].map(([, name, value]) => [name, Number(value)]),
    );
    expect(Object.fromEntries([...rows].filter(([name]) => name !== undefined && name in limits))).toEqual({
      ...limits,
    });
  });

  test('says how many vectors there are', () => {
    expect(page.replaceAll('\n', ' ')).toContain(`has ${vectorCases.length} messages`);
  });
});
