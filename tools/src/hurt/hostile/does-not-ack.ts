import { arrive, named } from '../crowd.js';
import { must } from '../expecting.js';
import { Talker } from '../talker.js';
import { bound, BODY_BYTES } from './torment.js';
import type { Stage, Torment } from './torment.js';

const WINDOW = 64;
/** What a router reads ahead for one whose window is full. */
const READ_AHEAD_BYTES = 1 << 20;
/** Messages beyond the quota of a mailbox. */
const TOO_MANY = 100;
const HOARDERS_WINDOW = 16;

/** People who take what they get, and never ack it. */
export async function doesNotAck(stage: Stage): Promise<Torment> {
  const { router, scale, nth } = stage;
  const recipients = named(`greedy-${nth}-`, scale.peers);
  const greedy = await Promise.all(
    recipients.map((name) => Talker.login(router.port, name, { window: WINDOW, acks: false })),
  );
  const onlyTheirWindow = (): void =>
    must(
      greedy.every(({ delivered }) => delivered === WINDOW),
      `who does not ack gets its window and no more: ${greedy[0]!.delivered} of ${WINDOW}`,
    );
  return {
    recipients,
    mostBytes: scale.peers * (WINDOW * BODY_BYTES + READ_AHEAD_BYTES),
    staying: scale.peers,
    async look() {
      await Promise.all(greedy.map((talker) => talker.until(() => talker.delivered >= WINDOW, 'its window')));
      onlyTheirWindow();
      await fill(stage, recipients[0]!);
      onlyTheirWindow();
      must(
        greedy.every(({ closedWith }) => closedWith === ''),
        'who does not ack stays',
      );
    },
    end() {
      for (const talker of greedy) talker.end();
    },
  };
}

/** One who writes to many, and never acks a receipt. */
export async function takesNoReceipts(stage: Stage): Promise<Torment> {
  const name = `hoarder-${stage.nth}`;
  const hoarder = await Talker.login(stage.router.port, name, { window: HOARDERS_WINDOW, acks: false });
  return {
    staying: 1,
    look: () => hoard(stage, hoarder),
    end: () => hoarder.end(),
  };
}

/** Fills a mailbox up to its quota, and beyond. */
async function fill({ router, scale, nth }: Stage, full: string): Promise<void> {
  const filler = await Talker.login(router.port, `filler-${nth}`);
  const room = bound('MAILBEAM_LIMITS_MAILBOX_MESSAGES') - scale.messagesEach;
  for (let i = 0; i < room + TOO_MANY; i++) {
    if (filler.unanswered >= 200) await filler.until(() => filler.unanswered < 100);
    filler.send(full);
  }
  await filler.until(() => filler.unanswered === 0, 'an answer to each');
  const { refusals } = filler;
  filler.end();
  must(
    refusals.length === TOO_MANY &&
      refusals.every(({ code, retryAfterMs }) => code === 'mailbox_full' && retryAfterMs > 0),
    `a full mailbox takes no more, and says so: ${refusals.length} were refused, not ${TOO_MANY}`,
  );
}

/** Sends to many who take it at once: their receipts wait. */
async function hoard({ router, nth }: Stage, hoarder: Talker): Promise<void> {
  const most = bound('MAILBEAM_LIMITS_RECEIPTS') + HOARDERS_WINDOW;
  const { talkers } = await arrive(router.port, named(`taker-${nth}-`, most + 10), 0);
  for (let i = 0; hoarder.refusals.length === 0 && i < 3 * talkers.length; i++) {
    hoarder.send(talkers[i % talkers.length]!.name);
    await hoarder.until(() => hoarder.unanswered === 0, 'an answer');
  }
  for (const talker of talkers) talker.end();
  const [refusal] = hoarder.refusals;
  must(
    refusal?.code === 'overloaded' && refusal.retryAfterMs > 0,
    `who takes no receipts may send no more: ${refusal?.code ?? 'it may'}`,
  );
}
