import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { describe, expect, test } from '@jest/globals';
import {
  awaitBeat,
  createSystem,
  defineBehaviour,
  hostBeat,
  readHeartbeat,
  type Behaviour,
  type Pid,
} from '../src/index.js';
import { createTestSystem } from '../src/test-kit.js';
import { recorder, type Act } from './recorder.js';

function start(bytes = 65_536) {
  const heartbeat = new SharedArrayBuffer(bytes);
  const kit = createTestSystem({ heartbeat });
  const read = () => readHeartbeat(heartbeat);
  return { kit, system: kit.system, read, heartbeat };
}

describe('the heartbeat', () => {
  test('beats at the start and the end of each turn, and tells turns from rest', () => {
    const { system, read } = start();
    expect(read()).toEqual({ beats: 0, inTurn: false, actor: undefined });
    const seen: unknown[] = [];
    system.send(system.spawn(recorder, { log: [] }), () => seen.push(read()));
    system.runTurn();
    expect(seen).toMatchObject([{ beats: 1, inTurn: true, actor: { id: 1, behaviour: 'recorder', version: '1' } }]);
    expect(read()).toEqual({ beats: 2, inTurn: false, actor: undefined });
  });

  test('names the innermost actor whose callback is on the stack, in any callback', async () => {
    const { kit, system, read } = start();
    const seen: string[] = [];
    const look = (where: string): void => {
      const { actor } = read();
      seen.push(`${where} ${actor?.id} ${actor?.behaviour} ${actor?.version}`);
    };
    const inner = (name: string): Behaviour<undefined, null, Act> =>
      defineBehaviour<undefined, null, Act>({
        name,
        version: '7',
        init: () => (look('init'), null),
        handleMessage: () => undefined,
        codeChange: () => (look('code'), null),
        terminate: () => look('terminate'),
      });
    let child: Pid<Act> | undefined;
    system.send(system.spawn(recorder, { log: [] }), (self) => {
      look('before');
      child = self.spawn(inner('inner'), undefined);
      look('after');
    });
    kit.run();
    await system.changeCode(child as Pid<Act>, inner('next'));
    system.send(child as Pid<Act>, () => undefined);
    kit.run();
    expect(seen).toEqual(['before 1 recorder 1', 'init 2 inner 7', 'after 1 recorder 1', 'code 2 next 7']);
    expect(read().actor).toBeUndefined();
  });

  test('names the code that a callback says it runs, until it is told otherwise', () => {
    const { system, read } = start();
    const seen: unknown[] = [];
    const look = (): number => seen.push(read().actor);
    system.attribute({ name: 'nobody', version: '1' });
    look();
    const pid = system.spawn(recorder, { log: [] });
    system.send(pid, () => {
      system.attribute({ name: 'plug-in', version: '3' });
      look();
      system.attribute(null);
      look();
    });
    system.runTurn();
    look();
    const recorderIs = { id: 1, behaviour: 'recorder', version: '1' };
    expect(seen).toEqual([undefined, { id: 1, behaviour: 'plug-in', version: '3' }, recorderIs, undefined]);
  });

  test('goes on when its room for names is used up, and cuts names that are too long', () => {
    const { system, read } = start(1_024);
    for (let i = 0; i < 200; i += 1) {
      const name = `${i} ${'é'.repeat(i)}`;
      let seen: unknown;
      const again: Behaviour<undefined, null, never> = {
        name,
        version: `v${i}`,
        init: () => ((seen = read().actor), null),
        handleMessage: () => undefined,
      };
      for (let k = 0; k < 2; k += 1) {
        const { id } = system.spawn(again, undefined);
        expect(seen).toEqual({ id, behaviour: name.slice(0, 100), version: `v${i}` });
      }
    }
  });

  test('is seen by another thread while a handler loops: who holds the loop', async () => {
    const heartbeat = new SharedArrayBuffer(4_096);
    const release = new SharedArrayBuffer(4);
    const flag = new Int32Array(release);
    // The other thread has no TypeScript: it gets the function's text. It waits until a turn runs and stands, reads, and lets the handler go.
    const watcher = new Worker(
      `const { workerData: { heartbeat, release }, parentPort } = require('node:worker_threads');
       const words = new Int32Array(heartbeat, 0, 6);
       const flag = new Int32Array(release);
       parentPort.postMessage('ready');
       Atomics.wait(flag, 0, 0); // the handler says that it loops
       const beats = Atomics.load(words, 0);
       Atomics.wait(flag, 0, 1, 50); // nobody wakes it: it looks for 50 ms
       const at = words[4];
       const [name, version] = new Uint16Array(heartbeat, at, 2);
       const text = String.fromCharCode(...new Uint16Array(heartbeat, at + 4, name + version));
       parentPort.postMessage({ stood: beats === Atomics.load(words, 0), inTurn: words[1], id: new Float64Array(heartbeat, 8, 1)[0], name: text.slice(0, name), version: text.slice(name) });
       Atomics.store(flag, 0, 2);`,
      { eval: true, workerData: { heartbeat, release } },
    );
    await once(watcher, 'message');
    const system = createSystem({ heartbeat });
    const looper = defineBehaviour<undefined, null, 'loop'>({
      name: 'looper',
      version: '3',
      init: () => null,
      handleMessage() {
        Atomics.store(flag, 0, 1);
        Atomics.notify(flag, 0);
        while (Atomics.load(flag, 0) !== 2);
      },
    });
    const pid = system.spawn(looper, undefined);
    system.send(pid, 'loop');
    const [seen] = (await once(watcher, 'message')) as [unknown];
    expect(seen).toEqual({ stood: true, inTurn: 1, id: pid.id, name: 'looper', version: '3' });
    await system.stop();
    await watcher.terminate();
  });

  test('wakes the thread that awaits it: a turn and a beat of the host, and nothing else', async () => {
    const { system, read, heartbeat } = start();
    const sleeper = new Worker(
      `const { workerData, parentPort } = require('node:worker_threads');
       const words = new Int32Array(workerData, 0, 7);
       for (;;) {
         Atomics.store(words, 6, 1);
         parentPort.postMessage(Atomics.wait(words, 6, 1));
       }`,
      { eval: true, workerData: heartbeat },
    );
    system.send(system.spawn(recorder, { log: [] }), () => undefined);
    const words = new Int32Array(heartbeat, 0, 7);
    for (const beat of [() => system.runTurn(), () => hostBeat(heartbeat)]) {
      while (words[6] === 0) await new Promise(setImmediate);
      const told = once(sleeper, 'message');
      beat();
      await told;
    }
    expect(read().beats).toBe(3);
    await sleeper.terminate();
  });

  test('is awaited for as long as was asked, and not at all in a turn', () => {
    const { system, heartbeat } = start();
    expect(awaitBeat(heartbeat, 1)).toBe(false);
    let seen: boolean | undefined;
    system.send(system.spawn(recorder, { log: [] }), () => (seen = awaitBeat(heartbeat, 60_000)));
    system.runTurn();
    expect(seen).toBe(true);
    expect(readHeartbeat(heartbeat).beats).toBe(2);
  });

  test.each([[new ArrayBuffer(4_096)], [new SharedArrayBuffer(100)], [7]])(
    'refuses another buffer (%#)',
    (heartbeat) => {
      expect(() => createSystem({ heartbeat: heartbeat as never })).toThrow('heartbeat');
    },
  );
});
