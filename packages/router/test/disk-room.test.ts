import { expect, test } from '@jest/globals';
import { DiskRoom } from '../src/disk-room.js';

/** A disk whose free bytes the test sets. */
function disk(reserve: number) {
  const told: string[] = [];
  const state = { free: 1_000 };
  const room = new DiskRoom({
    directory: '/',
    reserve,
    free: async () => state.free,
    onChange: (isTight, free) => told.push(`${isTight ? 'tight' : 'roomy'} at ${free}`),
  });
  const left = async (free: number): Promise<boolean> => {
    state.free = free;
    await room.look();
    return room.isTight;
  };
  return { room, told, left };
}

test('it is tight from the reserve down, and roomy from an eighth above it', async () => {
  const { told, left } = disk(800);
  expect(await left(800)).toBe(false);
  expect(await left(799)).toBe(true);
  expect(await left(850)).toBe(true);
  expect(await left(900)).toBe(false);
  expect(told).toEqual(['tight at 799', 'roomy at 900']);
});

test('without a reserve it is never tight', async () => {
  const { left } = disk(0);
  expect(await left(0)).toBe(false);
});

test('a file system that does not answer leaves it as it was', async () => {
  const { room, left } = disk(800);
  await left(1);
  const failing = new DiskRoom({
    directory: '/',
    reserve: 800,
    free: () => Promise.reject(new Error('gone')),
    onChange: () => undefined,
  });
  await failing.look();
  expect([room.isTight, failing.isTight]).toEqual([true, false]);
});

test('a real file system tells what is free', async () => {
  const room = new DiskRoom({ directory: '/', reserve: 1, onChange: () => undefined });
  await room.look();
  expect(room.freeBytes).toBeGreaterThan(0);
  expect(room.freeBytes).toBeLessThan(Infinity);
});

test('a tick looks when something was written, while it is tight, and else every fourth time', async () => {
  let looks = 0;
  let free = 1_000;
  const room = new DiskRoom({
    directory: '/',
    reserve: 800,
    free: () => Promise.resolve((looks++, free)),
    onChange: () => undefined,
  });
  const ticks = async (...commits: number[]): Promise<number> => {
    looks = 0;
    for (const count of commits) {
      room.tick(count);
      await new Promise(setImmediate);
    }
    return looks;
  };
  expect(await ticks(1, 2, 3)).toBe(3);
  expect(await ticks(3, 3, 3, 3, 3, 3, 3, 3)).toBe(2);
  free = 700;
  expect(await ticks(4)).toBe(1);
  expect(await ticks(4, 4, 4)).toBe(3);
});
