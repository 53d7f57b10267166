import { driftOf } from './drift.js';
import { messageOf } from './errors.js';
import type { ModuleRecord, VersionRecord } from './live-file.js';
import type { ServerParts } from './server-parts.js';
import { planStart } from './start-plan.js';
import { start } from './take-over.js';
import { beforeOf } from './stats-window.js';
import type { LiveModule } from './live-module.js';
import type { Version } from './version.js';
import type { Before } from './gate.js';

/** A rollout that goes on after a start. */
export interface Resumed {
  readonly running: LiveModule;
  readonly version: Version;
  readonly record: VersionRecord;
  readonly gateMs: number;
  readonly by: string;
  readonly before: Before;
}

/** Starts what was live on the hosts, in the order of the hosts. Returns the rollouts that go on. */
export async function startModules(parts: ServerParts): Promise<Resumed[]> {
  const { store, options, hosts } = parts;
  const { clock, builtIns, ended, quarantineDeaths, quarantineWithinMs } = options;
  const limits = { quarantineDeaths, quarantineWithinMs };
  const plan = planStart({ live: store.live, builtIns, ended, now: clock.wall(), ...limits });
  await store.saveAll(plan.live);
  await store.sweepBundles();
  for (const { event, module, version, text } of plan.notes)
    parts.tell({ event, level: 'error', kind: module.kind, name: module.name, version, text });
  const resumed: Resumed[] = [];
  for (const kind of hosts.keys())
    for (const module of plan.live.modules.filter((one) => one.kind === kind)) {
      const rollout = await startModule(parts, module);
      if (rollout !== undefined) resumed.push(rollout);
      await tellDrift(parts, module);
    }
  return resumed;
}

async function startModule(parts: ServerParts, module: ModuleRecord): Promise<Resumed | undefined> {
  const running = await startNewest(parts, module);
  const { rollout } = module;
  if (running === undefined || rollout === undefined) return undefined;
  const { to, gateMs, by, before } = rollout;
  try {
    const version = await parts.loader.load(module.kind, module.name, to);
    parts.loader.watch(version, running.listed.add(version, to));
    running.rollout.begin(version, 100);
    const known = before ?? { handled: 0, crashes: 0, rejects: 0, times: [] };
    return { running, version, record: to, gateMs, by, before: beforeOf(known, version.stats.times.length) };
  } catch (error) {
    tellNotStarted(parts, module, to.version, error);
    return undefined;
  }
}

/** The live version, or, where it does not start, the newest before it that does. */
async function startNewest(parts: ServerParts, module: ModuleRecord): Promise<LiveModule | undefined> {
  const { kind, name, chain } = module;
  const host = parts.hosts.get(kind)!;
  for (let i = chain.length - 1; i >= 0; i--) {
    const record = chain[i]!;
    try {
      const version = await parts.loader.load(kind, name, record);
      const running = start(parts, { version, record, host });
      const text = `${name} ${version.version} is live`;
      parts.tell({ event: 'started', level: 'info', kind, name, version: version.version, text });
      if (i < chain.length - 1) await parts.store.save({ ...module, chain: chain.slice(0, i + 1) });
      return running;
    } catch (error) {
      tellNotStarted(parts, module, record.version, error);
    }
  }
  return undefined;
}

function tellNotStarted(parts: ServerParts, { kind, name }: ModuleRecord, version: string, error: unknown): void {
  const text = `${name} ${version} was live and does not start: ${messageOf(error)}`;
  parts.tell({ event: 'not_started', level: 'error', kind, name, version, text });
}

async function tellDrift(parts: ServerParts, { kind, name, chain }: ModuleRecord): Promise<void> {
  const live = chain.at(-1);
  if (live === undefined || live.builtIn) return;
  const drift = await driftOf(parts.handlers, live);
  if (drift === 'same') return;
  const text = `${name} ${live.version} is live, and ${live.file} is ${drift}`;
  parts.tell({ event: 'drift', level: 'warn', kind, name, version: live.version, text });
}
