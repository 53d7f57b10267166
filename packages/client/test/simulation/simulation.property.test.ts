import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { SimulatedNet } from './simulated-net.js';
import { SimulatedPerson } from './simulated-person.js';
import { SimulatedRouter } from './simulated-router.js';

const names = ['alice', 'bob'] as const;

/** One choice of the adversary: what happens, and to whom. */
type Step = readonly [what: (typeof actions)[number], who: 0 | 1];

const actions = [
  'send',
  'send_refused',
  'turn',
  'up',
  'down',
  'commit',
  'deliver',
  'store',
  'handle',
  'handler_fails',
  'cut',
  'crash',
  'kill',
  'wait',
] as const;

/** How often each happens beside the others: faults are rarer than work. */
const weights: Record<(typeof actions)[number], number> = {
  send: 8,
  send_refused: 2,
  turn: 14,
  up: 14,
  down: 14,
  commit: 5,
  deliver: 8,
  store: 12,
  handle: 8,
  handler_fails: 2,
  cut: 2,
  crash: 1,
  kill: 2,
  wait: 4,
};

class World {
  readonly router: SimulatedRouter;
  readonly net: SimulatedNet;
  readonly people: readonly SimulatedPerson[];

  constructor(sendWindow: number, window: number) {
    this.router = new SimulatedRouter(sendWindow);
    this.net = new SimulatedNet(this.router);
    this.people = names.map((name) => new SimulatedPerson(name, this.net, window));
  }

  async step([what, who]: Step): Promise<void> {
    const person = this.people[who] as SimulatedPerson;
    const other = names[1 - who] as string;
    switch (what) {
      case 'send':
        person.send(other, false);
        break;
      case 'send_refused':
        person.send(other, true);
        break;
      case 'turn':
        person.runTurns();
        break;
      case 'up':
        person.wire?.stepUp();
        break;
      case 'down':
        person.wire?.stepDown();
        break;
      case 'commit':
        this.router.commit();
        break;
      case 'deliver':
        this.router.deliver();
        break;
      case 'store':
        person.store();
        break;
      case 'handle':
        person.handle(false);
        break;
      case 'handler_fails':
        person.handle(true);
        break;
      case 'cut':
        person.wire?.cut();
        break;
      case 'crash':
        this.router.crash();
        break;
      case 'kill':
        await person.kill();
        break;
      case 'wait':
        person.advance(1000);
        break;
    }
    await quiet();
  }

  /** No more faults: everything goes on until nothing happens any more. */
  async settle(): Promise<void> {
    for (let idle = 0; idle < 5;) {
      let moved = false;
      this.router.commit();
      this.router.deliver();
      for (const person of this.people) {
        // Each of these must be tried.
        const steps = [person.runTurns(), person.store(), person.handle(false)];
        if (steps.includes(true)) moved = true;
      }
      for (const wire of [...this.net.wires]) {
        const steps = [wire.stepUp(), wire.stepDown()];
        if (steps.includes(true)) moved = true;
      }
      await quiet();
      if (moved) {
        idle = 0;
      } else {
        idle++;
        for (const person of this.people) person.advance(4000);
      }
    }
  }
}

/** Lets all promises that can settle do so. */
const quiet = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));

function check(world: World): void {
  expect(world.router.breaches).toEqual([]);
  const [alice, bob] = world.people as [SimulatedPerson, SimulatedPerson];
  for (const [sender, recipient] of [
    [alice, bob],
    [bob, alice],
  ] as const) {
    expect(sender.book.wrong).toEqual([]);
    // Every send settles.
    expect([...sender.book.open]).toEqual([]);
    const shown = recipient.book.shown.map(({ text }) => text);
    // Once each.
    expect(shown).toEqual([...new Set(shown)]);
    // In order.
    const numbers = shown.map((text) => Number.parseInt(text.split(' ')[2] ?? '', 10));
    expect(numbers).toEqual(numbers.toSorted((a, b) => a - b));
    const seen = new Set(shown);
    for (const [text, how] of sender.book.ended) {
      if (how === 'accepted' && !seen.has(text)) throw new Error(`accepted and not shown: ${text}`);
      if (how === 'rejected' && seen.has(text)) throw new Error(`rejected and shown: ${text}`);
    }
  }
}

test('whatever is cut, crashes, is killed or fails: every send settles, every accepted message is shown once, in order', async () => {
  const seed = Number(process.env['SEED'] ?? Date.now() & 0x7fffffff);
  const action = fc.oneof(...actions.map((name) => ({ arbitrary: fc.constant(name), weight: weights[name] })));
  const step: fc.Arbitrary<Step> = fc.tuple(action, fc.constantFrom(0 as const, 1 as const));
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { minLength: 20, maxLength: 400, size: 'max' }),
      fc.constantFrom(1, 2, 5),
      fc.constantFrom(1, 3, 50),
      async (steps, sendWindow, window) => {
        const world = new World(sendWindow, window);
        for (const one of steps) await world.step(one);
        await world.settle();
        check(world);
      },
    ),
    { seed, numRuns: Number(process.env['RUNS'] ?? 1000) },
  );
}, 60_000);
