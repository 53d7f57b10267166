import { readFileSync } from 'node:fs';
import type { HeapProbe } from '../../soak/heap-probe.js';
import { named, store } from '../crowd.js';
import { Complaints, must, page, see } from '../expecting.js';
import type { Weather } from '../storms.js';
import type { WitnessWindow } from '../witness-process.js';
import { comeAndGo, comesAndGoes } from './comes-and-goes.js';
import { doesNotAck, takesNoReceipts } from './does-not-ack.js';
import { doesNotRead } from './does-not-read.js';
import { halfAnUpgrade, saysNoHello } from './half-a-handshake.js';
import { holdings, holdsAtMost, mib, nothingIsLeft } from './holdings.js';
import { BODY_BYTES } from './torment.js';
import type { Scale, Stage, Torment } from './torment.js';

/** All that hostile peers do. */
export const torments = {
  'no-reading': doesNotRead,
  'no-acks': doesNotAck,
  'no-receipts': takesNoReceipts,
  'half-upgrade': halfAnUpgrade,
  'no-hello': saysNoHello,
  visits: comesAndGoes,
} satisfies Record<string, (stage: Stage) => Promise<Torment>>;
export type TormentName = keyof typeof torments;
export const tormentNames = Object.keys(torments) as TormentName[];

/** As much to people who are away. */
const LOAD = { bodyBytes: BODY_BYTES, perSecond: 1_000 } as const;
/** Visits by which code is warm, and what grows by use has grown. */
const WARM_VISITS = 300;

/** How the others are judged. */
export interface HostileJudgement extends Scale {
  /** What is done, all at once. */
  readonly torments: readonly TormentName[];
  /** How often it is measured without and with them, in turn: the medians are compared. 0 = once, and others are not measured. */
  readonly pairs: number;
}

/** What others noticed of one pair of windows. */
interface Pair {
  readonly without: WitnessWindow;
  readonly with: WitnessWindow;
}

/**
 * People who do not read, do not ack, trickle, hang up in the middle and come and go, all at once: what they cost has its bound, and nothing is left of them. What
 * others notice of it: their p99 at most doubles, against windows of the same run in which as many messages go to people who are away.
 */
export async function hostilePeers(weather: Weather, probe: HeapProbe, judgement: HostileJudgement): Promise<void> {
  const { router } = weather;
  await comeAndGo(router.port, WARM_VISITS);
  await see(router, 'the first visitors are gone', ({ connections }) => connections === 2);
  const { pairs } = judgement;
  if (pairs === 0) await round(weather, probe, judgement, 0);
  else {
    const measured: Pair[] = [];
    for (let nth = 1; nth <= pairs; nth++) measured.push(await pair(weather, probe, judgement, nth));
    judge(weather, judgement, measured);
  }
}

function judge({ slackMs, print }: Weather, { pairs }: HostileJudgement, measured: readonly Pair[]): void {
  const before = median(measured.map(({ without }) => without.p99));
  const during = median(measured.map((one) => one.with.p99));
  const ratio = median(measured.map((one) => one.with.p99 / one.without.p99));
  print(
    `  p99 of others, median of ${pairs}: ${before.toFixed(1)} ms without them, ${during.toFixed(1)} with them, ratio ${ratio.toFixed(2)}`,
  );
  must(
    ratio <= 2 || during <= 2 * before + slackMs,
    `others wait ${during.toFixed(1)} ms at p99, not ${before.toFixed(1)}: ratio ${ratio.toFixed(2)}, at most 2`,
  );
}

/** A window without hostile peers and one with them. */
async function pair(weather: Weather, probe: HeapProbe, judgement: HostileJudgement, nth: number): Promise<Pair> {
  const { router, witness, print } = weather;
  const { peers, messagesEach } = judgement;
  await witness.take();
  // who is away costs the disk the same
  await store(router.port, named(`away-${nth}-`, 2 * peers), Math.ceil(messagesEach / 2), LOAD);
  const without = await witness.take();
  report(print, 'messages to people who are away', without);
  const during = await round(weather, probe, judgement, nth);
  report(print, 'as many to hostile peers', during);
  must(without.messages > 0 && during.messages > 0, 'others go on');
  return { without, with: during };
}

/** All torments at once, and what becomes of them. */
async function round(
  { router, witness, print }: Weather,
  probe: HeapProbe,
  judgement: HostileJudgement,
  nth: number,
): Promise<WitnessWindow> {
  const scale = { ...judgement, opens: Math.ceil(judgement.opens / Math.max(1, judgement.pairs)) };
  await see(router, 'it is quiet', ({ connections }) => connections === 2);
  const before = await holdings(router, probe);
  const anonymous = new AnonymousMemory(before.pid);
  await witness.take();
  const begun: Torment[] = [];
  for (const name of judgement.torments) begun.push(await torments[name]({ router, scale, nth }));
  const sum = (of: (torment: Torment) => number | undefined): number =>
    begun.reduce((all, one) => all + (of(one) ?? 0), 0);
  const load = judgement.pairs === 0 ? { bodyBytes: BODY_BYTES } : LOAD;
  const recipients = begun.flatMap((torment) => torment.recipients ?? []);
  await Promise.all([store(router.port, recipients, scale.messagesEach, load), ...begun.map(({ busy }) => busy)]);
  const during = await witness.take();

  const mostBytes = sum((torment) => torment.mostBytes);
  const storesBytes = recipients.length === 0 ? 0 : STORE_BYTES;
  const bound = { before, mostBytes: storesBytes, settleMs: scale.settleMs };
  const complaints = new Complaints();
  const held = await complaints.note(() => holdsAtMost(probe, { ...bound, mostBytes: mostBytes + storesBytes }));
  for (const torment of begun) await complaints.note(() => torment.look());
  const mostGrown = anonymous.end();
  // mail that comes as fast as it can costs more, and is no matter of hostile peers
  const mostAnonymous = judgement.pairs === 0 ? Infinity : mostBytes + ALLOCATED_BYTES;
  print(
    `  memory: ${mib(held)} MiB more in use, at most ${mib(mostBytes)} of it theirs; RssAnon at most ${mib(mostGrown)} more`,
  );
  await complaints.note(() =>
    must(mostGrown <= mostAnonymous, `memory has grown by ${mib(mostGrown)} MiB, more than ${mib(mostAnonymous)}`),
  );
  const stay = before.connections + sum(({ staying }) => staying);
  // whoever was not closed is left too
  if (complaints.isEmpty)
    await complaints.note(() =>
      see(router, `${stay} connections are left`, (now) => now.connections === stay, scale.settleMs),
    );
  for (const torment of begun) torment.end?.();
  const left = await complaints.note(() => nothingIsLeft(router, probe, bound));
  print(`  when they are gone: ${mib(left)} MiB more in use`);
  const { pid, ledger } = (await page(router))!;
  await complaints.note(() => must(pid === before.pid, 'it is the same node'));
  await complaints.note(() => must(ledger.imbalance === 0, 'the ledger balances'));
  complaints.end();
  return during;
}

/** What the store keeps of so much mail: buffers that it writes from. */
const STORE_BYTES = 16 << 20;
/** What a process may allocate besides, and has not collected yet. */
const ALLOCATED_BYTES = 128 << 20;

/** The middle one; the lower of two. */
function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[(values.length - 1) >> 1] ?? Infinity;
}

function report(print: (line: string) => void, what: string, { messages, p50, p99, most }: WitnessWindow): void {
  print(
    `  others beside ${what}: ${messages} messages, p50 ${p50.toFixed(1)}, p99 ${p99.toFixed(1)}, most ${most.toFixed(1)} ms`,
  );
}

/** By how much the memory of a process that is no file grows, at most. */
class AnonymousMemory {
  readonly #pid: number;
  readonly #before: number;
  #most: number;
  readonly #timer: NodeJS.Timeout;

  constructor(pid: number) {
    this.#pid = pid;
    this.#most = this.#before = this.#now();
    this.#timer = setInterval(() => {
      this.#most = Math.max(this.#most, this.#now());
    }, 50);
  }

  /** Stops looking; bytes. */
  end(): number {
    clearInterval(this.#timer);
    return this.#most - this.#before;
  }

  #now(): number {
    const [, kilobytes = '0'] = /^RssAnon:\s+(\d+) kB/m.exec(readFileSync(`/proc/${this.#pid}/status`, 'utf8')) ?? [];
    return Number(kilobytes) * 1024;
  }
}
