import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { checkoutRoot } from '../checkout.js';
import { LoadFleet } from '../load/load-fleet.js';
import { seededRandom } from '../seeded-random.js';
import { AdminClient } from '../swap/admin-client.js';
import { writeBaseSession } from '../swap/modules.js';
import { StartedRouter } from '../swap/started-router.js';
import { growthOf } from './growth.js';
import type { Growth, Reading } from './growth.js';
import { HeapProbe } from './heap-probe.js';
import { Onlookers } from './onlookers.js';
import { quantities, quantityNames } from './quantity.js';
import type { QuantityName, Sample } from './quantity.js';
import { Reloads } from './reloads.js';
import { Sampler } from './sampler.js';
import { Visitors } from './visitors.js';

export interface SoakOptions {
  /** The checkout whose router is started. */
  readonly root: string;
  readonly runMs: number;
  readonly sampleMs: number;
  /** The garbage is collected at one in so many samples. */
  readonly collectEach: number;
  /** Who is there all the time. */
  readonly connections: number;
  /** What they say to each other, in all. */
  readonly messagesPerSecond: number;
  readonly visitors: number;
  readonly visitsPerSecond: number;
  readonly stayMs: number;
  readonly reloadMs: number;
  /** Versions of each module that are loaded before the first look. A router keeps 20 to go back to. */
  readonly firstLoads: number;
  /** How many times as often as usual the admin port is asked. */
  readonly haste: number;
  /** So many times as much growth of bytes is allowed: a run of seconds is over before a router is warm. */
  readonly slack: number;
  /** Configuration of the router by environment. */
  readonly env: Readonly<Record<string, string>>;
  readonly seed: number;
  /** After each sample. */
  readonly onSample?: (soFar: Readings) => void;
  readonly print: (line: string) => void;
}

export type Readings = Readonly<Record<QuantityName, readonly Reading[]>>;

export interface SoakResult {
  readonly readings: Readings;
  readonly growths: Readonly<Record<QuantityName, Growth>>;
  /** What was done, in words. */
  readonly done: string;
  /** What went wrong besides; empty when nothing did. */
  readonly faults: readonly string[];
}

/** Part of a run that is not judged: a router has to get warm. */
const WARM_UP = 1 / 6;
/** Windows of the judged part. */
const WINDOWS = 50;
const SHARE = 0.02;
const BODY_BYTES = 100;
const UNANSWERED = 16;

/** Loads a router steadily, with people coming and going, and sees whether anything grows. */
export async function soakTest(options: SoakOptions): Promise<SoakResult> {
  const directory = mkdtempSync(join(tmpdir(), 'mailbeam-soak-'));
  const remove = (): void => rmSync(directory, { recursive: true, force: true, maxRetries: 10, retryDelay: 20 });
  try {
    const handlers = join(directory, 'handlers');
    mkdirSync(handlers);
    writeBaseSession(handlers, checkoutRoot);
    const probe = new HeapProbe(directory);
    const router = await StartedRouter.start(options.root, join(directory, 'data'), {
      MAILBEAM_CODE_HANDLERS: handlers,
      MAILBEAM_LOG_LEVEL: 'warn',
      ...options.env,
      ...probe.env,
    });
    // behind that of the router, which ends it
    process.once('exit', remove);
    try {
      return await soak(options, router, probe, handlers);
    } finally {
      process.off('exit', remove);
      await router.stop();
      if (router.output !== '') options.print(router.output.slice(-4_000));
    }
  } finally {
    remove();
  }
}

async function soak(
  options: SoakOptions,
  router: StartedRouter,
  probe: HeapProbe,
  handlers: string,
): Promise<SoakResult> {
  const { print, connections, runMs } = options;
  const admin = new AdminClient(router.adminPort, router.data, 'soak test');
  const fleet = new LoadFleet(1);
  const reloads = new Reloads(admin, handlers);
  let visitors: Visitors | undefined;
  let onlookers: Onlookers | undefined;
  try {
    await fleet.open({ port: router.port, window: 256, bodyBytes: BODY_BYTES });
    await fleet.login('steady', 'steady-', connections, connections);
    await fleet.ring('steady', connections, UNANSWERED, options.messagesPerSecond);
    await reloads.begin(options.firstLoads, options.reloadMs);
    onlookers = new Onlookers(admin, options.haste);
    visitors = new Visitors({
      port: router.port,
      people: options.visitors,
      perSecond: options.visitsPerSecond,
      stayMs: options.stayMs,
      steady: connections,
      random: seededRandom(options.seed),
    });
    print(`${connections} people are there, others come and go`);
    const delivered = { count: 0 };
    const watched = [visitors, onlookers, reloads];
    const readings = await sample(options, new Sampler(router, admin, probe), async () => {
      delivered.count += (await fleet.take()).delivered;
      return watched.map(({ fault }) => fault).find((fault) => fault !== '');
    });
    await Promise.all(watched.map((one) => one.end()));
    const status = (await admin.page('/status')) as { ledger: { imbalance: number } };
    const faults = watched.map(({ fault }) => fault).filter((fault) => fault !== '');
    if (status.ledger.imbalance !== 0) faults.push(`the ledger is off by ${status.ledger.imbalance}`);
    const { visits, replies, failed, rejected } = visitors.counts;
    const done =
      `${delivered.count} messages between those who stay, ${visits} visits (${visitors.counts.delivered} messages taken, ${replies} answers ` +
      `of the service, ${failed} expired, ${rejected} rejected), ${reloads.loads} loads, ${onlookers.asks} questions to the admin port`;
    return { readings, growths: judge(readings, runMs, options.slack), done, faults };
  } finally {
    await Promise.all([visitors?.end(), onlookers?.end(), reloads.end()]);
    await fleet.close();
  }
}

/** @param look after each sample; what it answers went wrong */
async function sample(
  { runMs, sampleMs, collectEach, onSample }: SoakOptions,
  sampler: Sampler,
  look: () => Promise<string | undefined>,
): Promise<Readings> {
  const readings = Object.fromEntries(quantityNames.map((name) => [name, [] as Reading[]])) as Record<
    QuantityName,
    Reading[]
  >;
  const began = performance.now();
  for (let n = 0; n * sampleMs <= runMs; n++) {
    await delay(Math.max(0, began + n * sampleMs - performance.now()));
    const taken: Sample = await sampler.take(n % collectEach === 0);
    const at = performance.now() - began;
    for (const name of quantityNames) {
      const value = taken[name];
      if (value !== undefined) readings[name].push({ at, value });
    }
    const fault = await look();
    if (fault !== undefined) throw new Error(fault);
    onSample?.(readings);
  }
  return readings;
}

/** What grows in the part of a run that counts. */
export function judge(readings: Readings, runMs: number, slack = 1): Record<QuantityName, Growth> {
  const from = runMs * WARM_UP;
  const windowMs = (runMs - from) / WINDOWS;
  return Object.fromEntries(
    quantityNames.map((name) => {
      const { floor, unit } = quantities[name];
      const times = unit === 'bytes' ? slack : 1;
      return [name, growthOf(readings[name], { from, windowMs, share: SHARE * times, floor: floor * times })];
    }),
  ) as Record<QuantityName, Growth>;
}
