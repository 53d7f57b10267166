import { setTimeout as delay } from 'node:timers/promises';
import { RawConnection } from '../load/raw-connection.js';
import { must, page, see } from './expecting.js';
import type { SteppedClock } from './stepped-clock.js';
import type { Weather } from './storms.js';
import { Talker } from './talker.js';

const HOUR_MS = 3_600_000;
const SECOND_MS = 1_000;

/** The wall clock steps forward and back by an hour, both ways twice, while people talk. */
export async function clockSteps({ router, witness, print }: Weather, clock: SteppedClock): Promise<void> {
  const ann = await Talker.login(router.port, 'ann');
  const seen: number[] = [];
  const bob = await Talker.login(router.port, 'bob', {
    onDeliver: (body) => seen.push(Buffer.from(body).readUInt32BE(0)),
  });
  let sent = 0;
  const talk = async (ms: number): Promise<void> => {
    for (const end = performance.now() + ms; performance.now() < end; await delay(5)) {
      const body = Buffer.alloc(4);
      body.writeUInt32BE(sent++);
      ann.send('bob', body);
      ann.send('away', body);
    }
  };
  await witness.take();
  for (const offset of [HOUR_MS, 0, -HOUR_MS, 0]) {
    // has 5 s for its HELLO, whatever the clock says
    const silent = await RawConnection.open({ port: router.port });
    clock.step(offset);
    await talk(SECOND_MS);
    must(silent.isOpen, 'a connection that has said no HELLO yet has its time, by no wall clock');
    silent.reset();
    const { messages, most } = await witness.take();
    print(`  clock off by ${offset / HOUR_MS} h: others ${messages} messages, most ${most.toFixed(1)} ms`);
    must(messages > 20 && most < SECOND_MS, `others wait ${Math.round(most)} ms after the clock has stepped`);
  }
  await ann.until(() => ann.unanswered === 0, 'ACCEPTED across steps of the clock');
  await bob.until(() => seen.length >= sent, 'all messages across steps of the clock');
  must(seen.length === sent && seen.every((number, i) => number === i), 'all came once, in order');
  must(ann.refusals.length === 0 && ann.failures.length === 0, 'nothing is refused, nothing expires that has no ttl');
  const { pid } = (await page(router))!;
  clock.step(-HOUR_MS);
  await router.kill('node');
  await see(router, 'another node, an hour earlier', (status) => status.pid !== pid);
  const away = await Talker.login(router.port, 'away');
  await away.until(() => away.delivered === sent, 'what waited, by a node whose clock is behind');
  await see(router, 'the ledger balances', ({ ledger }) => ledger.imbalance === 0 && ledger.pending < 300);
  for (const talker of [ann, bob, away]) talker.end();
}
