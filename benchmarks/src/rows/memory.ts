import { withServer } from '../bench-pair.js';
import type { Side } from '../bench-pair.js';
import { storeWork } from './storing.js';
import { settledRssAnon } from './idle.js';
import type { RowResult } from '../row-result.js';
import type { Row, RowContext } from '../row.js';
import { makeDataDir, startRouter } from '../server-under-test.js';

const MB = 1024 * 1024;

/** Quotas out of the way: the pending messages of the row are the point. */
const env = { MAILBEAM_LIMITS_MAILBOX_MESSAGES: '100000000', MAILBEAM_LIMITS_MAILBOX_BYTES: '100000000000' };

async function memoryRow(id: string, mailboxes: number, context: RowContext): Promise<RowResult> {
  const { pending, settleMs } = context.sizes.memory;
  const data = makeDataDir();
  const options = { dataDir: data.path, env, profileDir: context.profileDir };
  const mb = async (side: Pick<Side, 'server'>): Promise<number> => (await settledRssAnon(side, settleMs)) / MB;
  try {
    const filled = await withServer(await startRouter(options), context, async (side) => {
      await side.fleet.login('senders', 'sender', context.sizes.store.senders);
      await storeWork(side, context.sizes, 'full', mailboxes, pending / mailboxes, 1);
      const peakMb = side.server.rssAnonBytes() / MB;
      await side.server.quiet();
      return { peakMb, afterMb: await mb(side) };
    });
    const restarted = await startRouter(options);
    const restartedMb = await mb({ server: restarted });
    await restarted.kill();
    const recovered = await startRouter(options);
    const recoveredMb = await mb({ server: recovered });
    await recovered.stop();
    return {
      id,
      title: `${pending} pending in ${mailboxes} mailboxes`,
      note: `RssAnon: ${format(filled.peakMb)} MB when the last was stored, ${format(filled.afterMb)} MB when quiet, ${format(restartedMb)} MB after a restart, ${format(recoveredMb)} MB after SIGKILL and restart; start ${format(restarted.startMs)} ms, after SIGKILL ${format(recovered.startMs)} ms`,
      figures: {
        rssAnonMb: Math.max(filled.afterMb, restartedMb, recoveredMb),
        peakRssAnonMb: filled.peakMb,
        startSeconds: restarted.startMs / 1000,
        startAfterKillSeconds: recovered.startMs / 1000,
      },
    };
  } finally {
    data.dispose();
  }
}

/** Row 7: memory and start with very much waiting, in few mailboxes and in many. */
export const memory: Row = {
  ids: ['memory-few', 'memory-many'],
  run: async (context) => {
    const { fewMailboxes, manyMailboxes } = context.sizes.memory;
    return [
      await memoryRow('memory-few', fewMailboxes, context),
      await memoryRow('memory-many', manyMailboxes, context),
    ];
  },
};

function format(value: number): string {
  return value.toFixed(0);
}
