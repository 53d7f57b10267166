import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { AdminClient, PeopleFleet, StartedRouter, swapped, writeBaseSession, writeVersion } from '@mailbeam/tools/swap';
import { describeMachine } from '../machine.js';
import { askedSizes, runCommand, say, writeReport } from '../measuring-command.js';
import { checkout } from '../server-under-test.js';
import { spread } from '../statistics.js';
import type { Spread } from '../statistics.js';

const HELP = `Measures what a swap costs those who talk meanwhile: p99 latency from SEND to DELIVER in windows that alternate without and
with swaps (a service, an interceptor and the session itself, one after the other), and, for scale, between neighbouring windows without.

  make bench-hot-swap ARGS="[--short] [--pairs N] [--connections N] [--rate N] [--out FILE] [--strict]"

  --short          in small: shows that it works, says nothing about speed
  --pairs N        pairs of windows, instead of ${20}
  --connections N  people, instead of 5000
  --rate N         messages a second in all, instead of 4000
  --out FILE       the JSON; default benchmarks/results/hot-swap.json, or hot-swap.local.json when not run in full
  --strict         exit 1 when the target is missed
`;

/** p99 with swaps at most so much above that without, ms. */
const TARGET_MS = 5;
const FULL = { pairs: 20, connections: 5_000, rate: 4_000, windowMs: 4_000 };
const SHORT = { pairs: 3, connections: 300, rate: 600, windowMs: 1_000 };
/** Pause between two swaps of a window. */
const PAUSE_MS = 250;

interface Window {
  readonly p99: number;
  readonly most: number;
  readonly swaps: number;
  readonly moved: number;
}

async function main(): Promise<number> {
  const asked = askedSizes(HELP, FULL, SHORT, ['pairs', 'connections', 'rate']);
  if (asked === undefined) return 0;
  const { sizes, isWhole, out, strict } = asked;
  const machine = describeMachine();
  const { quiet, swapping, violations } = await measure(sizes);
  const withSwaps = spread(swapping.map((w, i) => w.p99 - quiet[i]!.p99))!;
  const without = spread(quiet.slice(1).map((w, i) => w.p99 - quiet[i]!.p99))!;
  process.stdout.write(`\n${table(quiet, swapping, withSwaps, without)}\n`);
  const isMet = withSwaps.median <= TARGET_MS && violations.length === 0;
  process.stdout.write(`\np99 with swaps at most ${TARGET_MS} ms more: ${isMet ? 'met' : 'MISSED'}\n`);
  for (const violation of violations) process.stdout.write(`VIOLATION ${violation}\n`);
  const report = { machine, sizes, quiet, swapping, withSwaps, without, violations, isMet };
  writeReport(out, isWhole ? 'hot-swap.json' : 'hot-swap.local.json', report);
  return strict && !isMet ? 1 : 0;
}

async function measure(
  sizes: typeof FULL,
): Promise<{ quiet: Window[]; swapping: Window[]; violations: readonly string[] }> {
  const dir = mkdtempSync(join(tmpdir(), 'mailbeam-bench-swap-'));
  const handlers = join(dir, 'handlers');
  mkdirSync(handlers);
  writeBaseSession(handlers, checkout);
  const router = await StartedRouter.start(checkout, join(dir, 'data'), {
    MAILBEAM_CODE_HANDLERS: handlers,
    MAILBEAM_LOG_LEVEL: 'warn',
  });
  const people = new PeopleFleet();
  try {
    const admin = new AdminClient(router.adminPort, router.data);
    let n = 0;
    const swapOne = async (): Promise<number> => {
      const module = swapped[n % swapped.length]!;
      const operation = await admin.load(writeVersion(handlers, module, Math.floor(n++ / swapped.length)), {
        gateMs: 0,
      });
      if (operation.phase !== 'kept') throw new Error(`${module} ended ${operation.phase}: ${operation.reason}`);
      return operation.moved;
    };
    for (const _ of swapped) await swapOne();
    await people.run({ do: 'login', port: router.port, count: sizes.connections, overMs: sizes.connections });
    say(`${sizes.connections} people are there`);
    await people.run({ do: 'talk', perSecond: sizes.rate, servicePart: 8 });
    await delay(sizes.windowMs);
    const window = async (withSwaps: boolean): Promise<Window> => {
      await people.run({ do: 'count' });
      const end = performance.now() + sizes.windowMs;
      let swaps = 0;
      let moved = 0;
      while (withSwaps && performance.now() < end) {
        moved += await swapOne();
        swaps++;
        await delay(PAUSE_MS);
      }
      if (!withSwaps) await delay(sizes.windowMs);
      const { p99, most } = await people.run({ do: 'count' });
      return { p99, most, swaps, moved };
    };
    const quiet: Window[] = [];
    const swapping: Window[] = [];
    for (let pair = 1; pair <= sizes.pairs; pair++) {
      quiet.push(await window(false));
      swapping.push(await window(true));
      const [a, b] = [quiet.at(-1)!, swapping.at(-1)!];
      say(
        `${pair}: p99 ${a.p99.toFixed(1)} ms without, ${b.p99.toFixed(1)} ms with ${b.swaps} swaps (${b.moved} moved)`,
      );
    }
    const { violations } = await people.run({ do: 'fall_silent', limitMs: 20_000 });
    await people.run({ do: 'logout' });
    return { quiet, swapping, violations };
  } finally {
    await people.close();
    await router.stop();
    rmSync(dir, { recursive: true, force: true });
  }
}

function table(quiet: readonly Window[], swapping: readonly Window[], withSwaps: Spread, without: Spread): string {
  const p99 = (windows: readonly Window[]): string => text(spread(windows.map((w) => w.p99))!);
  const most = (windows: readonly Window[]): string => text(spread(windows.map((w) => w.most))!);
  const swaps = swapping.reduce((sum, w) => sum + w.swaps, 0);
  const moved = swapping.reduce((sum, w) => sum + w.moved, 0);
  return [
    '| ms | median | lowest to highest |',
    '|---|---|---|',
    `| p99 without swaps | ${p99(quiet)} |`,
    `| p99 with swaps (${swaps} in all, ${moved} actors moved) | ${p99(swapping)} |`,
    `| longest without | ${most(quiet)} |`,
    `| longest with | ${most(swapping)} |`,
    `| more with swaps, pair by pair | ${text(withSwaps)} |`,
    `| for scale: between neighbouring windows without | ${text(without)} |`,
  ].join('\n');
}

function text({ median, low, high }: Spread): string {
  return `${median.toFixed(2)} | ${low.toFixed(2)} to ${high.toFixed(2)}`;
}

runCommand(main);
