import { LAST_ACKS_MS, sleep, withBare, withPair, withRouter } from '../bench-pair.js';
import type { Side } from '../bench-pair.js';
import { alternate, cpuRow, measureWindow } from '../measured-window.js';
import type { MeasuredWindow } from '../measured-window.js';
import type { RowResult, SideResult } from '../row-result.js';
import type { Row, RowContext } from '../row.js';
import type { Sizes } from '../sizes.js';

const DELIVERED_POLL_MS = 10;

/** The senders store `perUser` messages for each of `users` who are away. */
export function storeWork(
  { fleet }: Side,
  sizes: Sizes,
  prefix: string,
  users: number,
  perUser: number,
  seed: number,
): Promise<void> {
  const { senders, unanswered } = sizes.store;
  return fleet.store('senders', { senders, unanswered, prefix, users, perUser, seed });
}

async function untilDelivered({ fleet }: Side, messages: number): Promise<void> {
  while ((await fleet.deliveredSoFar()) < messages) await sleep(DELIVERED_POLL_MS);
  await sleep(LAST_ACKS_MS);
  const delivered = await fleet.deliveredSoFar();
  if (delivered !== messages) throw new Error(`${messages} messages were waiting and ${delivered} delivered`);
}

/** The recipients log in, take and ack everything; they stay connected. */
async function drainWork(side: Side, sizes: Sizes): Promise<void> {
  await side.fleet.login('away', 'away', sizes.store.users, sizes.drainOverMs);
  await untilDelivered(side, sizes.store.users * sizes.store.perUser);
}

/** The floor of draining: the same people log in and the same messages reach them, but straight from their senders. */
async function bareDrainWork(side: Side, sizes: Sizes, seed: number): Promise<void> {
  await side.fleet.login('away', 'away', sizes.store.users, sizes.drainOverMs);
  await storeWork(side, sizes, 'away', sizes.store.users, sizes.store.perUser, seed);
  await untilDelivered(side, sizes.store.users * sizes.store.perUser);
}

interface Round {
  readonly store: MeasuredWindow;
  readonly drain: MeasuredWindow;
}

const delivered = ({ delivered: messages }: { delivered: number }): number => messages;

async function bareRound(side: Side, sizes: Sizes, seed: number): Promise<Round> {
  const { users, perUser } = sizes.store;
  const { server, fleet } = side;
  const store = await measureWindow(server, fleet, 'store', () => storeWork(side, sizes, 'away', users, perUser, seed));
  const drain = await measureWindow(server, fleet, 'drain', () => bareDrainWork(side, sizes, seed), delivered);
  await fleet.logout('away');
  return { store, drain };
}

async function routerRound(side: Side, sizes: Sizes, seed: number, sendersAway: boolean): Promise<Round> {
  const { users, perUser, senders } = sizes.store;
  const { server, fleet } = side;
  const store = await measureWindow(server, fleet, 'store', () => storeWork(side, sizes, 'away', users, perUser, seed));
  if (sendersAway) await fleet.logout('senders');
  const drain = await measureWindow(
    server,
    fleet,
    sendersAway ? 'drain-senders-away' : 'drain',
    () => drainWork(side, sizes),
    delivered,
  );
  await fleet.logout('away');
  if (sendersAway) await fleet.login('senders', 'sender', senders);
  await sleep(LAST_ACKS_MS);
  return { store, drain };
}

/** Rows 3 and 5: each round stores for the people who are away and then drains them. */
export const storing: Row = {
  ids: ['store', 'drain', 'drain-senders-away'],
  run: (context) =>
    withPair(context, async (bare, router) => {
      const { sizes } = context;
      const { senders, users, perUser, unanswered } = sizes.store;
      for (const { fleet } of [bare, router]) await fleet.login('senders', 'sender', senders);
      let seed = 1;
      await bareRound(bare, sizes, seed);
      await routerRound(router, sizes, seed, false);
      await routerRound(router, sizes, seed, true);
      const rounds = await alternate(
        sizes.pairs,
        () => bareRound(bare, sizes, ++seed),
        () => routerRound(router, sizes, seed, false),
      );
      const away: Round[] = [];
      for (let round = 0; round < sizes.pairs; round++) away.push(await routerRound(router, sizes, ++seed, true));
      const messages = `${users} x ${perUser} messages`;
      const storeNote = `${messages}, ${senders} senders, ${unanswered} unanswered each, recipients at random`;
      const floor = 'bare: the same logins, messages straight from their senders';
      const bareDrain = rounds.bare.map(({ drain }) => drain);
      const drainOf = (id: string, title: string, router: readonly Round[]): RowResult =>
        withoutLatency(
          cpuRow(
            { id, title, note: `${messages}, logins over ${sizes.drainOverMs} ms counted; ${floor}` },
            { bare: bareDrain, router: router.map(({ drain }) => drain) },
          ),
        );
      return [
        withoutDelivery(
          cpuRow(
            { id: 'store', title: `store for ${users} away`, note: storeNote },
            { bare: rounds.bare.map(({ store }) => store), router: rounds.router.map(({ store }) => store) },
          ),
        ),
        drainOf('drain', 'drain, senders online', rounds.router),
        drainOf('drain-senders-away', 'drain, senders away', away),
      ];
    }),
};

/** Row 4: one message for each of very many; every pass on a new data directory. */
export const storingMillion: Row = {
  ids: ['store-million'],
  run: async (context) => {
    const { sizes } = context;
    const { users, passes } = sizes.million;
    let seed = 100;
    const windows = await alternate(
      passes,
      () => withBare(context, (side) => millionPass(side, context, ++seed)),
      () => withRouter(context, (side) => millionPass(side, context, seed)),
    );
    const title = `store for ${users} away`;
    const note = `one message each in random order, ${passes} passes, each on a new data directory, after a warm-up of another ${sizes.store.users} x ${sizes.store.perUser}`;
    const row = cpuRow({ id: 'store-million', title, note }, windows);
    const store = context.earlier.find(({ id }) => id === 'store')?.figures['routerUs'];
    const figures =
      store === undefined ? row.figures : { ...row.figures, timesStore: (row.figures['routerUs'] ?? 0) / store };
    return [withoutDelivery({ ...row, figures })];
  },
};

async function millionPass(side: Side, { sizes }: RowContext, seed: number): Promise<MeasuredWindow> {
  const { server, fleet } = side;
  const { senders, users, perUser } = sizes.store;
  await fleet.login('senders', 'sender', senders);
  await storeWork(side, sizes, 'warm', users, perUser, seed);
  return measureWindow(server, fleet, 'store-million', () =>
    storeWork(side, sizes, 'many', sizes.million.users, 1, seed),
  );
}

/** Nobody is there to deliver to: no latency to show. */
function withoutDelivery(row: RowResult): RowResult {
  const strip = (side: SideResult | undefined): SideResult => ({
    ...side,
    deliverP50Ms: undefined,
    deliverP99Ms: undefined,
  });
  return { ...row, router: strip(row.router), bare: strip(row.bare) };
}

/** What is drained was sent long ago: its age is no latency. */
function withoutLatency(row: RowResult): RowResult {
  const strip = (side: SideResult | undefined): SideResult => ({
    ...side,
    acceptP50Ms: undefined,
    acceptP99Ms: undefined,
    deliverP50Ms: undefined,
    deliverP99Ms: undefined,
  });
  return { ...row, router: strip(row.router), bare: strip(row.bare) };
}
