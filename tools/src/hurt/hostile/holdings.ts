import { readdirSync } from 'node:fs';
import type { RouterProcess } from '../../crash/router-process.js';
import { until } from '../../crash/waiting.js';
import type { HeapProbe } from '../../soak/heap-probe.js';
import { must, page, see } from '../expecting.js';
import type { StatusPage } from '../expecting.js';

/** What a node holds. */
export interface Holdings {
  readonly pid: number;
  readonly connections: number;
  readonly actors: number;
  readonly mailboxesInMemory: number;
  readonly descriptors: number;
  /** Heap and buffers right after a full collection, bytes. */
  readonly liveBytes: number;
}

/** Code that runs for the first time, and what the store keeps in memory of users that it did not know, bytes. */
const SLACK_BYTES = 3 << 20;
/** Files that the store or the log may have opened meanwhile. */
const SLACK_DESCRIPTORS = 5;

export async function holdings(router: RouterProcess, probe: HeapProbe): Promise<Holdings> {
  const { pid, connections, actors, mailboxesInMemory } = (await page(router))!;
  return {
    pid,
    connections,
    actors,
    mailboxesInMemory,
    descriptors: descriptors(pid),
    liveBytes: await live(probe, pid),
  };
}

/** A bound of what a node holds. */
export interface HoldingBound {
  readonly before: Holdings;
  /** How much more it may be, bytes. */
  readonly mostBytes: number;
  /** Longest wait until it is no more, ms: what the store has just written it holds until it is merged. */
  readonly settleMs: number;
}

/** @throws when it goes on holding more; returns how much more it is than before */
export async function holdsAtMost(probe: HeapProbe, { before, mostBytes, settleMs }: HoldingBound): Promise<number> {
  let grown = 0;
  const isLittle = async (): Promise<boolean> => {
    grown = (await live(probe, before.pid)) - before.liveBytes;
    return grown <= mostBytes + SLACK_BYTES;
  };
  must(
    await until(isLittle, settleMs, 250),
    `memory in use has grown by ${mib(grown)} MiB, more than ${mib(mostBytes + SLACK_BYTES)}`,
  );
  return grown;
}

/** Everybody has gone. @throws when the node goes on holding something of them; returns how much memory more it is */
export async function nothingIsLeft(router: RouterProcess, probe: HeapProbe, bound: HoldingBound): Promise<number> {
  const { before, settleMs } = bound;
  const isGone = ({ connections, actors, mailboxesInMemory }: StatusPage): boolean =>
    connections === before.connections && actors === before.actors && mailboxesInMemory <= before.mailboxesInMemory;
  await see(router, 'nothing is left of them', isGone, settleMs);
  const most = before.descriptors + SLACK_DESCRIPTORS;
  const areClosed = await until(() => descriptors(before.pid) <= most, settleMs, 50);
  must(areClosed, `${descriptors(before.pid)} descriptors are open, not ${before.descriptors}`);
  return holdsAtMost(probe, bound);
}

/** Of bytes; '?' where it is not known. */
export function mib(bytes = NaN): string {
  if (Number.isNaN(bytes)) return '?';
  return (bytes / (1 << 20)).toFixed(1);
}

async function live(probe: HeapProbe, pid: number): Promise<number> {
  const { heapUsed, external } = await probe.read(pid);
  return heapUsed + external;
}

function descriptors(pid: number): number {
  return readdirSync(`/proc/${pid}/fd`).length;
}
