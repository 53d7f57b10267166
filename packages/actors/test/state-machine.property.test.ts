import { expect, test } from '@jest/globals';
import { defineStateMachine, type Action } from '../src/index.js';
import { createTestSystem } from '../src/test-kit.js';
import { seed, seeded } from './random.js';

type Name = 'a' | 'b' | 'c';
const names: readonly Name[] = ['a', 'b', 'c'];

interface Message {
  readonly id: string;
  /** What it does the first, second ... time that it is handled; afterwards nothing. */
  readonly does: readonly { readonly [K in Name]: Step }[];
  tries: number;
}
interface Step {
  readonly next: Name | undefined;
  readonly postpone: boolean;
  readonly inserts: readonly Message[];
  readonly waits: boolean;
}

/** The order in gen_statem's words, in the plainest possible way: one list, and a list of what is postponed. */
function model(messages: readonly Message[]): string[] {
  let state: Name = 'a';
  let queue = [...messages];
  let postponed: Message[] = [];
  const log: string[] = [];
  for (let message = queue.shift(); message; message = queue.shift()) {
    log.push(`${state}:${message.id}`);
    const step: Step | undefined = message.does[message.tries]?.[state];
    message.tries += 1;
    if (!step) continue;
    if (step.postpone) postponed.push(message);
    if (step.next !== undefined && step.next !== state) {
      state = step.next;
      queue = [...postponed, ...queue];
      postponed = [];
    }
    queue = [...step.inserts, ...queue];
  }
  log.push(`${state}, ${postponed.map(({ id }) => id).join(' ')} postponed`);
  return log;
}

const machine = defineStateMachine<string[], string[], Message, Name>({
  name: 'random',
  version: '1',
  init: (log) => ({ state: 'a', data: log }),
  states: { a: handlers('a'), b: handlers('b'), c: handlers('c') },
});

function handlers(name: Name) {
  return {
    handleMessage(message: Message, log: string[]) {
      log.push(`${name}:${message.id}`);
      const step = message.does[message.tries]?.[name];
      message.tries += 1;
      if (!step) return undefined;
      const actions: Action<Message, never>[] = step.inserts.map((inserted) => ({
        type: 'next_event',
        message: inserted,
      }));
      if (step.postpone) actions.push({ type: 'postpone' });
      const transition = { ...(step.next === undefined ? {} : { nextState: step.next }), actions };
      return step.waits ? Promise.resolve(transition) : transition;
    },
    handleCall: () => undefined,
  };
}

function randomMessages(random: () => number, waiting: number): Message[] {
  const one = (id: string, depth: number): Message => ({
    id,
    tries: 0,
    does: Array.from({ length: 3 }, (_, attempt) => {
      const step = (state: Name): Step => ({
        next: random() < 0.35 ? names[Math.floor(random() * 3)] : undefined,
        postpone: random() < 0.4,
        inserts:
          depth < 2 && random() < 0.3
            ? Array.from({ length: 1 + Math.floor(random() * 2) }, (_, i) =>
                one(`${id}.${attempt}${state}${i}`, depth + 1),
              )
            : [],
        waits: random() < waiting,
      });
      return { a: step('a'), b: step('b'), c: step('c') };
    }),
  });
  return Array.from({ length: 1 + Math.floor(random() * 12) }, (_, i) => one(String(i), 0));
}

const fresh = (messages: readonly Message[]): Message[] => structuredClone(messages) as Message[];

test('postponed, inserted and arriving events come in the order of the model, with and without promises', async () => {
  for (let round = 0; round < 400; round += 1) {
    const random = seeded(seed + round);
    const kit = createTestSystem({ reductionsPerSlot: 1 + Math.floor(random() * 16) });
    const log: string[] = [];
    const pid = kit.system.spawn(machine, log);
    const messages = randomMessages(random, round % 2 === 0 ? 0 : 0.3);
    for (const message of fresh(messages)) {
      kit.system.send(pid, message);
      if (random() < 0.3) kit.run();
    }
    if (round % 2 === 0) kit.run();
    else await kit.settle();
    const expected = model(fresh(messages));
    const end = expected.pop();
    expect([`SEED=${seed + round}`, ...log]).toEqual([`SEED=${seed + round}`, ...expected]);
    const answer: string[] = [];
    await kit.system.changeCode(pid, {
      ...machine,
      codeChange(old) {
        const { state, postponed } = old as { state: Name; postponed: number };
        answer.push(state, String(postponed));
        return old as never;
      },
    });
    const [state, ids] = (end as string).split(/, ?| postponed/);
    expect(answer).toEqual([state, String((ids ?? '').split(' ').filter(Boolean).length)]);
  }
});
