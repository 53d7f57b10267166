import { describe, expect, test } from '@jest/globals';
import { PARTITIONS } from '../../src/seams/placement.js';
import type { NodeId, Placement } from '../../src/seams/placement.js';

/** What the contract suite needs of an implementation. */
export interface PlacementUnderTest {
  readonly placement: Placement;
  /** Moves a partition to another node and resolves with it; undefined where the implementation cannot. */
  move?(partition: number): Promise<NodeId>;
  dispose(): Promise<void>;
}

const all = Array.from({ length: PARTITIONS }, (_, n) => n);

/** Tests that every Placement passes. */
export function describePlacement(name: string, make: () => Promise<PlacementUnderTest>): void {
  describe(`${name} keeps the contract of a Placement:`, () => {
    const withPlacement = async (run: (subject: PlacementUnderTest) => Promise<void> | void): Promise<void> => {
      const subject = await make();
      try {
        await run(subject);
      } finally {
        await subject.dispose();
      }
    };

    test('there are 64 partitions, each with one owner and an epoch of at least 1', () =>
      withPlacement(({ placement }) => {
        expect(PARTITIONS).toBe(64);
        for (const partition of all) {
          expect(placement.ownerOf(partition)).not.toBe('');
          expect(placement.ownerOf(partition)).toBe(placement.ownerOf(partition));
          expect(placement.epochOf(partition)).toBeGreaterThanOrEqual(1);
        }
      }));

    test('a node has a name', () => withPlacement(({ placement }) => expect(placement.self).toMatch(/./)));

    test.each([-1, PARTITIONS, 1.5, NaN, Infinity])('%p is no partition', (partition) =>
      withPlacement(({ placement }) => {
        expect(() => placement.ownerOf(partition)).toThrow(RangeError);
        expect(() => placement.epochOf(partition)).toThrow(RangeError);
      }),
    );

    test('a move raises the epoch and is told, where there are moves; nothing is told after the end of it', () =>
      withPlacement(async ({ placement, move }) => {
        const told: unknown[] = [];
        const end = placement.onChange((...change) => told.push(change));
        const before = placement.epochOf(5);
        const owner = await move?.(5);
        expect(told).toEqual(owner === undefined ? [] : [[5, owner, placement.epochOf(5)]]);
        expect(placement.epochOf(5)).toBe(owner === undefined ? before : before + 1);
        end();
        await move?.(6);
        expect(told).toHaveLength(owner === undefined ? 0 : 1);
      }));
  });
}
