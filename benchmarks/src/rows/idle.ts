import { sleep, withBare, withRouter } from '../bench-pair.js';
import type { Side } from '../bench-pair.js';
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

/** RssAnon per connection, KB. */
interface Kb {
  readonly afterLogins: number;
  readonly atRest: number;
}

/**
 * Waits long enough for the servers to come to rest: V8 collects once more 8 s after it last did, the router moves what
 * logins wrote from its log into its tables after 30 s, and collects when it has been idle for 5 and 10 s after that.
 */
async function kbPerConnection(side: Side, { sizes }: RowContext): Promise<Kb> {
  const { low, high, settleMs } = sizes.idle;
  await side.fleet.login('low', 'low', low);
  await sleep(settleMs);
  const before = side.server.rssAnonBytes();
  await side.fleet.login('high', 'high', high - low);
  const kb = (): number => (side.server.rssAnonBytes() - before) / 1024 / (high - low);
  const afterLogins = kb();
  await sleep(settleMs);
  return { afterLogins, atRest: kb() };
}

/** Row 6: what one more idle connection costs. Each pass on new processes, for a heap never shrinks to where it was. */
export const idle: Row = {
  ids: ['idle'],
  run: async (context) => {
    const { low, high, passes } = context.sizes.idle;
    const kb: { router: Kb; bare: Kb }[] = [];
    for (let pass = 0; pass < passes; pass++) {
      // Side by side: neither is timed.
      const [onRouter, onBare] = await Promise.all([
        withRouter(context, (side) => kbPerConnection(side, context)),
        withBare(context, (side) => kbPerConnection(side, context)),
      ]);
      kb.push({ router: onRouter, bare: onBare });
    }
    const [router, bare] = [spread(kb.map((pass) => pass.router.atRest))!, spread(kb.map((pass) => pass.bare.atRest))!];
    const [routerAfter, bareAfter] = [
      spread(kb.map((pass) => pass.router.afterLogins))!,
      spread(kb.map((pass) => pass.bare.afterLogins))!,
    ];
    const figures = {
      routerKb: router.median,
      routerKbLow: router.low,
      routerKbHigh: router.high,
      bareKb: bare.median,
      bareKbLow: bare.low,
      bareKbHigh: bare.high,
      overBareKb: router.median - bare.median,
      routerAfterLoginsKb: routerAfter.median,
      routerAfterLoginsKbHigh: routerAfter.high,
      bareAfterLoginsKb: bareAfter.median,
    };
    const note =
      `RssAnon of the process tree, per connection, ${passes} passes on new processes; right after the logins ` +
      `${routerAfter.median.toFixed(2)} KB, at most ${routerAfter.high.toFixed(2)} (bare ${bareAfter.median.toFixed(2)})`;
    return [{ id: 'idle', title: `idle connection, ${low} to ${high}`, note, figures }];
  },
};
