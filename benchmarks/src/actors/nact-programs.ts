import { dispatch, query, spawn, start, stop } from 'nact';
import type { ActorSystemRef, Ref } from 'nact';
import { Over, type Program, type ProgramSizes } from './program.js';

/** nact makes a timer, a promise and a context for each message: a tenth of the others' messages in a run shows as much, in less time. */
const share = 10;
/** An idle actor takes so much that a million would not fit into a heap of the default size. */
const mostIdle = 100_000;

let names = 0;
/** nact's own names are random and clash at 100,000. */
const name = (): string => `a${(names += 1)}`;

interface Ping {
  readonly from: Ref<Pong>;
}
type Pong = { readonly type: 'pong'; readonly from: Ref<Ping> } | { readonly type: 'start'; readonly count: number };

function pingPong(system: ActorSystemRef, { batch }: ProgramSizes): Program {
  const over = new Over();
  const pong = spawn(
    system,
    (state: null, { from }: Ping, { self }) => {
      dispatch(from, { type: 'pong', from: self as Ref<Ping> });
      return state;
    },
    name(),
  );
  const ping = spawn(
    system,
    (state: number, message: Pong, { self }) => {
      const left = message.type === 'start' ? message.count : state - 1;
      if (left > 0) dispatch(pong, { from: self as Ref<Pong> });
      else over.say();
      return left;
    },
    name(),
  );
  return { operations: batch, run: () => over.wait(() => dispatch(ping, { type: 'start', count: batch })) };
}

function fanIn(system: ActorSystemRef, { senders, each }: ProgramSizes): Program {
  const over = new Over();
  const whole = senders * each;
  const sink = spawn(
    system,
    (got: number | undefined, _item: { n: number }) => {
      const now = (got ?? 0) + 1;
      if (now < whole) return now;
      over.say();
      return 0;
    },
    name(),
  );
  const sender = (state: null, _go: 'go'): null => {
    for (let n = each; n > 0; n -= 1) dispatch(sink, { n });
    return state;
  };
  const refs = Array.from({ length: senders }, () => spawn(system, sender, name()));
  return {
    operations: whole,
    run: () =>
      over.wait(() => {
        for (const ref of refs) dispatch(ref, 'go');
      }),
  };
}

function ring(system: ActorSystemRef, { batch, ring: size }: ProgramSizes): Program {
  const over = new Over();
  const refs: Ref<number>[] = [];
  for (let i = 0; i < size; i += 1)
    refs.push(
      spawn(
        system,
        (state: null, hops: number) => {
          if (hops === 0) over.say();
          else dispatch(refs[(i + 1) % size]!, hops - 1);
          return state;
        },
        name(),
      ),
    );
  return { operations: batch, run: () => over.wait(() => dispatch(refs[0]!, batch)) };
}

interface Question {
  readonly n: number;
  readonly from: Ref<number>;
}

function call(system: ActorSystemRef, { batch }: ProgramSizes): Program {
  const over = new Over();
  const server = spawn(
    system,
    (state: null, { n, from }: Question) => {
      dispatch(from, n);
      return state;
    },
    name(),
  );
  const client = spawn(
    system,
    async (state: null, count: number) => {
      for (let n = count; n > 0; n -= 1) await query(server, (from: Ref<number>) => ({ n, from }), 5_000);
      over.say();
      return state;
    },
    name(),
  );
  return { operations: batch, run: () => over.wait(() => dispatch(client, batch)) };
}

function spawnExit(system: ActorSystemRef, { spawned }: ProgramSizes): Program {
  const over = new Over();
  let left = 0;
  const next = (): void => {
    const ref = spawn(
      system,
      (state: null, _go: 'go', { self }) => {
        stop(self);
        return state;
      },
      name(),
      { afterStop: () => ((left -= 1) > 0 ? next() : over.say()) },
    );
    dispatch(ref, 'go');
  };
  return {
    operations: spawned,
    run: () =>
      over.wait(() => {
        left = spawned;
        next();
      }),
  };
}

function restart(system: ActorSystemRef, { restarted }: ProgramSizes): Program {
  const over = new Over();
  let left = 0;
  const child = (): null => {
    throw new Error('crash');
  };
  const properties = {
    initialStateFunc: () => {
      if ((left -= 1) === 0) over.say();
      return null;
    },
    onCrash: (_message: unknown, _error: unknown, { reset }: { reset: symbol }) => reset,
  };
  const refs = Array.from({ length: restarted }, () => spawn(system, child, name(), properties as never));
  return {
    operations: restarted,
    run: () =>
      over.wait(() => {
        left = restarted;
        for (const ref of refs) dispatch(ref, 'crash');
      }),
  };
}

const programs: Readonly<Record<string, (system: ActorSystemRef, sizes: ProgramSizes) => Program>> = {
  'ping-pong': pingPong,
  'fan-in': fanIn,
  ring,
  call,
  'spawn-exit': spawnExit,
  restart,
};

const smaller = (size: number): number => Math.max(1, Math.ceil(size / share));

/** A row's program, or `undefined`: nact has no call whose reply is a message. */
export function nactProgram(row: string, sizes: ProgramSizes): Program | undefined {
  const { batch, each, spawned, restarted } = sizes;
  const less = { batch: smaller(batch), each: smaller(each), spawned: smaller(spawned), restarted: smaller(restarted) };
  return programs[row]?.(start(), { ...sizes, ...less });
}

/** Spawns actors that never get a message. Returns what keeps them, and how many there are. */
export function nactIdle(count: number): { kept: unknown; count: number } {
  const system = start();
  const idler = (state: null): null => state;
  const fewer = Math.min(count, mostIdle);
  for (let n = 0; n < fewer; n += 1) spawn(system, idler, name());
  return { kept: system, count: fewer };
}
