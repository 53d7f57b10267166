import type { TraceLine } from '@mailbeam/router';
import { describe, expect, test } from '@jest/globals';
import { displayWidth } from '../../src/chat/display-width.js';
import { TraceText } from '../../src/inspect/trace-text.js';
import { RecordedOutput } from '../code/recorded-output.js';

const at = new Date(2026, 0, 2, 3, 4, 5, 60).getTime();
const event = { at, actor: 12, behaviour: 'session', version: '1.0.0', depth: 0, missed: 0 };
const message = '{ op: number, cid: number, to: string(5), body: bytes(1200), ttl: number }';
const lines: TraceLine[] = [
  { type: 'begin', target: 'alice', at, forMs: 10_000, maxPerSecond: 100 },
  { type: 'received', ...event, depth: 3, message },
  { type: 'handled', ...event, message, tookMs: 0.031, stateBytes: 1_536 },
  { type: 'sent', ...event, message, to: '<14>', missed: 40 },
  { type: 'down', at, actor: 12, reason: 'Error: no\n\u001b[2J' },
  { type: 'up', at, actor: 15 },
  { type: 'end', at, why: 'time', told: 3, missed: 40 },
];

describe('a trace', () => {
  test('is told line by line: when, who, what, and the shape of the message', () => {
    const output = new RecordedOutput();
    const text = new TraceText(output, Infinity);
    for (const line of lines) text.show(line);
    expect(output.notes).toEqual(['tracing alice for 10.0 s, at most 100 events a second', '3 events, 40 left out']);
    expect(output.lines).toEqual([
      `03:04:05.060  <12> session 1.0.0  received  depth 3  ${message}`,
      `03:04:05.060  <12> session 1.0.0  handled   in 0.03 ms, state 1.5 KiB  ${message}`,
      '… 40 events left out',
      `03:04:05.060  <12> session 1.0.0  sent      to <14>  ${message}`,
      '03:04:05.060  <12>  ended: Error: no ↵ \ufffd[2J',
      '03:04:05.060  <15>  started',
    ]);
  });

  test('takes one line of the terminal for each event', () => {
    const output = new RecordedOutput();
    const text = new TraceText(output, 60);
    for (const line of lines) text.show(line);
    expect(Math.max(...output.lines.map(displayWidth))).toBe(60);
  });

  test('that a person ends says what was seen until then', () => {
    const output = new RecordedOutput();
    const text = new TraceText(output, 80);
    for (const line of lines.slice(0, -1)) text.show(line);
    text.stopped();
    expect(output.notes.at(-1)).toBe('3 events, 40 left out');
  });
});
