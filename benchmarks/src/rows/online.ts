import { LAST_ACKS_MS, sleep, withPair } from '../bench-pair.js';
import type { Side } from '../bench-pair.js';
import { alternate, cpuRow, measureWindow } from '../measured-window.js';
import type { MeasuredWindow } from '../measured-window.js';
import type { Row } from '../row.js';
import type { Sizes } from '../sizes.js';

const DELIVERED_POLL_MS = 10;

/** Everybody sends to the next, for `ms`; ends when all is answered, delivered and acked. */
async function ringFor({ fleet }: Side, sizes: Sizes, ms: number, perSecond: number): Promise<void> {
  const { users, unanswered } = sizes.online;
  await fleet.ring('ring', users, unanswered, perSecond);
  await sleep(ms);
  await fleet.halt('ring');
  const sent = await fleet.sentSoFar();
  while ((await fleet.deliveredSoFar()) < sent) await sleep(DELIVERED_POLL_MS);
  await sleep(LAST_ACKS_MS);
  const delivered = await fleet.deliveredSoFar();
  if (delivered !== sent) throw new Error(`${sent} messages were sent and ${delivered} delivered`);
}

function onlineRow(
  id: string,
  title: string,
  of: (sizes: Sizes) => { perSecond: number; warmMs: number; windowMs: number },
): Row {
  return {
    ids: [id],
    run: (context) =>
      withPair(context, async (bare, router) => {
        const { sizes } = context;
        const { perSecond, warmMs, windowMs } = of(sizes);
        for (const { fleet } of [bare, router]) await fleet.login('ring', 'u', sizes.online.users);
        // At full speed first, then as measured: the compiler of a slow path needs long to see it often enough.
        for (const side of [bare, router]) {
          await measureWindow(side.server, side.fleet, 'warm-up', () => ringFor(side, sizes, warmMs, 0));
          await measureWindow(side.server, side.fleet, 'warm-up', () => ringFor(side, sizes, windowMs, perSecond));
        }
        const window = (side: Side): Promise<MeasuredWindow> =>
          measureWindow(side.server, side.fleet, id, () => ringFor(side, sizes, windowMs, perSecond));
        const windows = await alternate(
          sizes.pairs,
          () => window(bare),
          () => window(router),
        );
        const note = `${sizes.online.users} users, ${sizes.bodyBytes}-byte bodies, ${sizes.online.unanswered} unanswered each`;
        return [cpuRow({ id, title, note }, windows)];
      }),
  };
}

/** Row 1: as fast as the answers come. */
export const online = onlineRow('online', 'online, window 32', (sizes) => ({ perSecond: 0, ...sizes.online }));

/** Row 2: the same at a fixed rate, where nothing batches by itself. */
export const paced = onlineRow('paced', 'online, paced', (sizes) => sizes.paced);
