import { beforeEach, expect, test } from '@jest/globals';
import { IdleCollection } from '../src/idle-collection.js';

const MB = 1 << 20;

let now = 0;
let utilization = 0;
let heap = 0;
let pauseMs = 0;
let collections = 0;
let collection: IdleCollection;

function newCollection(): IdleCollection {
  return new IdleCollection({
    now: () => now,
    utilization: () => utilization,
    heapBytes: () => heap,
    collect: () => {
      collections++;
      now += pauseMs;
      heap = 20 * MB;
    },
  });
}

beforeEach(() => {
  [now, utilization, heap, pauseMs, collections] = [0, 0, 20 * MB, 10, 0];
  collection = newCollection();
  looks(3);
  collections = 0;
});

/** Lets so many looks go by. */
function looks(count: number): void {
  for (let i = 0; i < count * 20; i++) {
    now += 250;
    collection.tick();
  }
}

test('collects twice when the heap has grown and nothing is to do, then no more', () => {
  heap = 60 * MB;
  looks(1);
  expect(collections).toBe(1);
  looks(1);
  expect(collections).toBe(2);
  looks(20);
  expect(collections).toBe(2);
});

test('leaves a heap alone that has hardly grown', () => {
  heap = 23 * MB;
  looks(10);
  expect(collections).toBe(0);
});

test('waits until the loop is idle', () => {
  heap = 60 * MB;
  utilization = 0.2;
  looks(10);
  expect(collections).toBe(0);
  utilization = 0.01;
  looks(1);
  expect(collections).toBe(1);
});

test('does not collect where the pause would be felt, as the last one tells', () => {
  pauseMs = 40;
  heap = 60 * MB;
  looks(2);
  expect(collections).toBe(2);
  heap = 200 * MB;
  looks(10);
  expect(collections).toBe(2);
});

test.each([
  [199, 'is collected', 1],
  [201, 'is left to V8', 0],
])('before any was measured, a heap of %i MiB %s', (megabytes, _, times) => {
  heap = megabytes * MB;
  collection = newCollection();
  looks(1);
  expect(collections).toBe(times);
});

test('counts growth from where V8 has shrunk the heap to', () => {
  heap = 60 * MB;
  looks(2);
  heap = 8 * MB;
  looks(1);
  heap = 14 * MB;
  looks(1);
  expect(collections).toBe(3);
});
