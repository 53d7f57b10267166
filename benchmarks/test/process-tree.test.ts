import { expect, test } from '@jest/globals';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpuMicros, processTree, rssAnonBytes } from '../src/process-tree.js';

/** Burns 300 ms of CPU in a grandchild, says so, and waits. */
const burn = `const end = process.cpuUsage().user + 300000; while (process.cpuUsage().user < end); console.log('burnt'); setInterval(() => {}, 1000)`;
const parent = `require('child_process').spawn(process.execPath, ['-e', ${JSON.stringify(burn)}], { stdio: 'inherit' })`;

test('the CPU and the memory of a grandchild count for its tree', async () => {
  const child = spawn(process.execPath, ['-e', parent], { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(child.stdout, 'data');
  const pids = processTree(child.pid!);
  expect(pids).toHaveLength(2);
  expect(pids[0]).toBe(child.pid);
  expect(cpuMicros(child.pid!)).toBeGreaterThan(300_000);
  expect(rssAnonBytes(child.pid!)).toBeGreaterThan(rssAnonBytes(pids[1]!));
  const ended = once(child, 'close');
  for (const pid of pids) process.kill(pid, 'SIGKILL');
  await ended;
});

test('a process that has ended used nothing', () => {
  expect(cpuMicros(2 ** 22 + 1)).toBe(0);
  expect(rssAnonBytes(2 ** 22 + 1)).toBe(0);
});
