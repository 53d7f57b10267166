import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test } from '@jest/globals';
import { createSystem, defineBehaviour, type CallOf, type MailboxOptions } from '../src/index.js';

/** `make heap-test` sends 10,000,000. */
const messages = Number(process.env['MESSAGES'] ?? 500_000);
/** So many wait at a time. */
const atOnce = 10_000;
/** What the heap may grow by: noise of the host; at 10,000,000 messages a tenth of a byte each. */
const allowedBytes = 1024 * 1024;

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

function heapBytes(): number {
  collect();
  collect();
  return process.memoryUsage().heapUsed;
}

interface Message {
  readonly n: number;
  readonly body: string;
}

const sizeOf = (message: unknown): number => (message as Message).body.length;

test.each<[string, MailboxOptions]>([
  ['an unbounded mailbox', {}],
  ['a bounded mailbox that is never full', { maxMessages: atOnce }],
  ['a bounded mailbox that rejects nine of ten', { maxMessages: atOnce / 10 }],
  ['a bounded mailbox that drops the oldest', { maxMessages: atOnce / 10, policy: 'dropOldest' }],
  ['a mailbox bounded by bytes that rejects nine of ten', { maxBytes: atOnce / 10, sizeOf }],
  ['a mailbox bounded by bytes that drops the oldest', { maxBytes: atOnce / 10, sizeOf, policy: 'dropOldest' }],
])(
  'messages through %s leave the heap where it was',
  async (_what, mailbox) => {
    const system = createSystem({ schedule: () => undefined, reductionsPerTurn: atOnce * 2, turnBudgetMs: 1_000 });
    const counter = defineBehaviour<void, { sum: number }, Message>({
      name: 'counter',
      version: '1',
      init: () => ({ sum: 0 }),
      handleMessage(message, state) {
        state.sum += message.n;
      },
    });
    const pid = system.spawn(counter, undefined, { mailbox });
    let refused = 0;
    const pass = (count: number): void => {
      for (let sent = 0; sent < count; sent += atOnce) {
        for (let n = 0; n < atOnce; n += 1) if (!system.send(pid, { n, body: 'b' })) refused += 1;
        while (system.runQueueLength > 0) system.runTurn();
      }
    };
    pass(100_000); // what is made once: code, spare blocks
    const before = heapBytes();
    pass(messages);
    const growth = heapBytes() - before;
    expect(growth).toBeLessThan(allowedBytes);
    const sent = 100_000 + Math.ceil(messages / atOnce) * atOnce;
    const info = system.info(pid);
    expect(info).toMatchObject({ depth: 0 });
    expect((info?.handled ?? 0) + (info?.dropped ?? 0)).toBe(sent);
    expect(refused).toBe(mailbox.policy === 'dropOldest' ? 0 : (info?.dropped ?? -1));
    system.exit(pid, 'shutdown');
    expect(system.actorCount).toBe(0);
  },
  120_000,
);

test('calls that wait for room in a mailbox (policy block) leave the heap where it was', async () => {
  const system = createSystem({ schedule: () => undefined, reductionsPerTurn: atOnce * 2, turnBudgetMs: 1_000 });
  const echo = defineBehaviour<void, null, never, CallOf<Message, number>>({
    name: 'echo',
    version: '1',
    init: () => null,
    handleMessage: () => undefined,
    handleCall: ({ n }, _state, self, from) => void self.reply(from, n),
  });
  const mailbox = { maxMessages: atOnce / 10, maxBytes: atOnce / 10, sizeOf, policy: 'block' } as const;
  const pid = system.spawn(echo, undefined, { mailbox });
  let sum = 0;
  const pass = async (count: number): Promise<void> => {
    for (let asked = 0; asked < count; asked += atOnce) {
      const calls = Array.from({ length: atOnce }, () => system.call(pid, { n: 1, body: 'b' }, Infinity));
      expect(system.info(pid)?.depth).toBe(atOnce / 10);
      while (system.runQueueLength > 0) system.runTurn();
      for (const call of calls) sum += await call;
    }
  };
  await pass(100_000);
  const before = heapBytes();
  await pass(messages);
  expect(heapBytes() - before).toBeLessThan(allowedBytes);
  expect(sum).toBe(100_000 + Math.ceil(messages / atOnce) * atOnce);
  expect(system.info(pid)).toMatchObject({ depth: 0, bytes: 0, dropped: 0 });
}, 120_000);
