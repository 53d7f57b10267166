import type { FleetTally, LoadFleet } from '@mailbeam/tools/load';
import type { RowResult, SideResult } from './row-result.js';
import type { ServerUnderTest } from './server-under-test.js';
import { spread } from './statistics.js';

/** One window on one server. */
export interface MeasuredWindow {
  readonly messages: number;
  /** Wall time of the work itself, without the wait until the store is quiet. */
  readonly seconds: number;
  readonly cpuMicros: number;
  /** Share of one core that the busiest load process used: near 1, the client is what was measured. */
  readonly clientBusy: number;
  readonly tally: FleetTally;
}

/**
 * Runs `work` between two readings of the server's CPU, from quiet to quiet: merges, erasure and sweeps are in it.
 * `label` names the row in profiles; `messagesOf` says how many messages the work came to.
 */
export async function measureWindow(
  server: ServerUnderTest,
  fleet: LoadFleet,
  label: string,
  work: () => Promise<void>,
  messagesOf: (tally: FleetTally) => number = (tally) => tally.accepted,
): Promise<MeasuredWindow> {
  await server.quiet();
  await fleet.take();
  const clientBefore = await fleet.cpuSeconds();
  const cpuBefore = server.cpuMicros();
  const fromUs = monotonicUs();
  const started = performance.now();
  await work();
  const seconds = (performance.now() - started) / 1000;
  const clientAfter = await fleet.cpuSeconds();
  await server.quiet();
  const cpuMicros = server.cpuMicros() - cpuBefore;
  server.noteWindow({ label, fromUs, toUs: monotonicUs() });
  const tally = await fleet.take();
  const clientBusy = Math.max(...clientAfter.map((after, i) => (after - clientBefore[i]!) / seconds));
  return { messages: messagesOf(tally), seconds, cpuMicros, clientBusy, tally };
}

/** Alternating windows, bare first, so that what disturbs the machine disturbs both. */
export async function alternate<T>(
  pairs: number,
  bareWindow: () => Promise<T>,
  routerWindow: () => Promise<T>,
): Promise<{ bare: T[]; router: T[] }> {
  const windows = { bare: [] as T[], router: [] as T[] };
  for (let pair = 0; pair < pairs; pair++) {
    windows.bare.push(await bareWindow());
    windows.router.push(await routerWindow());
  }
  return windows;
}

export function sideOf(windows: readonly MeasuredWindow[]): SideResult {
  const quantileMs = (of: 'acceptUs' | 'deliverUs', fraction: number) =>
    spread(windows.map(({ tally }) => scale(tally[of].quantile(fraction), 0.001)));
  return {
    usPerMessage: spread(windows.map((window) => window.cpuMicros / window.messages)),
    perSecond: spread(windows.map((window) => window.messages / window.seconds)),
    acceptP50Ms: quantileMs('acceptUs', 0.5),
    acceptP99Ms: quantileMs('acceptUs', 0.99),
    deliverP50Ms: quantileMs('deliverUs', 0.5),
    deliverP99Ms: quantileMs('deliverUs', 0.99),
  };
}

/** The result of a row whose unit is CPU per message; the ratio is that of the medians. */
export function cpuRow(
  row: Pick<RowResult, 'id' | 'title' | 'note'>,
  windows: { readonly bare: readonly MeasuredWindow[]; readonly router: readonly MeasuredWindow[] },
): RowResult {
  const router = sideOf(windows.router);
  const bare = sideOf(windows.bare);
  const routerUs = router.usPerMessage?.median ?? Number.NaN;
  const bareUs = bare.usPerMessage?.median ?? Number.NaN;
  const acceptP99Ms = router.acceptP99Ms?.median;
  const clientBusy = Math.max(...[...windows.bare, ...windows.router].map((window) => window.clientBusy));
  const figures = {
    routerUs,
    bareUs,
    ratio: routerUs / bareUs,
    clientBusy,
    ...(acceptP99Ms !== undefined && { acceptP99Ms }),
  };
  return { ...row, router, bare, figures };
}

function scale(value: number | undefined, by: number): number | undefined {
  return value === undefined ? undefined : value * by;
}

function monotonicUs(): number {
  return Number(process.hrtime.bigint() / 1000n);
}
