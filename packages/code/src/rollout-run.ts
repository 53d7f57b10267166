import { CodeError, messageOf } from './errors.js';
import { count } from './figures.js';
import type { Before } from './gate.js';
import { watchGate } from './gate-watch.js';
import type { LiveModule } from './live-module.js';
import type { LiveOperation } from './operations.js';
import type { ServerParts } from './server-parts.js';
import { Sweep } from './sweep.js';
import type { SweepOptions } from './sweep.js';
import type { Version } from './version.js';

/** One version takes over from another: what {@link LiveModule.rollout} has begun is carried out. */
export interface RolloutRun {
  readonly module: LiveModule;
  readonly operation: LiveOperation;
  readonly to: Version;
  /** 0: no gate. */
  readonly gateMs: number;
  /** What the old version did in the time before. */
  readonly before: Before | undefined;
  /** Instances whose `codeChange` throws are ended instead of counted: a rollback. */
  readonly restart?: 'when_it_throws' | 'always';
}

/**
 * Moves the canary's part or all, watches, moves the rest. Returns the reason to keep the version in words.
 * @throws CodeError the reason to go back: `code_change_failed`, `gate_failed`, `move_timeout`; or `closed`
 */
export async function rollOut(parts: ServerParts, run: RolloutRun): Promise<string> {
  const { module, operation, to, gateMs } = run;
  const { rollout } = module;
  for (const { stats } of [rollout.live, to]) stats.timesAll = gateMs > 0;
  operation.change({ phase: 'moving', reason: '' });
  parts.tell({ ...about(run), event: 'moving', level: 'info', text: movingText(run) });
  const sweep = await swept(parts, run);
  let reason = `${count(sweep.moved)} moved`;
  if (gateMs > 0) reason = await gated(parts, run);
  if (rollout.stage === 'canary') {
    rollout.widen();
    operation.change({ phase: 'moving_rest', reason });
    await swept(parts, run);
  }
  return reason;
}

/** Everything that runs the new version runs the old one again. @returns what is still on the new one, in words, or '' */
export async function goBack(
  parts: ServerParts,
  module: LiveModule,
  operation: LiveOperation,
  bad: Version,
): Promise<string> {
  module.rollout.goBack();
  const to = module.rollout.live;
  bad.stats.timesAll = false;
  to.stats.timesAll = false;
  const sweep = new Sweep({
    ...sweepOptions(parts, module),
    restart: howBack(to, bad),
    onProgress: (moved, failed) => operation.change({ moved, failed, old: Math.max(0, bad.stats.instances) }),
  });
  const end = await sweep.run();
  return end === 'done' ? '' : `; ${count(bad.stats.instances)} have not gone back (${end})`;
}

/** Through the old version's `codeChange`, or by a restart where only the new one has one: it could not read the new states. */
export function howBack(to: Version, from: Version): 'when_it_throws' | 'always' {
  return changesCode(from) && !changesCode(to) ? 'always' : 'when_it_throws';
}

const changesCode = ({ module }: Version): boolean =>
  typeof (module as { codeChange?: unknown }).codeChange === 'function';

async function swept(parts: ServerParts, { module, operation, to, restart }: RolloutRun): Promise<Sweep> {
  const old = module.rollout.live;
  const sweep = new Sweep({
    ...sweepOptions(parts, module),
    ...(restart === undefined ? {} : { restart }),
    onProgress: (moved, failed) =>
      operation.change({ moved: moved + before, failed, old: Math.max(0, old.stats.instances) }),
  });
  const before = operation.now.moved;
  const end = await sweep.run();
  if (end === 'aborted') throw closed();
  if (end === 'failed')
    throw new CodeError(
      'code_change_failed',
      `${failures(sweep)} in the change from ${old.version} to ${to.version}: ${messageOf(sweep.error)}`,
      sweep.error,
    );
  if (end === 'timeout')
    throw new CodeError('move_timeout', `${count(old.stats.instances)} are still on ${old.version}`);
  return sweep;
}

const failures = ({ failed, moved }: Sweep): string => `${count(failed)} of ${count(failed + moved)}`;

async function gated(parts: ServerParts, run: RolloutRun): Promise<string> {
  const { module, operation, to, gateMs, before } = run;
  const { clock, gateExtensions, gateMinHandled, gateFloorMs } = parts.options;
  operation.change({ phase: 'gating', reason: emptyCanary(run) });
  const end = await watchGate({
    ...{ host: module.host, fresh: to, old: module.rollout.live.stats, clock, signal: parts.signal },
    ...{ gateMs, extensions: gateExtensions, minHandled: gateMinHandled, floorMs: gateFloorMs, before },
    onExtended: (reason) => {
      operation.change({ reason });
      parts.tell({ ...about(run), event: 'gate', level: 'info', text: `${to.name} ${to.version}: ${reason}` });
    },
  });
  if (end.verdict === 'aborted') throw closed();
  const text = `${to.name} ${to.version}: ${end.reason}`;
  parts.tell({ ...about(run), event: 'gate', level: end.verdict === 'good' ? 'info' : 'warn', text });
  if (end.verdict === 'bad') throw new CodeError('gate_failed', end.reason);
  return end.reason;
}

/** A canary of 5 % of the one actor that a service with shared state has is nobody: say so before the gate has waited for it. */
function emptyCanary({ module, to }: RolloutRun): string {
  const { instances } = module.rollout.live.stats;
  if (module.rollout.stage !== 'canary' || to.stats.instances > 0 || instances === 0) return '';
  return `none of ${count(instances)} falls into the canary: there is nothing to compare yet`;
}

function sweepOptions(parts: ServerParts, module: LiveModule): Omit<SweepOptions, 'onProgress'> {
  const { clock, sliceMs, sliceMoves, moveTimeoutMs, maxFailedMoves } = parts.options;
  return {
    ...{ host: module.host, name: module.name, choose: (key) => module.choose(key), signal: parts.signal },
    ...{ clock, sliceMs, sliceMoves, timeoutMs: moveTimeoutMs, mostFailed: maxFailedMoves },
  };
}

const closed = (): CodeError => new CodeError('closed', 'what has begun is settled at the next start');

function about({ module, operation, to }: RolloutRun) {
  const { kind, name, rollout } = module;
  return { kind, name, version: to.version, from: rollout.live.version, operation: operation.now.id };
}

function movingText({ module, to, operation }: RolloutRun): string {
  const { name, rollout } = module;
  const part = rollout.stage === 'canary' ? `${operation.now.canary} % of ` : '';
  return `${part}${name} moves from ${rollout.live.version} to ${to.version}`;
}
