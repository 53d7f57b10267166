import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Operation } from '@mailbeam/router';
import { AdminClient } from './admin-client.js';
import { found, manners, shownBy, writeManner } from './gate-modules.js';
import type { Manner } from './gate-modules.js';
import { PeopleFleet } from './people-fleet.js';
import { StartedRouter } from './started-router.js';
import { CANARY } from './swap-plan.js';

export interface GateTestOptions {
  readonly root: string;
  readonly connections: number;
  /** Messages a second to what is swapped. */
  readonly perSecond: number;
  /** How often the same code is loaded again. */
  readonly same: number;
  readonly gateMs: number;
  readonly print: (line: string) => void;
}

/** One load as the gate saw it. */
export interface GateRun {
  readonly manner: Manner;
  readonly phase: string;
  readonly reason: string;
  /** From the load to its end, ms. */
  readonly ms: number;
  /** The most instances that ran the new version before it was kept. */
  readonly touched: number;
  readonly instances: number;
}

export interface GateTestResult {
  readonly runs: readonly GateRun[];
  readonly closed: number;
  readonly faults: readonly string[];
}

/** What is bad goes back within so long. */
const BACK_WITHIN_MS = 10_000;
/** Of 50 loads of the same code. */
const MOST_FALSE = 1;
/** A canary is a share by hash: of so many instances it may be this much larger. */
const CANARY_MARGIN = 2;

/** Loads the same code again and again, then worse code in four ways, each as a canary, under load. */
export async function gateTest(options: GateTestOptions): Promise<GateTestResult> {
  const dir = mkdtempSync(join(tmpdir(), 'mailbeam-gate-'));
  const handlers = join(dir, 'handlers');
  mkdirSync(handlers);
  const router = await StartedRouter.start(options.root, join(dir, 'data'), {
    MAILBEAM_CODE_HANDLERS: handlers,
    MAILBEAM_LOG_LEVEL: 'fatal',
  });
  const people = new PeopleFleet();
  try {
    const admin = new AdminClient(router.adminPort, router.data);
    let n = 0;
    const load = async (manner: Manner, module = shownBy[manner], gated = true): Promise<GateRun> => {
      const began = performance.now();
      const file = writeManner(handlers, n++, manner, module);
      let touched = 0;
      let instances = 0;
      const note = ({ phase, moved, old }: Operation): void => {
        if (phase !== 'moving' && phase !== 'gating') return;
        touched = Math.max(touched, moved);
        instances = Math.max(instances, moved + old);
      };
      const { phase, reason } = await admin.load(
        file,
        gated ? { canary: CANARY, gateMs: options.gateMs } : { gateMs: 0 },
        note,
      );
      return { manner, phase, reason, ms: performance.now() - began, touched, instances };
    };
    for (const module of ['work', 'screen'] as const) await load('same', module, false);
    await people.run({ do: 'login', port: router.port, count: options.connections, overMs: options.connections });
    await people.run({ do: 'talk', perSecond: options.perSecond, servicePart: 1 });
    await delay(3_000);
    const runs: GateRun[] = [];
    for (let i = 0; i < options.same; i++) runs.push(await show(load('same'), options.print));
    for (const manner of manners.slice(1)) runs.push(await show(load(manner), options.print));
    const count = await people.run({ do: 'count' });
    await people.run({ do: 'logout' });
    return { runs, closed: count.closed, faults: judge(runs, count.closed) };
  } finally {
    await people.close();
    await router.stop();
    rmSync(dir, { recursive: true, force: true });
  }
}

async function show(running: Promise<GateRun>, print: (line: string) => void): Promise<GateRun> {
  const run = await running;
  const { manner, phase, ms, touched, instances, reason } = run;
  print(
    `${manner.padEnd(8)} ${phase.padEnd(11)} ${(ms / 1000).toFixed(1)} s, touched ${touched} of ${instances}: ${reason}`,
  );
  return run;
}

function judge(runs: readonly GateRun[], closed: number): string[] {
  const faults: string[] = [];
  const same = runs.filter(({ manner }) => manner === 'same');
  const back = same.filter(({ phase }) => phase !== 'kept');
  if (back.length > MOST_FALSE * Math.ceil(same.length / 50))
    faults.push(`the same code went back ${back.length} times of ${same.length}: ${back[0]!.reason}`);
  for (const { manner, phase, reason, ms, touched, instances } of runs) {
    if (manner === 'same') continue;
    if (phase !== 'rolled_back') faults.push(`${manner} ended ${phase}: ${reason}`);
    else if (!found[manner].test(reason)) faults.push(`${manner} went back for another reason: ${reason}`);
    if (ms > BACK_WITHIN_MS) faults.push(`${manner} was there for ${(ms / 1000).toFixed(1)} s`);
    if (touched > Math.ceil((instances * CANARY * CANARY_MARGIN) / 100))
      faults.push(`${manner} touched ${touched} of ${instances} (${shownBy[manner]})`);
  }
  if (closed > 0) faults.push(`${closed} connections were closed`);
  return faults;
}
