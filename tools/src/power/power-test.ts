import type { UserLog } from '../crash/event-log.js';
import { Random } from '../crash/random.js';
import { drawScenario } from '../crash/scenario.js';
import type { Scenario } from '../crash/scenario.js';
import type { Violation } from '../crash/violation.js';
import { DiskImage, ofAnotherBoot } from './disk-image.js';
import { record } from './recording.js';
import type { Step } from './recording.js';
import { goOn } from './second-life.js';
import { WireLog } from './wire-log.js';

export interface PowerTestOptions {
  /** Moments at which the power is cut. */
  readonly moments: number;
  readonly seed: number;
  /** SENDs while it records. */
  readonly messages: number;
  /** The checkout, or a mutant of it. */
  readonly root: string;
  /** Go on after a moment that failed. */
  readonly keepGoing: boolean;
  readonly print: (line: string) => void;
}

/** What a router would have left behind, had the power been cut at one moment, and what the world knew of it. */
export interface PowerCut {
  readonly number: number;
  /** Of what was written and not flushed some pages are on the disk; else none. */
  readonly isTorn: boolean;
  /** undefined: the disk knows of no such file. */
  readonly dataFile: Buffer | undefined;
  readonly flushes: number;
  readonly logs: readonly UserLog[];
  /** Number of the newest event, and its time, ms since the epoch. */
  readonly n: number;
  readonly at: number;
  readonly bodyBytes: ReadonlyMap<number, number>;
}

/** Moments with violations. */
export interface PowerTestResult {
  readonly failed: readonly { readonly cut: number; readonly violations: readonly Violation[] }[];
}

/**
 * Records a router under load, cuts the power at random moments of the recording, starts a router on what each cut would
 * have left on the disk, and proves from the logs of the clients, who then go on, that it keeps its promises.
 */
export async function powerTest(options: PowerTestOptions): Promise<PowerTestResult> {
  const { moments, seed, messages, print } = options;
  const scenario: Scenario = { ...drawScenario(seed, { messages, startMs: 400 }), mailboxMessages: 0 };
  const { steps } = await record(scenario, options.root);
  const random = new Random(seed);
  const failed: { cut: number; violations: readonly Violation[] }[] = [];
  for (const cut of cuts(steps, moments, random)) {
    const { violations, known } = await goOn(cut, scenario, options.root);
    const { accepted, acked } = countsOf(cut);
    print(
      `cut ${cut.number}/${moments}${cut.isTorn ? ', torn' : ''}: ${violations.length === 0 ? 'ok' : `${violations.length} VIOLATIONS`}, ` +
        `${accepted} ACCEPTED, ${acked} messages acked, ${cut.flushes} flushes, ${(cut.dataFile?.length ?? 0) >> 10} KiB, ${known} found waiting`,
    );
    if (violations.length === 0) continue;
    failed.push({ cut: cut.number, violations });
    if (!options.keepGoing) break;
  }
  return { failed };
}

function countsOf({ logs }: PowerCut): { accepted: number; acked: number } {
  const count = (what: string): number =>
    logs.reduce((sum, { events }) => sum + events.filter((event) => event.what === what).length, 0);
  return { accepted: count('accepted'), acked: count('shown') };
}

/** Goes through the recording once and stops at random steps after the first HELLO. */
function* cuts(steps: readonly Step[], moments: number, random: Random): Generator<PowerCut> {
  const image = new DiskImage();
  const wire = new WireLog();
  let at = 0;
  const advance = (): void => {
    const { on, call } = steps[at++]!;
    if (on === 'file') image.take(call);
    else if (on === 'directory') image.takeDirectory(call);
    else wire.take(call);
  };
  while (wire.clock.n === 0 && at < steps.length) advance();
  if (at === steps.length) throw new Error('nobody has talked in this recording');
  const chosen = Array.from({ length: moments }, () => random.between(at, steps.length)).sort((a, b) => a - b);
  for (const [i, end] of chosen.entries()) {
    while (at < end) advance();
    const isTorn = i % 2 === 1;
    const dataFile = image.isNamed ? image.after(isTorn ? random.fork() : undefined) : undefined;
    if (dataFile !== undefined) ofAnotherBoot(dataFile);
    const { n, at: time } = wire.clock;
    const logs = wire.logs.map(({ user, events }) => ({ user, events: [...events] }));
    const { flushes } = image;
    yield { number: i + 1, isTorn, dataFile, flushes, logs, n, at: time, bodyBytes: wire.bodyBytes };
  }
}
