import { afterEach, describe, expect, test } from '@jest/globals';
import {
  createSystem,
  defineBehaviour,
  supervisor,
  type ActorSystem,
  type Info,
  type Pid,
  type Self,
} from '../src/index.js';
import { awaitOffload, offload, offloadInfo, offloadPool, type OffloadOptions } from '../src/offload.js';
import { createTestSystem } from '../src/test-kit.js';

const tasks = new URL('offload-tasks.mjs', import.meta.url);
const systems: ActorSystem[] = [];

afterEach(async () => {
  await Promise.all(systems.splice(0).map((system) => system.stop()));
});

function begin(options: Partial<OffloadOptions> = {}) {
  const system = createSystem();
  systems.push(system);
  const pool = system.spawn(offloadPool, { tasks, threads: 1, ...options }, { name: 'pool' });
  return { system, pool };
}

/** An actor that runs what it is sent and hands on each info that it gets. */
const asker = defineBehaviour<(info: Info) => void, (info: Info) => void, (self: Self<never>) => unknown>({
  name: 'asker',
  version: '1',
  init: (heard) => heard,
  handleMessage: (act, _heard, self) => void act(self),
  handleInfo: (info, heard) => heard(info),
});

function ask(system: ActorSystem, act: (self: Self<never>) => void): { pid: Pid; heard: Promise<Info> } {
  let hear: (info: Info) => void;
  const heard = new Promise<Info>((done) => (hear = done));
  const pid = system.spawn(asker, (info: Info) => hear(info));
  system.send(pid, act);
  return { pid, heard };
}

/** Settles when the word is not 0 any more. */
async function isSet(word: SharedArrayBuffer): Promise<void> {
  while (Atomics.load(new Int32Array(word), 0) === 0) await new Promise((done) => setImmediate(done));
}

function release(word: SharedArrayBuffer): void {
  Atomics.store(new Int32Array(word), 0, 1);
  Atomics.notify(new Int32Array(word), 0);
}

describe('a task runs in a thread', () => {
  test('and its result comes as a REPLY to the actor that asked', async () => {
    const { system } = begin();
    const { heard } = ask(system, (self) => void offload(self, 'pool', 'double', 21));
    await expect(heard).resolves.toMatchObject({ type: 'REPLY', ok: true, reply: { ok: true, value: 42 } });
  });

  test('or is awaited, from inside and from outside of actors', async () => {
    const { system, pool } = begin();
    await expect(awaitOffload<number>(system, pool, 'later', 1)).resolves.toEqual({ ok: true, value: 2 });
    const inside = new Promise((done) => ask(system, (self) => void awaitOffload(self, pool, 'double', 4).then(done)));
    await expect(inside).resolves.toEqual({ ok: true, value: 8 });
    await expect(offloadInfo(system, pool)).resolves.toMatchObject({ running: 0, queued: 0, completed: 2, failed: 0 });
  });

  test('and the loop of the actors goes on meanwhile', async () => {
    const { system, pool } = begin();
    const word = new SharedArrayBuffer(8);
    const waiting = awaitOffload(system, pool, 'waitFor', word);
    await expect(offloadInfo(system, pool)).resolves.toMatchObject({ running: 1 });
    release(word);
    await expect(waiting).resolves.toEqual({ ok: true, value: 'released' });
  });

  test('and buffers may be moved to it', async () => {
    const { system, pool } = begin();
    const buffer = new ArrayBuffer(1_000);
    await expect(awaitOffload(system, pool, 'lengthOf', buffer, { transfer: [buffer] })).resolves.toEqual({
      ok: true,
      value: 1_000,
    });
    expect(buffer.byteLength).toBe(0);
  });
});

describe('what goes wrong is a value with a code', () => {
  test.each<[string, string, string, RegExp]>([
    ['a task that throws', 'fail', 'task_failed', /task fail: RangeError: no such number/],
    ['a task that does not exist', 'missing', 'task_failed', /task missing: /],
    ['a result that cannot be copied', 'uncopyable', 'task_failed', /task uncopyable: /],
    ['a task that ends its thread', 'leave', 'thread_lost', /exited with code: 3/],
    ['a task that needs more memory than it may', 'fill', 'thread_lost', /memory/],
  ])('%s', async (_what, task, code, message) => {
    const { system, pool } = begin({ maxHeapMb: 32 });
    const result = await awaitOffload(system, pool, task, null);
    expect(result).toMatchObject({ ok: false, code, message: expect.stringMatching(message) });
    await expect(awaitOffload(system, pool, 'double', 1)).resolves.toEqual({ ok: true, value: 2 });
    await expect(offloadInfo(system, pool)).resolves.toMatchObject({ completed: 1, failed: 1 });
  });

  test('an input that cannot be copied', async () => {
    const { system, pool } = begin();
    const result = await awaitOffload(system, pool, 'double', () => undefined);
    expect(result).toMatchObject({ ok: false, code: 'task_failed', message: expect.stringMatching(/cloned/) });
  });

  test('a module that does not exist', async () => {
    const { system, pool } = begin({ tasks: new URL('no-such-file.mjs', import.meta.url) });
    const result = await awaitOffload(system, pool, 'double', 1);
    expect(result).toMatchObject({ ok: false, code: 'task_failed', message: expect.stringMatching(/no-such-file/) });
    expect(system.isAlive(pool)).toBe(true);
  });

  test('one more than may run and wait', async () => {
    const { system, pool } = begin({ threads: 1, maxQueue: 2 });
    const word = new SharedArrayBuffer(8);
    const accepted = [1, 2, 3].map(() => awaitOffload(system, pool, 'waitFor', word));
    await expect(awaitOffload(system, pool, 'double', 1)).resolves.toMatchObject({ ok: false, code: 'queue_full' });
    await expect(offloadInfo(system, pool)).resolves.toMatchObject({ running: 1, queued: 2, refused: 1 });
    release(word);
    await expect(Promise.all(accepted)).resolves.toHaveLength(3);
    await expect(awaitOffload(system, pool, 'double', 1)).resolves.toEqual({ ok: true, value: 2 });
  });

  test('one that runs for ever is stopped in its time, in the time of the system', async () => {
    const kit = createTestSystem();
    const pool = kit.system.spawn(offloadPool, { tasks, threads: 1 });
    const word = new SharedArrayBuffer(8);
    const spinning = awaitOffload(kit.system, pool, 'spin', word, { timeoutMs: 500 });
    await kit.settle();
    await isSet(word);
    await kit.advanceAsync(499);
    let settled = false;
    void spinning.then(() => (settled = true));
    await kit.settle();
    expect(settled).toBe(false);
    await kit.advanceAsync(1);
    await expect(spinning).resolves.toMatchObject({ ok: false, code: 'timeout' });
    // The pool has one thread: it is free again.
    const next = new SharedArrayBuffer(8);
    const after = awaitOffload(kit.system, pool, 'spin', next, { timeoutMs: 500 });
    await kit.settle();
    await isSet(next);
    let stopped = false;
    const stop = kit.system.stop().then(() => (stopped = true));
    while (!stopped) await kit.settle();
    await stop;
    await expect(after).rejects.toMatchObject({ code: 'exit' });
  });
});

describe('the end', () => {
  test('of the actor that asked stops its tasks, those that run and those that wait', async () => {
    const { system, pool } = begin({ threads: 1 });
    const word = new SharedArrayBuffer(8);
    const { pid } = ask(system, (self) => {
      offload(self, pool, 'spin', word);
      offload(self, pool, 'spin', word);
    });
    await isSet(word);
    const next = awaitOffload(system, pool, 'double', 21);
    system.exit(pid, 'shutdown');
    await expect(next).resolves.toEqual({ ok: true, value: 42 });
    await expect(offloadInfo(system, pool)).resolves.toMatchObject({ running: 0, queued: 0, cancelled: 2 });
  });

  test.each(['shutdown', 'kill'])('of the pool by %s ends its threads and tells those who wait', async (reason) => {
    const { system, pool } = begin();
    const word = new SharedArrayBuffer(8);
    const { heard } = ask(system, (self) => void offload(self, pool, 'spin', word));
    await isSet(word);
    const waiting = awaitOffload(system, pool, 'double', 1);
    if (reason === 'kill') system.exit(pool, reason);
    else await system.stop();
    await expect(waiting).rejects.toMatchObject({ code: 'exit' });
    if (reason === 'kill') await expect(heard).resolves.toMatchObject({ type: 'REPLY', ok: false, reason: 'killed' });
    const view = new Int32Array(word);
    // Its thread counts as long as it lives: two equal readings a turn apart, sooner or later.
    for (let before = -1; before !== Atomics.load(view, 1);) {
      before = Atomics.load(view, 1);
      await new Promise((done) => setImmediate(done));
    }
  });

  test('of the pool by a crash is mended by its supervisor', async () => {
    const system = createSystem();
    systems.push(system);
    system.spawn(
      supervisor({
        strategy: 'one_for_one',
        children: [{ id: 'pool', behaviour: offloadPool, arg: { tasks, threads: 1 }, name: 'pool' }],
      }),
      undefined,
    );
    const first = system.whereis('pool') as Pid;
    await expect(awaitOffload(system, 'pool', 'double', 1)).resolves.toMatchObject({ ok: true });
    system.exit(first, 'kill');
    const again = ask(system, (self) => void offload(self, 'pool', 'double', 2));
    await expect(again.heard).resolves.toMatchObject({ reply: { ok: true, value: 4 } });
    expect(system.whereis('pool')).not.toBe(first);
  });
});

test.each<[string, object, string]>([
  ['no module', { tasks: undefined }, 'tasks must be the URL or the path of a module'],
  ['threads', { threads: 0 }, 'threads is 0, must be an integer from 1 to 1024'],
  ['an unknown option', { workers: 3 }, 'unknown offload option workers'],
])('a pool with a bad %s does not start', (_what, options, sentence) => {
  const kit = createTestSystem();
  kit.system.spawn(offloadPool, { tasks, ...options });
  expect(kit.crashes[0]?.reason).toMatchObject({ error: { code: 'bad_option', message: sentence } });
});

test('a bad option of a task is thrown at who asks', () => {
  const { system, pool } = begin();
  expect(() => awaitOffload(system, pool, 'double', 1, { timeoutMs: 0 })).toThrow('timeoutMs is 0');
  expect(() => awaitOffload(system, pool, 'double', 1, { priority: 1 } as never)).toThrow(
    'unknown task option priority',
  );
});
