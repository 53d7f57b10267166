import { createSystem, defineBehaviour, startChild, supervisor, whichChildren } from '@mailbeam/actors';
import type { ActorSystem, Behaviour, Pid } from '@mailbeam/actors';
import { Over, type Program, type ProgramSizes } from './program.js';

const version = '1';
const nothing = (): null => null;

// ---- ping-pong ----

interface Ping {
  readonly type: 'ping';
  readonly from: Pid<Pong>;
}
type Pong = { readonly type: 'pong'; readonly from: Pid<Ping> } | { readonly type: 'start'; readonly count: number };

const pong = defineBehaviour<undefined, null, Ping>({
  name: 'pong',
  version,
  init: nothing,
  handleMessage(message, _state, self) {
    self.send(message.from, { type: 'pong', from: self.pid });
  },
});

const ping = defineBehaviour<{ to: Pid<Ping>; over: Over }, { to: Pid<Ping>; over: Over; left: number }, Pong>({
  name: 'ping',
  version,
  init: ({ to, over }) => ({ to, over, left: 0 }),
  handleMessage(message, state, self) {
    if (message.type === 'start') state.left = message.count;
    else state.left -= 1;
    if (state.left > 0) self.send(state.to, { type: 'ping', from: self.pid });
    else state.over.say();
  },
});

function pingPong(system: ActorSystem, { batch }: ProgramSizes): Program {
  const over = new Over();
  const pid = system.spawn(ping, { to: system.spawn(pong, undefined), over });
  return { operations: batch, run: () => over.wait(() => system.send(pid, { type: 'start', count: batch })) };
}

// ---- fan-in ----

interface Item {
  readonly n: number;
}

const sink = defineBehaviour<{ whole: number; over: Over }, { whole: number; over: Over; got: number }, Item>({
  name: 'sink',
  version,
  init: ({ whole, over }) => ({ whole, over, got: 0 }),
  handleMessage(_item, state) {
    state.got += 1;
    if (state.got < state.whole) return;
    state.got = 0;
    state.over.say();
  },
});

const sender = defineBehaviour<{ to: Pid<Item>; each: number }, { to: Pid<Item>; each: number }, 'go'>({
  name: 'sender',
  version,
  init: (state) => state,
  handleMessage(_go, { to, each }, self) {
    for (let n = each; n > 0; n -= 1) self.send(to, { n });
  },
});

function fanIn(system: ActorSystem, { senders, each }: ProgramSizes): Program {
  const over = new Over();
  const to = system.spawn(sink, { whole: senders * each, over });
  const pids = Array.from({ length: senders }, () => system.spawn(sender, { to, each }));
  return {
    operations: senders * each,
    run: () =>
      over.wait(() => {
        for (const pid of pids) system.send(pid, 'go');
      }),
  };
}

// ---- ring ----

type Token = { readonly type: 'token'; readonly hops: number } | { readonly type: 'next'; readonly next: Pid<Token> };

const member = defineBehaviour<Over, { over: Over; next: Pid<Token> | null }, Token>({
  name: 'member',
  version,
  init: (over) => ({ over, next: null }),
  handleMessage(message, state, self) {
    if (message.type === 'next') state.next = message.next;
    else if (message.hops === 0) state.over.say();
    else if (state.next) self.send(state.next, { type: 'token', hops: message.hops - 1 });
  },
});

function ring(system: ActorSystem, { batch, ring: size }: ProgramSizes): Program {
  const over = new Over();
  const pids = Array.from({ length: size }, () => system.spawn(member, over));
  for (const [i, pid] of pids.entries()) system.send(pid, { type: 'next', next: pids[(i + 1) % size]! });
  return { operations: batch, run: () => over.wait(() => system.send(pids[0]!, { type: 'token', hops: batch })) };
}

// ---- calls ----

const server = defineBehaviour<undefined, null, never>({
  name: 'server',
  version,
  init: nothing,
  handleMessage: () => undefined,
  handleCall(request, _state, self, from) {
    self.reply(from, (request as Item).n);
  },
});

interface Client {
  readonly server: Pid;
  readonly over: Over;
}

const awaiting = defineBehaviour<Client, Client, number>({
  name: 'awaiting',
  version,
  init: (state) => state,
  async handleMessage(count, state, self) {
    for (let n = count; n > 0; n -= 1) {
      const answer = await self.call<number>(state.server, { n });
      if (answer !== n) throw new Error(`asked ${n}, got ${answer}`);
    }
    state.over.say();
  },
});

const asking = defineBehaviour<Client, Client, number>({
  name: 'asking',
  version,
  init: (state) => state,
  handleMessage(count, state, self) {
    self.sendRequest(state.server, { n: count });
  },
  handleInfo(info, state, self) {
    if (info.type !== 'REPLY' || !info.ok) throw new Error('no reply');
    const left = (info.reply as number) - 1;
    if (left > 0) self.sendRequest(state.server, { n: left });
    else state.over.say();
  },
});

function calls(client: Behaviour<Client, Client, number>) {
  return (system: ActorSystem, { batch }: ProgramSizes): Program => {
    const over = new Over();
    const pid = system.spawn(client, { server: system.spawn(server, undefined), over });
    return { operations: batch, run: () => over.wait(() => system.send(pid, batch)) };
  };
}

// ---- spawn and exit ----

const mayfly = defineBehaviour<undefined, null, 'go'>({
  name: 'mayfly',
  version,
  init: nothing,
  handleMessage(_go, _state, self) {
    self.stop();
  },
});

/** One after the other: spawns with a monitor, sends the message that ends it, and goes on at its `DOWN`. */
const breeder = defineBehaviour<Over, { over: Over; left: number }, number>({
  name: 'breeder',
  version,
  init: (over) => ({ over, left: 0 }),
  handleMessage(count, state, self) {
    state.left = count;
    const [pid] = self.spawnMonitor(mayfly, undefined);
    self.send(pid, 'go');
  },
  handleInfo(_down, state, self) {
    state.left -= 1;
    if (state.left === 0) return state.over.say();
    const [pid] = self.spawnMonitor(mayfly, undefined);
    self.send(pid, 'go');
  },
});

/** All at once; the last one is monitored: they run in order, so its end is that of all. */
const swarmer = defineBehaviour<Over, Over, number>({
  name: 'swarmer',
  version,
  init: (over) => over,
  handleMessage(count, _state, self) {
    for (let n = count; n > 1; n -= 1) self.send(self.spawn(mayfly, undefined), 'go');
    const [pid] = self.spawnMonitor(mayfly, undefined);
    self.send(pid, 'go');
  },
  handleInfo: (_down, over) => over.say(),
});

function spawning(parent: Behaviour<Over, unknown, number>) {
  return (system: ActorSystem, { spawned }: ProgramSizes): Program => {
    const over = new Over();
    const pid = system.spawn(parent, over);
    return { operations: spawned, run: () => over.wait(() => system.send(pid, spawned)) };
  };
}

// ---- a supervisor that restarts its children ----

interface Waves {
  left: number;
  waiting: Pid<'crash'>[];
  readonly over: Over;
}

const wave = 1_000;

/** Crashes a thousand at a time and waits until they have started again. */
const wrecker = defineBehaviour<Over, Waves, 'started' | { crash: Pid<'crash'>[] }>({
  name: 'wrecker',
  version,
  init: (over) => ({ left: 0, waiting: [], over }),
  handleMessage(message, state, self) {
    if (message === 'started') state.left -= 1;
    else state.waiting = message.crash;
    if (message === 'started' && state.left !== 0) return;
    const now = state.waiting.splice(-wave);
    state.left = now.length;
    if (now.length === 0) state.over.say();
    for (const pid of now) self.send(pid, 'crash');
  },
});

const fragile = defineBehaviour<Pid<'started'>, null, 'crash'>({
  name: 'fragile',
  version,
  init(driver, self) {
    self.send(driver, 'started');
    return null;
  },
  handleMessage() {
    throw new Error('crash');
  },
});

function restart(system: ActorSystem, { restarted }: ProgramSizes): Program {
  const over = new Over();
  const driver = system.spawn(wrecker, over);
  const parent = system.spawn(
    supervisor({
      strategy: 'simple_one_for_one',
      intensity: 1_000_000,
      periodMs: 1_000,
      children: [{ id: 'child', behaviour: fragile }],
    }),
    undefined,
  );
  for (let n = 0; n < restarted; n += 1) startChild(parent, driver);
  let crash: Pid<'crash'>[] = [];
  return {
    operations: restarted,
    before: () => {
      crash = whichChildren(parent).map(({ pid }) => pid as Pid<'crash'>);
    },
    run: () => over.wait(() => system.send(driver, { crash })),
  };
}

const programs: Readonly<Record<string, (system: ActorSystem, sizes: ProgramSizes) => Program>> = {
  'ping-pong': pingPong,
  'fan-in': fanIn,
  ring,
  call: calls(awaiting),
  'call-message': calls(asking),
  'spawn-exit': spawning(breeder),
  'spawn-burst': spawning(swarmer),
  restart,
};

/** A row's program in a system of its own, driven by the event loop as in a server. */
export function mailbeamProgram(row: string, sizes: ProgramSizes): Program | undefined {
  return programs[row]?.(createSystem(), sizes);
}

const idler = defineBehaviour<undefined, null, never>({
  name: 'idler',
  version,
  init: nothing,
  handleMessage: () => undefined,
});

/** Spawns actors that never get a message. Returns what keeps them, and how many there are. */
export function mailbeamIdle(count: number): { kept: unknown; count: number } {
  const system = createSystem();
  for (let n = 0; n < count; n += 1) system.spawn(idler, undefined);
  return { kept: system, count };
}
