import { describe, expect, test } from '@jest/globals';
import { Operations } from '../src/operations.js';
import { TestClock } from './test-clock.js';

const given: Parameters<Operations['begin']>[1] = {
  ...({ what: 'load', phase: 'compiling' } as const),
  ...{ file: 'a.ts', canary: 100, gateMs: 0, dryRun: false, by: '', moved: 0, old: 0, failed: 0, reason: '' },
};

function arrange() {
  const clock = new TestClock();
  return { clock, operations: new Operations(clock, { maxOperations: 3, keptOperations: 2 }) };
}

describe('an operation', () => {
  test('is awaited until it changes, until it ends, or until the time is up', async () => {
    const { clock, operations } = arrange();
    const operation = operations.begin(['a'], given);
    const changed = operation.after(1, 1_000);
    operation.change({ phase: 'checking' });
    expect(await changed).toMatchObject({ seq: 2, phase: 'checking', ended: false });
    expect(await operation.after(1, 1_000)).toMatchObject({ seq: 2 });
    const late = operation.after(2, 1_000);
    await clock.advance(1_000);
    expect(await late).toMatchObject({ seq: 2 });
    const ended = [operation.after(2, 1_000), operation.ended()];
    operation.end({ phase: 'kept' });
    expect(await Promise.all(ended)).toMatchObject([{ phase: 'kept' }, { ended: true, endedAt: clock.wall() }]);
    expect(await operation.after(99, 1_000)).toMatchObject({ phase: 'kept' });
  });

  test('says since when it is in its phase, whatever else changes meanwhile', async () => {
    const { clock, operations } = arrange();
    const operation = operations.begin(['a'], given);
    const begun = clock.wall();
    await clock.advance(1_000);
    operation.change({ moved: 1 });
    expect(operation.now).toMatchObject({ startedAt: begun, phaseSince: begun });
    operation.change({ phase: 'moving' });
    await clock.advance(1_000);
    operation.change({ phase: 'moving', moved: 2 });
    expect(operation.now.phaseSince).toBe(begun + 1_000);
    operation.end({ phase: 'kept' });
    expect(operation.now.phaseSince).toBe(begun + 2_000);
  });

  test('holds its file and its name until it has ended', () => {
    const { operations } = arrange();
    const first = operations.begin(['a.ts'], given);
    operations.hold(first, 'a');
    const refused = expect.objectContaining({ code: 'operation_in_progress' });
    expect(() => operations.begin(['a'], given)).toThrow(refused);
    expect(() => operations.begin(['a.ts'], given)).toThrow(refused);
    const second = operations.begin(['b.ts'], given);
    expect(() => operations.hold(second, 'a')).toThrow(refused);
    first.end({ phase: 'failed' });
    operations.hold(second, 'a');
    operations.release(first);
    expect(operations.holding('a')).toBe(second);
  });

  test('is one of so many at a time, and is remembered for a while', () => {
    const { operations } = arrange();
    const all = ['a', 'b', 'c'].map((key) => operations.begin([key], given));
    expect(() => operations.begin(['d'], given)).toThrow(expect.objectContaining({ code: 'too_many_operations' }));
    for (const operation of all) operation.end({ phase: 'kept' });
    operations.begin(['d'], given);
    expect(() => operations.get(all[0]!.now.id)).toThrow(expect.objectContaining({ code: 'unknown_operation' }));
    expect(operations.get(all[2]!.now.id).now.phase).toBe('kept');
  });
});
