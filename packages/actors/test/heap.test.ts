import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test } from '@jest/globals';
import { createSystem, defineBehaviour, type MailboxOptions } from '../src/index.js';

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

test.each<[string, MailboxOptions]>([
  ['an unbounded mailbox', {}],
  ['a bounded mailbox that is never full', { maxMessages: atOnce }],
  ['a bounded mailbox that rejects nine of ten', { maxMessages: atOnce / 10 }],
  ['a bounded mailbox that drops the oldest', { maxMessages: atOnce / 10, policy: 'dropOldest' }],
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
