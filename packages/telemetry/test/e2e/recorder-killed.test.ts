import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, jest, test } from '@jest/globals';
import { activityFile } from '../../src/activity/activity-file.js';
import { readActivity } from '../../src/activity/read-activity.js';

jest.setTimeout(60_000);

const CHILD = fileURLToPath(new URL('recorder-killed-child.mjs', import.meta.url));
const BUILT = fileURLToPath(new URL('../../dist/activity/activity-file.js', import.meta.url));
const KILLS = 30;
const CAPACITY = 500;

/** Records without a pause until it has said so many numbers, and dies in the middle of whatever it does. */
async function recordAndKill(data: string, records: number): Promise<number> {
  const child = spawn(process.execPath, [CHILD, BUILT, data, String(CAPACITY)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  let last = 0;
  let rest = '';
  for await (const chunk of child.stdout) {
    const lines = (rest + String(chunk)).split('\n');
    rest = lines.pop() ?? '';
    last = Number(lines.at(-1) ?? last);
    if (last >= records) child.kill('SIGKILL');
  }
  await ended;
  return last;
}

test(`after each of ${KILLS} SIGKILLs in the middle of a write all is there but that record`, async () => {
  const data = mkdtempSync(join(tmpdir(), 'mailbeam-recorder-'));
  try {
    let before = 0;
    for (let n = 0; n < KILLS; n++) {
      const last = await recordAndKill(data, 20 + 10 * n);
      const { rows, torn } = await readActivity(data);
      const counts = rows.map(({ values }) => values[0]!);
      before += last;
      expect(torn).toBeLessThanOrEqual(1);
      // the child may have written more than it could say
      expect(counts.at(-1)).toBeGreaterThanOrEqual(last);
      expect(rows.length + torn).toBeGreaterThanOrEqual(Math.min(before, CAPACITY - 1));
      const own = counts.slice(-Math.min(last, CAPACITY - 1));
      expect(own).toEqual(own.map((_, i) => own[0]! + i));
    }
    expect(statSync(activityFile(data)).size).toBeLessThan(1 << 20);
  } finally {
    rmSync(data, { recursive: true, force: true });
  }
});
