import { expect, test } from '@jest/globals';
import { randomFrom } from '@mailbeam/actors/test-kit';
import { defineService } from '@mailbeam/handler';
import type { Telemetry } from '@mailbeam/telemetry';
import { settled, TestNode } from '../../src/test-kit/test-node.js';
import { Person } from '../person.js';
import { measure } from './measured.js';

const RUNS = 200;
const STEPS = 150;
const USERS = ['ann', 'bob', 'cid', 'dan', 'eve'] as const;
const KEEP_FROM = 5;
const CLASSES = ['session', 'away', 'service'] as const;

/** A person who writes something while connected. */
class Writer extends Person {
  #cid = 0;

  send(to: string, body: string, isShort: boolean): void {
    const { client } = this;
    if (client !== null && client.closedWith === null) client.send1(++this.#cid, to, body, isShort ? { ttl: 1 } : {});
  }
}

/** Every message that waits, as the ledger and the mailboxes in memory have it; nothing is counted for it. */
function waitingIn(node: TestNode): number {
  let waiting = node.core.ledger.pending;
  for (const name of [...USERS, '$echo'])
    for (const message of node.core.mailbox(name)?.unflushed ?? []) if (!message.gone) waiting++;
  return waiting;
}

/** Each mailbox is counted, which a mailbox that nobody asks is not. */
function depthsOf(node: TestNode): Map<string, number> {
  const depths = new Map<string, number>();
  for (const name of [...USERS, '$echo'])
    depths.set(name, node.core.mailbox(name)?.waiting().messages ?? node.store.count(name).messages);
  return depths;
}

function expectSums(node: TestNode, { statistics }: Telemetry): void {
  statistics.settle();
  const sum = CLASSES.reduce((total, name) => total + statistics.of(name).depth, 0);
  expect({ sum }).toEqual({ sum: waitingIn(node) });
}

function expectEach(node: TestNode, { statistics }: Telemetry): void {
  statistics.settle();
  for (const [name, depth] of depthsOf(node)) {
    const slot = statistics.slotNamed(name);
    const mailbox = node.core.mailbox(name);
    const className = (mailbox?.outlet ?? null) === null ? 'away' : name === '$echo' ? 'service' : 'session';
    if (slot !== undefined) expect(statistics.reading(slot)).toMatchObject({ name, depth, class: className });
    else {
      // the message that makes it as deep is the last that only the sums know
      const isKnown = className === 'away' && (depth <= KEEP_FROM || !node.core.census!.isOver);
      expect({ name, isKnown: isKnown || depth === 0, depth }).toEqual({ name, isKnown: true, depth });
    }
  }
  for (const className of CLASSES) {
    const ranked = statistics
      .of(className)
      .deepest.top(10)
      .map((slot) => statistics.reading(slot));
    const truth = [...depthsOf(node)].filter(([name]) => ranked.some((r) => r.name === name)).map(([, depth]) => depth);
    expect(ranked.map(({ depth }) => depth)).toEqual(truth.sort((a, b) => b - a));
  }
}

/** One random life of a node: traffic, logins, slow readers, a service that crashes, expiry, purges, SIGKILL. */
async function live(random: () => number): Promise<void> {
  const service = defineService({
    name: 'echo',
    version: '1',
    state: 'shared',
    init: () => undefined,
    handleMessage(message, _state, ctx) {
      if (random() < 0.3) throw new Error('oops');
      if (random() < 0.5) ctx.reply(message, 'yes');
    },
  });
  const options = { services: [service], serviceLimits: { window: 3, callerWindow: 3 } };
  const statistics = { keepFrom: KEEP_FROM, rankFrom: 1, quietMs: 1_000, fillersFrom: 4 };
  const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)]!;
  const people = USERS.map((name) => new Writer(name));
  let node = new TestNode(options);
  let telemetry = measure(node, statistics);
  for (let step = 0; step < STEPS; step++) {
    const dice = random();
    if (dice < 0.35) {
      const [person, to] = [pick(people), pick([...USERS, '$echo'])];
      for (let n = Math.ceil(random() ** 2 * 12); n > 0; n--) person.send(to, 'x', random() < 0.3);
    } else if (dice < 0.45) pick(people).connect(node, pick([1, 4, 64]));
    else if (dice < 0.52) pick(people).cut();
    else if (dice < 0.65) pick(people).ack(random());
    else if (dice < 0.8) await node.flush();
    else if (dice < 0.92) {
      node.clock.advance(Math.floor(random() * 900));
      node.core.tick();
    } else if (dice < 0.95) void node.core.purge(pick(USERS), () => random() < 0.5);
    else if (dice < 0.96) telemetry = measure(node, statistics);
    else if (dice < 0.98) {
      for (const person of people) person.cut();
      node = node.crash(options);
      telemetry = measure(node, statistics);
    }
    if (random() < 0.7) node.run();
    if (random() < 0.2 && !node.core.census!.isOver) node.core.census!.slice(0);
    await settled();
    expectSums(node, telemetry);
    if (random() < 0.05) expectEach(node, telemetry);
  }
  while (!node.core.census!.isOver) node.core.census!.slice(0);
  expectEach(node, telemetry);
  for (let i = 0; i < 400 && waitingIn(node) > 0; i++) {
    for (const person of people) if (i === 0) person.connect(node, 64);
    await node.pass(500);
    for (const person of people) person.ack(1);
    await node.settle();
  }
  expectSums(node, telemetry);
  expectEach(node, telemetry);
  expect(waitingIn(node)).toBe(0);
}

test('the statistics know at every moment how deep each mailbox is, whatever happens', async () => {
  const first = Number(process.env['SEED'] ?? Math.floor(Math.random() * 2 ** 31));
  for (let run = 0; run < RUNS; run++) {
    try {
      await live(randomFrom(first + run));
    } catch (error) {
      throw new Error(`SEED=${first + run}: ${String((error as Error).message)}`, { cause: error });
    }
  }
}, 60_000);
