import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { AuditLog } from '../src/audit-log.js';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'mailbeam-audit-'));
});
afterEach(() => rmSync(root, { recursive: true }));

const linesOf = (path: string): string[] => readFileSync(path, 'utf8').trim().split('\n');

test('the audit log has one line for each event, in order, and goes on after a start', async () => {
  const path = join(root, 'audit.log');
  for (const from of [0, 100]) {
    const log = new AuditLog(path, 1_000_000, fail);
    for (let i = 0; i < 50; i++) log.write({ at: from + i, event: 'load', text: 'x', level: 'info' });
    await log.close();
  }
  const times = linesOf(path).map((line) => (JSON.parse(line) as { at: number }).at);
  expect(times).toEqual([...Array(50).keys(), ...Array.from({ length: 50 }, (_, i) => 100 + i)]);
});

test('is rotated before it has too many bytes; no line is lost or torn, of the last two files', async () => {
  const path = join(root, 'audit.log');
  const log = new AuditLog(path, 2_000, fail);
  for (let at = 0; at < 40; at++) log.write({ at, event: 'load', text: 'x'.repeat(20), level: 'info' });
  await log.close();
  const both = [...linesOf(`${path}.1`), ...linesOf(path)].map((line) => (JSON.parse(line) as { at: number }).at);
  expect(both).toEqual(Array.from({ length: both.length }, (_, i) => 40 - both.length + i));
  expect(readFileSync(`${path}.1`).length).toBeLessThanOrEqual(2_000);
  expect(both.length).toBeGreaterThan(20);
});

test('tells that a line could not be written, and tries the next', async () => {
  const path = join(root, 'folder', 'audit.log');
  const lost: unknown[] = [];
  writeFileSync(join(root, 'folder'), 'in the way');
  const log = new AuditLog(path, 2_000, (error) => void lost.push(error));
  log.write({ at: 1, event: 'load', text: '', level: 'info' });
  log.write({ at: 2, event: 'load', text: '', level: 'info' });
  await log.close();
  expect(lost).toHaveLength(2);
});

function fail(error: unknown): void {
  throw error;
}
