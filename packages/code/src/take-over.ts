import { messageOf, problemOf } from './errors.js';
import type { Before } from './gate.js';
import type { ModuleRecord, VersionRecord } from './live-file.js';
import { ListedVersions } from './listed-versions.js';
import { LiveModule } from './live-module.js';
import type { ModuleHost } from './module-host.js';
import { withLive, withoutLive, withoutRollout, withRollout } from './module-record.js';
import type { LiveOperation } from './operations.js';
import { goBack, howBack, rollOut } from './rollout-run.js';
import type { ServerParts } from './server-parts.js';
import { recordOf } from './stats-window.js';
import type { Version } from './version.js';
import { CodeError } from './errors.js';

export interface First {
  readonly version: Version;
  readonly record: VersionRecord;
  readonly module: ModuleRecord;
  readonly host: ModuleHost;
}

/** A module has its first version. @throws CodeError `start_failed` */
export async function startFirst(parts: ServerParts, operation: LiveOperation, first: First): Promise<void> {
  const { version, record, module } = first;
  // It is known as used before it runs: a version that takes the node down as it starts can be named and quarantined.
  await parts.store.save(module);
  start(parts, first);
  try {
    await parts.store.save(withLive(module, record, parts.options.keptVersions));
  } catch (error) {
    stop(parts, version.name);
    throw new CodeError('start_failed', messageOf(error), error);
  }
  const reason = 'there is no version before it to compare with';
  operation.end({ phase: 'kept', reason });
  tellEnd(parts, operation, `${version.name} ${version.version} is live: ${reason}`);
}

/** Has the host start a module. @throws CodeError `start_failed` */
export function start(
  { modules, options, loader }: ServerParts,
  { version, record, host }: Omit<First, 'module'>,
): LiveModule {
  const listed = new ListedVersions(options.listedVersions);
  const running = new LiveModule(version, host, listed);
  try {
    host.start(running);
  } catch (error) {
    throw new CodeError('start_failed', `${version.name} ${version.version}: ${messageOf(error)}`, error);
  }
  loader.watch(version, listed.add(version, record));
  modules.set(version.name, running);
  return running;
}

export function stop({ modules }: ServerParts, name: string): void {
  const running = modules.get(name);
  modules.delete(name);
  running?.close();
  running?.host.stop(name);
}

export interface TakeOver {
  readonly running: LiveModule;
  readonly version: Version;
  readonly record: VersionRecord;
  readonly module: ModuleRecord;
  readonly canary: number;
  readonly gateMs: number;
  readonly by: string;
}

/** A new version takes over from the live one, or goes back. Ends the operation. @throws what stops it before it began */
export async function takeOver(parts: ServerParts, operation: LiveOperation, request: TakeOver): Promise<void> {
  const { running, version, record, module, canary, gateMs, by } = request;
  const { before } = running;
  await parts.store.save(withRollout(module, { to: record, canary, gateMs, by, before: recordOf(before) }));
  parts.loader.watch(version, running.listed.add(version, record));
  running.rollout.begin(version, canary);
  await carryOut(parts, operation, { running, version, record, gateMs, before });
}

/** A rollout that has begun, or was under way when the node died: until it is kept or has gone back. */
export async function carryOut(
  parts: ServerParts,
  operation: LiveOperation,
  request: Pick<TakeOver, 'running' | 'version' | 'record' | 'gateMs'> & { readonly before: Before },
): Promise<void> {
  const { running: module, version: to, record, gateMs, before } = request;
  const old = module.rollout.live.stats;
  try {
    const reason = await rollOut(parts, { module, operation, to, gateMs, before });
    await keep(parts, module, record);
    operation.end({ phase: 'kept', reason, old: Math.max(0, old.instances) });
    tellEnd(parts, operation, `${to.name} ${to.version} is kept: ${reason}`);
  } catch (error) {
    if (parts.signal.aborted) throw error;
    await back(parts, operation, module, to, error);
  } finally {
    to.stats.timesAll = false;
  }
}

async function keep(parts: ServerParts, module: LiveModule, record: VersionRecord): Promise<void> {
  const { store, options } = parts;
  const old = store.module(module.name)!;
  const kept = withLive(old, { ...record, liveSince: options.clock.wall() }, options.keptVersions);
  module.rollout.live.stats.timesAll = false;
  module.keep();
  await trySave(parts, kept);
  for (const { version } of old.chain)
    if (!kept.chain.some((one) => one.version === version)) await store.removeBundle(module.name, version);
}

async function back(
  parts: ServerParts,
  operation: LiveOperation,
  module: LiveModule,
  bad: Version,
  error: unknown,
): Promise<void> {
  const problem = problemOf(error, 'start_failed');
  operation.change({ phase: 'going_back', reason: problem.message, problem, moved: 0 });
  // From here on a death must not bring it back.
  const saved = trySave(parts, withoutRollout(parts.store.module(module.name)!));
  const left = await goBack(parts, module, operation, bad);
  await saved;
  if (bad.stats.instances <= 0) await parts.store.removeBundle(bad.name, bad.version);
  const reason = `${problem.message}${left}`;
  operation.end({ phase: 'rolled_back', reason });
  tellEnd(parts, operation, `${bad.name} ${bad.version} went back to ${module.rollout.live.version}: ${reason}`);
}

/** The version before the live one takes over, by request. Ends the operation. @throws what stops it before it began */
export async function rollBack(parts: ServerParts, operation: LiveOperation, running: LiveModule): Promise<void> {
  const { store, loader, options } = parts;
  const { name, kind, rollout } = running;
  const module = store.module(name)!;
  const record = module.chain.at(-2)!;
  const version = await loader.load(kind, name, record);
  const left = rollout.live;
  // What a person wants gone does not come back with a start.
  await store.save(withoutLive(module, options.clock.wall()));
  loader.watch(version, running.listed.add(version, record));
  rollout.begin(version, 100);
  try {
    const restart = howBack(version, left);
    await rollOut(parts, { module: running, operation, to: version, gateMs: 0, before: undefined, restart });
  } catch (error) {
    if (parts.signal.aborted || !(error instanceof CodeError && error.code === 'move_timeout')) throw error;
    operation.change({ problem: error.toProblem(), reason: error.message });
  }
  running.keep();
  if (left.stats.instances <= 0) await store.removeBundle(name, left.version);
  const reason = operation.now.problem?.message ?? `rolled back from ${left.version}`;
  operation.end({ phase: 'kept', reason });
  tellEnd(parts, operation, `${name} ${version.version} is live: ${reason}`);
}

/** What runs is right; that it may not be so after a start is for a person to know. */
async function trySave(parts: ServerParts, module: ModuleRecord): Promise<void> {
  try {
    await parts.store.save(module);
  } catch (error) {
    const text = `${module.name}: live.json could not be written: ${messageOf(error)}`;
    parts.tell({ event: 'failed', level: 'error', kind: module.kind, name: module.name, text });
  }
}

export function tellEnd(parts: ServerParts, { now }: LiveOperation, text: string): void {
  const { phase, kind, name, version, from, by, id } = now;
  parts.tell({
    event: phase as 'kept' | 'rolled_back' | 'failed' | 'checked',
    level: phase === 'rolled_back' ? 'error' : phase === 'failed' ? 'warn' : 'info',
    text,
    operation: id,
    by,
    ...(kind !== undefined && { kind }),
    ...(name !== undefined && { name }),
    ...(version !== undefined && { version }),
    ...(from !== undefined && { from }),
  });
}
