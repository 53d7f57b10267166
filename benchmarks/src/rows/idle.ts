import { sleep, withBare, withRouter } from '../bench-pair.js';
import type { Side } from '../bench-pair.js';
import { alternate } from '../measured-window.js';
import type { Row, RowContext } from '../row.js';
import { spread } from '../statistics.js';

const SETTLE_POLL_MS = 500;
/** Memory counts as settled when so many looks in a row lie within 0.5 %. */
const SETTLED_LOOKS = 6;

/** RssAnon once it has stopped moving, or after `limitMs`. The garbage collector gives nothing back before it has run. */
export async function settledRssAnon(side: Pick<Side, 'server'>, limitMs: number): Promise<number> {
  const until = performance.now() + limitMs;
  let last = side.server.rssAnonBytes();
  for (let looks = 0; looks < SETTLED_LOOKS && performance.now() < until;) {
    await sleep(Math.min(SETTLE_POLL_MS, limitMs / SETTLED_LOOKS));
    const now = side.server.rssAnonBytes();
    looks = Math.abs(now - last) <= last * 0.005 ? looks + 1 : 0;
    last = now;
  }
  return last;
}

async function kbPerConnection(side: Side, { sizes }: RowContext): Promise<number> {
  const { low, high, settleMs } = sizes.idle;
  await side.fleet.login('low', 'low', low);
  const before = await settledRssAnon(side, settleMs);
  await side.fleet.login('high', 'high', high - low);
  const after = await settledRssAnon(side, settleMs);
  return (after - before) / 1024 / (high - low);
}

/** Row 6: what one more idle connection costs. Each pass on new processes, for a heap never shrinks to where it was. */
export const idle: Row = {
  ids: ['idle'],
  run: async (context) => {
    const { low, high, passes } = context.sizes.idle;
    const kb = await alternate(
      passes,
      () => withBare(context, (side) => kbPerConnection(side, context)),
      () => withRouter(context, (side) => kbPerConnection(side, context)),
    );
    const [router, bare] = [spread(kb.router)!, spread(kb.bare)!];
    const figures = {
      routerKb: router.median,
      routerKbLow: router.low,
      routerKbHigh: router.high,
      bareKb: bare.median,
      bareKbLow: bare.low,
      bareKbHigh: bare.high,
      overBareKb: router.median - bare.median,
    };
    const note = `RssAnon of the process tree, per connection, ${passes} passes on new processes`;
    return [{ id: 'idle', title: `idle connection, ${low} to ${high}`, note, figures }];
  },
};
