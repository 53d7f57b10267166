import { existsSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { Machine } from '../../src/activity/machine.js';
import {
  cpuTimes,
  diskCounts,
  kernelCounts,
  memorySizes,
  pressureSeconds,
  trafficCounts,
} from '../../src/activity/machine-reading.js';

const stat = [
  'cpu  1000 20 300 40000 50 6 7 8 0 0',
  'cpu0 500 10 150 20000 25 3 4 4 0 0',
  'intr 987654 0 0 12',
  'ctxt 123456',
  'btime 1795000000',
  'processes 4321',
  'procs_running 3',
  'procs_blocked 1',
  '',
].join('\n');

const interfaces = [
  'Inter-|   Receive                                                |  Transmit',
  ' face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed',
  '    lo: 1000 10 0 0 0 0 0 0 1000 10 0 0 0 0 0 0',
  '  eth0: 5000 50 1 2 0 0 0 0 7000 70 3 4 0 0 0 0',
  'eth1:6000 60 0 0 0 0 0 0 1 1 0 0 0 0 0 0',
].join('\n');

const disks = [
  '   8       0 sda 100 0 2000 0 50 0 4000 0 0 1500 0 0 0 0 0 0 0',
  '   8       1 sda1 90 0 1900 0 50 0 4000 0 0 1500 0 0 0 0 0 0 0',
].join('\n');

test('processor times are seconds, by kind, of all processors', () => {
  expect(cpuTimes(stat)).toEqual({
    ...{ user: 10, nice: 0.2, system: 3, idle: 400, iowait: 0.5, irq: 0.06, softirq: 0.07, steal: 0.08 },
  });
});

test('the kernel counts context switches, interrupts and forks', () => {
  expect(kernelCounts(stat)).toEqual({
    contextSwitches: 123_456,
    interrupts: 987_654,
    forks: 4_321,
    running: 3,
    blocked: 1,
  });
});

test('memory is bytes', () => {
  const sizes = memorySizes(
    'MemTotal: 1000 kB\nMemFree:  10 kB\nMemAvailable: 600 kB\nCached: 500 kB\nDirty: 1 kB\nSwapTotal: 9 kB\nSwapFree: 4 kB\n',
  );
  expect(sizes).toEqual({
    total: 1_024_000,
    free: 10_240,
    available: 614_400,
    cached: 512_000,
    dirty: 1_024,
    swapUsed: 5_120,
  });
});

test('traffic is summed over interfaces, what was lost apart', () => {
  expect(trafficCounts(interfaces, (name) => name !== 'lo')).toEqual({
    ...{ rxBytes: 11_000, rxPackets: 110, rxLost: 3, txBytes: 7_001, txPackets: 71, txLost: 7 },
  });
  expect(trafficCounts(interfaces, (name) => name === 'lo')).toMatchObject({ rxPackets: 10, txBytes: 1_000 });
});

test('a disk is counted once, not again for its partitions', () => {
  expect(diskCounts(disks, (name) => name === 'sda')).toEqual({
    ...{ reads: 100, readBytes: 1_024_000, writes: 50, writtenBytes: 2_048_000, busy: 1.5 },
  });
});

test('pressure is seconds in which some task waited', () => {
  expect(pressureSeconds('some avg10=0.00 avg60=0.00 avg300=0.00 total=2500000\nfull avg10=0 total=1\n')).toBe(2.5);
});

test('a machine without /proc is not known', () => {
  expect(Object.values(cpuTimes(''))).toEqual(new Array(8).fill(NaN));
  expect(kernelCounts('').contextSwitches).toBeNaN();
  expect(memorySizes('').total).toBeNaN();
  expect(trafficCounts('', () => true).rxBytes).toBeNaN();
  expect(diskCounts('', () => true).reads).toBeNaN();
  expect(pressureSeconds('')).toBeNaN();
});

(existsSync('/proc/stat') ? test : test.skip)('this machine can be read twice, and counts on', () => {
  const machine = new Machine();
  const [first, second] = [machine.read(), machine.read()];
  machine.close();
  expect(first.memory.total).toBeGreaterThan(1 << 20);
  expect(first.cpu.user).toBeGreaterThan(0);
  expect(second.kernel.contextSwitches).toBeGreaterThanOrEqual(first.kernel.contextSwitches);
  expect(second.loopback.rxPackets).toBeGreaterThanOrEqual(first.loopback.rxPackets);
});
