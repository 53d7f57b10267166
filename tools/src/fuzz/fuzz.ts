import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import type { ModelLimits } from './connection-model.js';
import { RouterUnderFuzz, anonMegabytes } from './router-under-fuzz.js';
import type { FuzzedStatus } from './router-under-fuzz.js';
import { Slot } from './slot.js';
import type { FuzzFailure, SlotCounts } from './slot.js';
import type { WitnessReport } from './witness.js';

export interface FuzzOptions {
  readonly cases: number;
  readonly seed: number;
  /** Connections at a time. */
  readonly connections: number;
  /** The checkout, or a mutant of it, whose router is fuzzed. */
  readonly root: string;
  /** Run just these cases, one after the other over one connection. */
  readonly only?: readonly number[];
  /** Stop after so many failures. */
  readonly maxFailures: number;
  /** How long everything that must come may take. */
  readonly settleMs: number;
  /** The highest p99 of the witness pair, from SEND to DELIVER. */
  readonly p99Ms: number;
}

export interface FuzzResult {
  readonly seed: number;
  readonly failures: readonly FuzzFailure[];
  /** What was wrong besides single cases: witness, memory, ledger, store. */
  readonly complaints: readonly string[];
  readonly counts: SlotCounts;
  readonly witness: WitnessReport;
  readonly ms: number;
  readonly anonMegabytesBefore: number;
  readonly anonMegabytesAfter: number;
}

/** What `limits` of WELCOME says under the configuration of {@link RouterUnderFuzz}. */
const limits: ModelLimits = { maxMessage: 16_384, maxBody: 15_360, sendWindow: 16, watch: 20 };

const GROWTH_MEGABYTES = 50;
/** The most memory seen between these shares of the cases is that of a warm router, its uncollected garbage included. */
const WARM = [0.1, 0.4] as const;
const SAMPLE_EVERY = 500;
/** How long the garbage of the last cases may last. */
const SHRINK_MS = 8_000;

/** Sends `cases` to a router of its own and holds every answer against the oracle. */
export async function fuzz(options: FuzzOptions): Promise<FuzzResult> {
  const router = await RouterUnderFuzz.start(options.root);
  try {
    return await fuzzRouter(router, options);
  } finally {
    await router.dispose();
  }
}

async function fuzzRouter(router: RouterUnderFuzz, options: FuzzOptions): Promise<FuzzResult> {
  const { pid } = await router.status();
  const witness = await startWitness(router.port);
  const begin = performance.now();
  const run = new Run(router, options, pid);
  await run.finished();
  const ms = Math.round(performance.now() - begin);
  const report = await endWitness(witness);
  const complaints = [...witnessComplaints(report, options.p99Ms, run.failures.length > 0)];
  const after = await run.settledMegabytes();
  if (run.warmMegabytes > 0 && after - run.warmMegabytes > GROWTH_MEGABYTES) {
    complaints.push(`memory grew from ${run.warmMegabytes.toFixed(0)} to ${after.toFixed(0)} MB`);
  }
  complaints.push(...(await routerComplaints(router, pid)));
  const { failures, counts, warmMegabytes } = run;
  return {
    seed: options.seed,
    failures,
    complaints,
    counts,
    witness: report,
    ms,
    anonMegabytesBefore: warmMegabytes,
    anonMegabytesAfter: after,
  };
}

/** The cases of one run, spread over its connections. */
class Run {
  readonly failures: FuzzFailure[] = [];
  warmMegabytes = 0;
  readonly #options: FuzzOptions;
  readonly #pid: number;
  readonly #slots: Slot[];
  #done = 0;

  constructor(router: RouterUnderFuzz, options: FuzzOptions, pid: number) {
    this.#options = options;
    this.#pid = pid;
    const connections = options.only === undefined ? options.connections : 1;
    this.#slots = Array.from({ length: connections }, (_, i) => {
      const name = `fuzz-${String.fromCharCode(97 + (i % 26)).repeat(3)}${String.fromCharCode(97 + Math.floor(i / 26)).repeat(3)}`;
      return new Slot({ port: router.port, seed: options.seed, name, limits, settleMs: options.settleMs });
    });
  }

  async finished(): Promise<void> {
    await Promise.all(this.#slots.map((slot, i) => this.#work(slot, i)));
    for (const slot of this.#slots) slot.end();
  }

  /** Every slot has cases of its own, so that what it does depends on the seed alone. */
  async #work(slot: Slot, index: number): Promise<void> {
    const { only, cases, maxFailures } = this.#options;
    for (const number of only ?? every(index, this.#slots.length, cases)) {
      if (this.failures.length >= maxFailures) return;
      const failure = await slot.run(number);
      if (failure !== undefined) this.failures.push(failure);
      if (++this.#done % SAMPLE_EVERY === 0) this.#sample(this.#done / cases);
    }
  }

  #sample(share: number): void {
    if (share < WARM[0] || share > WARM[1]) return;
    this.warmMegabytes = Math.max(this.warmMegabytes, anonMegabytes(this.#pid));
  }

  get counts(): SlotCounts {
    const total: SlotCounts = {
      cases: 0,
      greetings: 0,
      closed: 0,
      free: 0,
      connections: 0,
      resent: 0,
      kinds: new Map(),
    };
    for (const { counts } of this.#slots) {
      total.cases += counts.cases;
      total.greetings += counts.greetings;
      total.closed += counts.closed;
      total.free += counts.free;
      total.connections += counts.connections;
      total.resent += counts.resent;
      for (const [kind, n] of counts.kinds) total.kinds.set(kind, (total.kinds.get(kind) ?? 0) + n);
    }
    return total;
  }

  /** The least memory seen once the cases are over: what its garbage collector has not got to is no growth. Waits for nothing where there is nothing to compare with. */
  async settledMegabytes(): Promise<number> {
    let least = anonMegabytes(this.#pid);
    if (this.warmMegabytes === 0) return least;
    const end = performance.now() + SHRINK_MS;
    while (least - this.warmMegabytes > GROWTH_MEGABYTES && performance.now() < end) {
      await delay(200);
      least = Math.min(least, anonMegabytes(this.#pid));
    }
    return least;
  }
}

function* every(first: number, step: number, end: number): Generator<number> {
  for (let number = first; number < end; number += step) yield number;
}

async function startWitness(port: number): Promise<Worker> {
  const worker = new Worker(new URL('./witness-thread.js', import.meta.url), { workerData: { port } });
  await once(worker, 'message');
  return worker;
}

async function endWitness(worker: Worker): Promise<WitnessReport> {
  const report = once(worker, 'message');
  worker.postMessage('end');
  const [told] = (await report) as [WitnessReport];
  await worker.terminate();
  return told;
}

function* witnessComplaints(report: WitnessReport, p99Ms: number, hasFailures: boolean): Generator<string> {
  for (const wrong of report.wrong) yield `witness: ${wrong}`;
  if (report.p99 > p99Ms && !hasFailures) yield `witness: p99 ${report.p99} ms, promised ${p99Ms}`;
}

/** Asks until the store has come to rest, at most a minute; undefined where nobody answers. */
async function settledStatus(router: RouterUnderFuzz): Promise<FuzzedStatus | undefined> {
  const end = performance.now() + 60_000;
  for (;;) {
    const status = await router.status().catch(() => undefined);
    if (status?.quiet === true || performance.now() > end) return status;
    await delay(50);
  }
}

async function routerComplaints(router: RouterUnderFuzz, pid: number): Promise<string[]> {
  const complaints: string[] = [];
  const status = await settledStatus(router);
  if (status === undefined) return [`the router does not answer\n${router.log}`];
  if (status.pid !== pid) complaints.push(`the node is another process: ${status.pid}, before ${pid}\n${router.log}`);
  if (status.imbalance !== 0) complaints.push(`the ledger is out of balance by ${status.imbalance}`);
  if (status.sessionCrashes > 0) complaints.push(`${status.sessionCrashes} sessions crashed\n${router.log}`);
  if (!status.quiet) complaints.push('the store did not come to rest');
  const stopped = await router.stop();
  if (stopped !== '') complaints.push(stopped);
  const checked = await router.checkStore();
  if (checked !== '') complaints.push(`mailbeam store check: ${checked}`);
  return complaints;
}
