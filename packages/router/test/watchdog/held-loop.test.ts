import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { forgetHeldLoop, heldLoopText, noteHeldLoop, takeHeldLoop } from '../../src/watchdog/held-loop.js';

let data: string;
beforeEach(() => {
  data = mkdtempSync(join(tmpdir(), 'mailbeam-held-'));
});
afterEach(() => rmSync(data, { recursive: true }));

const held = { pid: 17, actor: { id: 4, behaviour: 'session', version: '1.2.0' }, heldMs: 2_000 };

test('a note is taken once, by the parent of the process that it names', () => {
  noteHeldLoop(data, held);
  expect([takeHeldLoop(data, 17), takeHeldLoop(data, 17)]).toEqual([held, undefined]);
  noteHeldLoop(data, held);
  expect(takeHeldLoop(data, 18)).toBeUndefined();
  expect(readdirSync(data)).toEqual([]);
});

test('nothing, and a note that is no note, are nothing', () => {
  forgetHeldLoop(data);
  expect(takeHeldLoop(data, 17)).toBeUndefined();
  writeFileSync(join(data, 'held-loop.json'), '{"pid":');
  expect(takeHeldLoop(data, 17)).toBeUndefined();
});

test('says who it was', () => {
  expect(heldLoopText(held)).toBe('session 1.2.0 (actor 4) held the event loop for 2,000 ms');
  expect(heldLoopText({ ...held, actor: undefined })).toMatch(/^the router's own code held/);
});
