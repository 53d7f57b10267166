import { describe, expect, test } from '@jest/globals';
import { type ActorError, type ExitReason, type From, type Pid, type Self } from '../src/index.js';
import { createTestSystem } from '../src/test-kit.js';
import { recorder, show, type Act } from './recorder.js';

// Rules of OTP's gen_server about calls, requests, casts and replies, in our words, a row each. The callbacks have theirs in behaviour.test.ts; what differs here stands in docs/actors.md and not in this table.

/** What the server does with a request. */
type Handle = (self: Self<Act>, from: From) => unknown;

interface Scene {
  readonly log: string[];
  readonly server: Pid<Act>;
  readonly client: Pid<Act>;
  /** Of the calls that the server has kept, oldest first. */
  readonly kept: From[];
  /** The client calls: logs `name: reply`, or `name: code reason`. */
  calls(name: string, handle: Handle | Pid, timeoutMs?: number): void;
  /** The same from outside of actors. */
  outside(name: string, handle: Handle, timeoutMs?: number): void;
  /** The client sends a request: `REPLY ...` comes to its handleInfo. */
  requests(handle: Handle, timeoutMs?: number): void;
  does(pid: Pid<Act>, act: Act): void;
  exits(pid: Pid, reason: ExitReason): void;
}

interface Row {
  readonly rule: string;
  /** Run to rest after each; a number lets that many ms pass. */
  readonly steps: readonly (number | ((scene: Scene) => void))[];
  readonly log: readonly string[];
  /** Whether the server lives at the end. Default true. */
  readonly lives?: false;
}

const answers =
  (reply: unknown): Handle =>
  (self, from) =>
    self.reply(from, reply);
const silent: Handle = () => undefined;
/** Keeps the call, to answer it later. */
const keeps =
  ({ kept }: Scene): Handle =>
  (_self, from) =>
    void kept.push(from);
/** Answers what was kept, and logs whether somebody waited for it. */
const answersKept =
  (scene: Scene, reply: unknown): Act =>
  (self) =>
    void scene.log.push(`told ${self.reply(scene.kept.shift() as From, reply)}`);
const fails = (): never => {
  throw new Error('no');
};

const rows: Row[] = [
  // ---- the reply ----
  { rule: 'a call brings what the server replies', steps: [(s) => s.calls('a', answers(7))], log: ['a: 7'] },
  { rule: 'undefined is a reply', steps: [(s) => s.calls('a', answers(undefined))], log: ['a: undefined'] },
  {
    rule: 'a server that does not reply goes on, and the caller waits',
    steps: [(s) => s.calls('a', silent), (s) => s.outside('b', answers('next'))],
    log: ['b: next'],
  },
  {
    rule: 'it may reply later, from another callback',
    steps: [(s) => s.calls('a', keeps(s)), (s) => s.does(s.server, answersKept(s, 'later'))],
    log: ['told true', 'a: later'],
  },
  {
    rule: 'another actor may reply',
    steps: [(s) => s.outside('a', keeps(s)), (s) => s.does(s.client, answersKept(s, 'by a friend'))],
    log: ['told true', 'a: by a friend'],
  },
  {
    rule: 'the order of replies is free',
    steps: [
      (s) => s.outside('a', keeps(s)),
      (s) => s.outside('b', keeps(s)),
      (s) => void s.kept.reverse(),
      (s) => s.does(s.server, answersKept(s, 1)),
      (s) => s.does(s.server, answersKept(s, 2)),
    ],
    log: ['told true', 'b: 1', 'told true', 'a: 2'],
  },
  {
    rule: 'the first reply counts',
    steps: [(s) => s.calls('a', (self, from) => (self.reply(from, 1), s.log.push(`told ${self.reply(from, 2)}`)))],
    log: ['told false', 'a: 1'],
  },
  {
    rule: 'a server goes on after its reply, and the caller need not wait for that',
    steps: [
      (s) => s.calls('a', (self, from) => (self.reply(from, 1), self.sendAfter(10, () => void s.log.push('done')))),
      10,
    ],
    log: ['a: 1', 'done'],
  },
  {
    rule: 'calls and casts of one client are handled in their order',
    steps: [
      (s) =>
        s.does(s.client, (self) => {
          self.cast(s.server, () => void s.log.push('first'));
          self.sendRequest(s.server, (() => s.log.push('second')) satisfies Handle);
          self.cast(s.server, () => void s.log.push('third'));
        }),
    ],
    log: ['first', 'second', 'third'],
  },
  // ---- time ----
  { rule: 'a call waits 5,000 ms when nothing is said', steps: [(s) => s.calls('a', silent), 4_999], log: [] },
  { rule: 'and then fails with timeout', steps: [(s) => s.calls('a', silent), 5_000], log: ['a: timeout timeout'] },
  { rule: 'it may have another time', steps: [(s) => s.calls('a', silent, 20), 20], log: ['a: timeout timeout'] },
  { rule: 'or any', steps: [(s) => s.outside('a', silent, Infinity), 10_000_000], log: [] },
  {
    rule: 'a reply that comes too late is dropped',
    steps: [(s) => s.calls('a', keeps(s), 20), 20, (s) => s.does(s.server, answersKept(s, 'late'))],
    log: ['a: timeout timeout', 'told false'],
  },
  {
    rule: 'a call that has timed out is handled all the same, when its turn comes',
    steps: [
      (s) => s.does(s.server, () => new Promise<void>((done) => void s.kept.push(done as never))),
      (s) => s.calls('a', () => s.log.push('handled'), 20),
      20,
      (s) => (s.kept.shift() as unknown as () => void)(),
    ],
    log: ['a: timeout timeout', 'handled'],
  },
  {
    rule: 'a time-out does not harm the server',
    steps: [(s) => s.calls('a', silent, 20), 20, (s) => s.calls('b', answers(1))],
    log: ['a: timeout timeout', 'b: 1'],
  },
  // ---- ends ----
  {
    rule: 'a call to an actor that has ended fails with noproc',
    steps: [(s) => s.exits(s.server, 'kill'), (s) => s.calls('a', answers(1))],
    log: ['a: noproc noproc'],
    lives: false,
  },
  {
    rule: 'a server that crashes in a call fails it with the error',
    steps: [(s) => s.calls('a', fails)],
    log: ['terminate error:no', 'a: exit error:no'],
    lives: false,
  },
  {
    rule: 'and the calls that wait behind it, and those it has kept',
    steps: [(s) => s.outside('a', keeps(s)), (s) => (s.outside('b', fails), s.outside('c', answers(1)))],
    log: ['terminate error:no', 'c: exit error:no', 'b: exit error:no', 'a: exit error:no'],
    lives: false,
  },
  {
    rule: 'a server that stops without a reply fails the call with its reason, normal too',
    steps: [(s) => s.calls('a', (self) => self.stop('normal'))],
    log: ['terminate normal', 'a: exit normal'],
    lives: false,
  },
  {
    rule: 'one that stops after its reply does not',
    steps: [(s) => s.calls('a', (self, from) => (self.reply(from, 'bye'), self.stop('shutdown')))],
    log: ['terminate shutdown', 'a: bye'],
    lives: false,
  },
  {
    rule: 'it may reply in its terminate, or be answered for then',
    steps: [
      (s) => s.outside('a', keeps(s)),
      (s) => s.does(s.server, (self) => (answersKept(s, 'last')(self, s.log), self.stop('normal'))),
    ],
    log: ['told true', 'terminate normal', 'a: last'],
    lives: false,
  },
  {
    rule: 'a server that is killed fails the call with killed',
    steps: [(s) => s.calls('a', silent), (s) => s.exits(s.server, 'kill')],
    log: ['a: exit killed'],
    lives: false,
  },
  {
    rule: 'a failed call that nobody catches ends its caller, and not the server',
    steps: [(s) => s.does(s.client, async (self) => void (await self.call(s.server, silent, 20))), 20],
    log: ['client terminate error:no reply in time'],
  },
  {
    rule: 'a caller that ends leaves no trace: its call is handled, its reply told to nobody',
    steps: [
      (s) => s.calls('a', keeps(s)),
      (s) => s.exits(s.client, 'kill'),
      (s) => s.does(s.server, answersKept(s, 1)),
    ],
    log: ['told false'],
  },
  {
    rule: 'the monitor of a call is not seen: a caller that traps exits hears nothing of the end but the failure',
    steps: [
      (s) => s.does(s.client, (self) => void self.trapExit(true)),
      (s) => s.calls('a', (self) => self.exit('odd')),
    ],
    log: ['terminate odd', 'a: exit odd'],
    lives: false,
  },
  // ---- requests whose answer is a message ----
  {
    rule: 'a request goes on, and its reply is a message',
    steps: [(s) => s.requests(answers(7))],
    log: ['client REPLY 7'],
  },
  {
    rule: 'so is its failure: time',
    steps: [(s) => s.requests(silent, 20), 20],
    log: ['client REPLY failed timeout'],
  },
  {
    rule: 'or the end of the server',
    steps: [(s) => s.requests(fails)],
    log: ['terminate error:no', 'client REPLY failed error:no'],
    lives: false,
  },
  {
    rule: 'or that there is no server',
    steps: [(s) => s.exits(s.server, 'kill'), (s) => s.requests(answers(1))],
    log: ['client REPLY failed noproc'],
    lives: false,
  },
  {
    rule: 'many may be under way, and be answered in any order',
    steps: [
      (s) => (s.requests(keeps(s)), s.requests(keeps(s))),
      (s) => void s.kept.reverse(),
      (s) => s.does(s.server, answersKept(s, 1)),
      (s) => s.does(s.server, answersKept(s, 2)),
    ],
    log: ['told true', 'client REPLY 1', 'told true', 'client REPLY 2'],
  },
  {
    rule: 'after its failure a late reply is not a message',
    steps: [(s) => s.requests(keeps(s), 20), 20, (s) => s.does(s.server, answersKept(s, 1))],
    log: ['client REPLY failed timeout', 'told false'],
  },
  // ---- casts ----
  {
    rule: 'a cast to an actor that has ended is nothing, and no error',
    steps: [
      (s) => s.exits(s.server, 'kill'),
      (s) => s.does(s.client, (self) => void s.log.push(`cast ${self.cast(s.server, () => undefined)}`)),
    ],
    log: ['cast false'],
    lives: false,
  },
];

describe('calls, requests and casts (gen_server, stdlib reference manual)', () => {
  test.each(rows)('$rule', async ({ steps, log: expected, lives = true }) => {
    const kit = createTestSystem({ handlerTimeoutMs: 100_000_000 });
    const { system } = kit;
    const log: string[] = [];
    const server = system.spawn(recorder, { log });
    const client = system.spawn(recorder, { log, name: 'client ' });
    const tell = async (name: string, call: Promise<unknown>): Promise<void> => {
      try {
        log.push(`${name}: ${String(await call)}`);
      } catch (error) {
        const { code, reason } = error as ActorError;
        if (reason !== undefined) log.push(`${name}: ${code} ${show(reason)}`);
      }
    };
    const scene: Scene = {
      log,
      server,
      client,
      kept: [],
      calls: (name, handle, timeoutMs) =>
        system.send(client, (self) => void tell(name, self.call(server, handle, timeoutMs))),
      outside: (name, handle, timeoutMs) => void tell(name, system.call(server, handle, timeoutMs)),
      requests: (handle, timeoutMs) => system.send(client, (self) => void self.sendRequest(server, handle, timeoutMs)),
      does: (pid, act) => system.send(pid, act),
      exits: (pid, reason) => system.exit(pid, reason),
    };
    log.length = 0;
    for (const step of steps) {
      if (typeof step === 'number') await kit.advanceAsync(step);
      else step(scene);
      await kit.settle();
    }
    expect(log).toEqual(expected);
    expect(system.isAlive(server)).toBe(lives);
    if (lives) expect(system.info(server)).toMatchObject({ depth: 0, status: 'waiting' });
  });
});
