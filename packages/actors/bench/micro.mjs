// Micro-benchmark of the actor runtime: `node --expose-gc packages/actors/bench/micro.mjs` (after `npx tsc -b packages/actors`).
import { createSystem, defineBehaviour, supervisor, startChild } from '../dist/index.js';

function drive(system) {
  while (system.runQueueLength > 0) system.runTurn();
}
const make = () => createSystem({ schedule: () => undefined, scheduleLater: () => ({ cancel: () => undefined }) });

function measure(name, unit, run) {
  run();
  const figures = [];
  for (let i = 0; i < 5; i += 1) {
    globalThis.gc?.();
    const began = performance.now();
    const count = run();
    figures.push(((performance.now() - began) * 1e6) / count);
  }
  figures.sort((a, b) => a - b);
  console.log(`${name}: ${figures[2].toFixed(0)} ns per ${unit} (${figures.map((f) => f.toFixed(0)).join(' ')})`);
}

const N = 1_000_000;

measure('ping-pong', 'round trip', () => {
  const system = make();
  const player = defineBehaviour({
    name: 'player',
    version: '1',
    init: () => ({ peer: null, left: N }),
    handleMessage(message, state, self) {
      if (typeof message === 'object') {
        state.peer = message.peer;
        if (message.serve) self.send(state.peer, 1);
        return;
      }
      if (--state.left > 0) self.send(state.peer, message);
    },
  });
  const a = system.spawn(player, undefined),
    b = system.spawn(player, undefined);
  system.send(b, { peer: a });
  system.send(a, { peer: b, serve: true });
  drive(system);
  return N;
});

measure('fan-in of 1,000', 'message', () => {
  const system = make();
  let got = 0;
  const sink = system.spawn(
    defineBehaviour({
      name: 'sink',
      version: '1',
      init: () => 0,
      handleMessage: () => {
        got += 1;
      },
    }),
    undefined,
  );
  const source = defineBehaviour({
    name: 'source',
    version: '1',
    init: () => 0,
    handleMessage(left, _s, self) {
      self.send(sink, left);
      if (left > 1) self.send(self.pid, left - 1);
    },
  });
  for (let i = 0; i < 1000; i += 1) system.send(system.spawn(source, undefined), N / 1000);
  drive(system);
  if (got !== N) throw new Error('lost');
  return N;
});

measure('ring of 1,000', 'hop', () => {
  const system = make();
  const hop = defineBehaviour({
    name: 'hop',
    version: '1',
    init: (next) => ({ next }),
    handleMessage(m, state, self) {
      if (m.next) state.next = m.next;
      else if (m.left > 0) {
        m.left -= 1;
        self.send(state.next, m);
      }
    },
  });
  const first = system.spawn(hop, null);
  let last = first;
  for (let i = 1; i < 1000; i += 1) last = system.spawn(hop, last);
  system.send(first, { next: last });
  system.send(first, { left: N });
  drive(system);
  return N;
});

measure('spawn, message, exit', 'actor', () => {
  const system = make();
  const brief = defineBehaviour({
    name: 'brief',
    version: '1',
    init: () => null,
    handleMessage(_m, _s, self) {
      self.stop();
    },
  });
  for (let i = 0; i < N / 100; i += 1) {
    for (let j = 0; j < 100; j += 1) system.send(system.spawn(brief, undefined), 1);
    drive(system);
  }
  if (system.actorCount !== 0) throw new Error('alive');
  return N;
});

measure('spawn, message, killed', 'actor', () => {
  const system = make();
  const brief = defineBehaviour({ name: 'brief', version: '1', init: () => null, handleMessage() {} });
  for (let i = 0; i < N / 100; i += 1) {
    const pids = [];
    for (let j = 0; j < 100; j += 1) {
      const pid = system.spawn(brief, undefined);
      system.send(pid, 1);
      pids.push(pid);
    }
    drive(system);
    for (const pid of pids) system.exit(pid, 'shutdown');
  }
  return N;
});

measure('request, reply as a message', 'call', () => {
  const system = make();
  const server = system.spawn(
    defineBehaviour({
      name: 'server',
      version: '1',
      init: () => null,
      handleMessage() {},
      handleCall(r, _s, self, from) {
        self.reply(from, r);
      },
    }),
    undefined,
  );
  let left = N / 4;
  const client = system.spawn(
    defineBehaviour({
      name: 'client',
      version: '1',
      init: () => null,
      handleMessage(_m, _s, self) {
        self.sendRequest(server, 1);
      },
      handleInfo(_i, _s, self) {
        if (--left > 0) self.sendRequest(server, 1);
      },
    }),
    undefined,
  );
  system.send(client, 1);
  drive(system);
  return N / 4;
});

measure('sendAfter, cancelTimer', 'timer', () => {
  const system = make();
  const pid = system.spawn(
    defineBehaviour({ name: 'x', version: '1', init: () => null, handleMessage() {} }),
    undefined,
  );
  for (let i = 0; i < N; i += 1) system.cancelTimer(system.sendAfter(1000 + (i % 5000), pid, 1));
  return N;
});

{
  const system = createSystem({ turnBudgetMs: 1000, reductionsPerTurn: 4000 });
  const server = system.spawn(
    defineBehaviour({
      name: 'server',
      version: '1',
      init: () => null,
      handleMessage() {},
      handleCall(r, _s, self, from) {
        self.reply(from, r);
      },
    }),
    undefined,
  );
  const began = performance.now();
  await new Promise((done) => {
    system.spawn(
      defineBehaviour({ name: 'client', version: '1', init: () => null, async handleMessage() {} }),
      undefined,
    );
    let batch = 0;
    const go = async () => {
      for (batch = 0; batch < 200_000; batch += 1) {
        const p = system.call(server, 1);
        system.runTurn();
        await p;
      }
      done();
    };
    void go();
  });
  console.log(`awaited call: ${(((performance.now() - began) * 1e6) / 200_000).toFixed(0)} ns`);
  await system.stop();
}

function idleActors() {
  const system = make();
  const idle = defineBehaviour({ name: 'idle', version: '1', init: () => null, handleMessage() {} });
  globalThis.gc?.();
  const before = process.memoryUsage().heapUsed;
  for (let i = 0; i < N; i += 1) system.spawn(idle, undefined);
  globalThis.gc?.();
  console.log(
    `idle actor: ${((process.memoryUsage().heapUsed - before) / N).toFixed(0)} bytes (${system.actorCount} alive)`,
  );
}
idleActors();
await new Promise((done) => setTimeout(done, 10)); // so that the frame that held them is gone
{
  const system = make();
  const idle = defineBehaviour({ name: 'idle', version: '1', init: () => null, handleMessage() {} });
  const top = system.spawn(
    supervisor({ strategy: 'simple_one_for_one', intensity: 10_000_000, children: [{ id: 'idle', behaviour: idle }] }),
    undefined,
  );
  globalThis.gc?.();
  const before = process.memoryUsage().heapUsed;
  const pids = [];
  const began = performance.now();
  for (let i = 0; i < 100_000; i += 1) pids.push(startChild(top, i));
  console.log(`startChild: ${(((performance.now() - began) * 1e6) / 100_000).toFixed(0)} ns`);
  globalThis.gc?.();
  console.log(`supervised idle actor: ${((process.memoryUsage().heapUsed - before) / 100_000).toFixed(0)} bytes`);
  const t = performance.now();
  for (const pid of pids) system.exit(pid, 'oops');
  let longest = 0;
  while (system.actorCount < 100_001) {
    const b = performance.now();
    system.runTurn();
    longest = Math.max(longest, performance.now() - b);
  }
  console.log(`100,000 restarts: ${(performance.now() - t).toFixed(0)} ms, longest turn ${longest.toFixed(1)} ms`);
}
