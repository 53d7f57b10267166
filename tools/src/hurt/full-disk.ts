import { isRunning } from '../crash/child-processes.js';
import { RouterProcess } from '../crash/router-process.js';
import { until } from '../crash/waiting.js';
import { must, page, see } from './expecting.js';
import type { SmallDisk } from './small-disk.js';
import { Talker } from './talker.js';

const MIB = 1 << 20;

/**
 * Less than `store.reserve` is free: who is away gets nothing more, who acks in time gets everything; acks, receipts and the ends of
 * messages are committed; and it heals by itself. `ttlPatienceMs`: longest wait for the end of a message that lives 1 s. @throws Error that says
 * what was not so
 */
export async function nearlyFull(disk: SmallDisk, root: string, ttlPatienceMs = 60_000): Promise<void> {
  const reserve = 8 * MIB;
  // in time is what is acked within a second: also on a machine that is busy
  const env = { MAILBEAM_STORE_RESERVE: String(reserve), MAILBEAM_COMMIT_DELAY_MS: '1000' };
  const router = new RouterProcess({ root, parent: disk.directory, env });
  const talkers: Talker[] = [];
  const login = async (name: string, acks = true): Promise<Talker> => {
    const talker = await Talker.login(router.port, name, { acks });
    talkers.push(talker);
    return talker;
  };
  try {
    await router.start();
    const ann = await login('ann');
    const bob = await login('bob');
    for (let i = 0; i < 200; i++) ann.send('away', 'x'.repeat(200));
    await ann.until(() => ann.unanswered === 0, 'ACCEPTED with room');
    must(ann.refusals.length === 0, 'nothing is refused while there is room');

    disk.fill(reserve - 2 * MIB);
    await see(router, 'the disk is tight', (status) => status.disk.isTight);
    const stored = (await page(router))!.store.messages;
    for (let i = 0; i < 50; i++) ann.send('away', 'x'.repeat(200));
    await ann.until(() => ann.unanswered === 0, 'answers without room');
    must(ann.refusals.length === 50, `50 SENDs to somebody away are refused, not ${ann.refusals.length}`);
    must(
      ann.refusals.every(({ code, retryAfterMs }) => code === 'unavailable' && retryAfterMs > 0),
      'with `unavailable`, and when to try again',
    );
    must((await page(router))!.store.messages === stored, 'nothing more is stored');

    for (let i = 0; i < 100; i++) {
      ann.send('bob', 'x'.repeat(200));
      await ann.until(() => ann.unanswered === 0, 'ACCEPTED of online traffic without room');
    }
    must(bob.delivered === 100 && ann.refusals.length === 50, 'traffic that is acked in time goes on');

    const away = await login('away');
    await away.until(() => away.delivered === 200, 'what was waiting');
    // its acks are handled before what it sends, and a new user is welcomed by a commit, which carries all erasures and receipts
    away.send('bob');
    await away.until(() => away.unanswered === 0, 'ACCEPTED behind the acks');
    await login('somebody');
    must((await page(router))!.store.messages < 200, 'acks are committed without room');
    ann.send('bob');
    await ann.until(() => ann.unanswered === 0, 'ACCEPTED behind the receipts');
    must(ann.receiptsOf.has('away'), 'receipts come without room');

    const mute = await login('mute', false);
    ann.send('mute', 'x', { ttl: 1 });
    await mute.until(() => mute.delivered === 1, 'what leaves at once');
    mute.end();
    const isTold = await until(() => ann.failures.includes('expired'), ttlPatienceMs);
    must(isTold, 'messages end without room');
    await see(router, 'all is committed without room', (status) => status.store.messages === 0);

    disk.empty();
    await see(router, 'the disk has room again', ({ disk: { freeBytes, isTight } }) => {
      must(!isTight || freeBytes < 2 * reserve, 'it heals by itself');
      return !isTight;
    });
    for (let i = 0; i < 50; i++) ann.send('away', 'x'.repeat(200));
    await ann.until(() => ann.unanswered === 0, 'ACCEPTED with room again');
    must(ann.refusals.length === 50, 'nothing is refused once there is room again');
  } finally {
    for (const talker of talkers) talker.end();
    await router.dispose(false);
  }
}

/**
 * Nothing at all is free: nothing that was accepted is lost, acks that could not be committed are once there is room, and the node
 * lives through it. @throws Error that says what was not so
 */
export async function full(disk: SmallDisk, root: string): Promise<void> {
  const router = new RouterProcess({ root, parent: disk.directory, env: { MAILBEAM_STORE_RESERVE: '0' } });
  const talkers: Talker[] = [];
  const login = async (name: string, acks = true): Promise<Talker> => {
    const talker = await Talker.login(router.port, name, { acks });
    talkers.push(talker);
    return talker;
  };
  try {
    await router.start();
    const { pid } = (await page(router))!;
    const ann = await login('ann');
    const bob = await login('bob');
    const carol = await login('carol', false);
    for (let i = 0; i < 200; i++) ann.send(i % 2 === 0 ? 'carol' : 'dave', 'x'.repeat(200));
    await ann.until(() => ann.unanswered === 0, 'ACCEPTED with room');
    await carol.until(() => carol.delivered === 100, 'the messages to carol');

    await whileItLives(pid, async () => {
      disk.fill();
      const beforeFull = ann.answered;
      for (let i = 0; i < 60; i++) ann.send('dave', 'x'.repeat(4_000));
      const fails = await until(() => !isRunning(pid) || router.output.includes('a commit failed'), 60_000);
      must(fails, 'commits fail');
      const failed = ann.answered;
      carol.ack();
      const eve = await Talker.connect(router.port, 'eve');
      talkers.push(eve);
      must(ann.refusals.length === 0, 'what was taken is not refused');
      must(failed < beforeFull + 60, 'what is not on disk is not accepted');
      must(bob.closedWith === '' && ann.closedWith === '', 'connections stay');

      disk.empty();
      await ann.until(() => ann.unanswered === 0, 'ACCEPTED with room again');
      await see(router, 'acks are repeated', ({ store, ledger }) => store.messages === 160 && ledger.pending === 160);
      must(
        (await page(router))!.pid === pid,
        `the node that was filled up still runs:\n${router.output.slice(-2_000)}`,
      );
    });

    await router.kill('node');
    await see(router, 'another node', (status) => status.pid !== pid);
    await see(router, 'after a kill all is there', ({ ledger }) => ledger.pending === 160 && ledger.imbalance === 0);
    const dave = await login('dave');
    await dave.until(() => dave.delivered === 160, 'everything that was accepted');
    await see(router, 'all is acked', ({ ledger }) => ledger.pending === 0);
    const ending = await router.stop();
    must(ending === '', ending);
    const found = await router.checkStore();
    must(found === '', found);
  } finally {
    for (const talker of talkers) talker.end();
    await router.dispose(false);
  }
}

/** A node that has ended is what was not so, whatever was noticed of it first. */
async function whileItLives(pid: number, part: () => Promise<void>): Promise<void> {
  try {
    await part();
  } catch (cause) {
    // it has closed its connections a moment before it is gone
    if (await until(() => !isRunning(pid), 1_000)) throw new Error('not so: the node lives', { cause });
    throw cause;
  }
}
