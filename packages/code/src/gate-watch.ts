import type { Cancel, CodeClock } from './clock.js';
import { countsOf, difference } from './counts.js';
import { DepthSampler } from './depth-sampler.js';
import { Gate } from './gate.js';
import type { GateOptions, GateVerdict } from './gate.js';
import type { ModuleHost } from './module-host.js';
import type { Version } from './version.js';
import type { VersionStats } from './version-stats.js';

export interface GateWatchOptions extends GateOptions {
  readonly host: Pick<ModuleHost, 'instances'>;
  readonly fresh: Version;
  /** Of the version that it takes over from. */
  readonly old: VersionStats;
  readonly clock: CodeClock;
  readonly signal: AbortSignal;
  readonly onExtended: (reason: string) => void;
}

export type GateEnd = Extract<GateVerdict, { verdict: 'good' | 'bad' }> | { readonly verdict: 'aborted' };

const SAMPLE_MS = 250;
const MOST_DEPTHS = 2_000;

/** Feeds a gate with samples of two versions until it has decided. */
export function watchGate(options: GateWatchOptions): Promise<GateEnd> {
  const { fresh, old, clock, signal } = options;
  const gate = new Gate(options, fresh.stats.times.length);
  const depths = new DepthSampler(options.host, fresh.name);
  const began = clock.mono();
  let seen = { fresh: countsOf(fresh.stats), old: countsOf(old) };
  let cancel: Cancel = () => undefined;

  const sample = (): GateVerdict => {
    const now = { fresh: countsOf(fresh.stats), old: countsOf(old) };
    const since = { fresh: difference(now.fresh, seen.fresh), old: difference(now.old, seen.old) };
    seen = now;
    const depth = depths.sample(fresh, MOST_DEPTHS);
    const { fault } = fresh.stats;
    return gate.sample({ ...since, atMs: clock.mono() - began, fault, freshDepth: depth.fresh, oldDepth: depth.old });
  };

  return new Promise((resolve) => {
    const end = (how: GateEnd): void => {
      cancel();
      depths.close();
      signal.removeEventListener('abort', onAbort);
      resolve(how);
    };
    const onAbort = (): void => end({ verdict: 'aborted' });
    const onSample = (): void => {
      const verdict = sample();
      if (verdict.verdict === 'good' || verdict.verdict === 'bad') return end(verdict);
      if (verdict.verdict === 'extended') options.onExtended(verdict.reason);
      cancel = clock.after(SAMPLE_MS, onSample);
    };
    signal.addEventListener('abort', onAbort);
    if (signal.aborted) return onAbort();
    cancel = clock.after(SAMPLE_MS, onSample);
  });
}
