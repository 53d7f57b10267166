import type { ModuleRecord, RolloutRecord, VersionRecord } from './live-file.js';

/** How what stands in `live.json` of a module changes. */

/** A version is let in: its name is taken for good. @param most names that are remembered */
export function withUsed(module: ModuleRecord, version: string, hash: string, most: number): ModuleRecord {
  const used = module.used.filter(([name]) => name !== version);
  return { ...module, used: [...used, [version, hash] as const].slice(-most) };
}

export function withRollout(module: ModuleRecord, rollout: RolloutRecord): ModuleRecord {
  return { ...module, rollout };
}

export function withoutRollout(module: ModuleRecord): ModuleRecord {
  const { rollout: _over, ...rest } = module;
  return rest;
}

/** A version is live. @param most that can be gone back to; what came with the host stays */
export function withLive(module: ModuleRecord, live: VersionRecord, most: number): ModuleRecord {
  const earlier = module.chain.filter(({ version }) => version !== live.version);
  const extra = Math.max(0, earlier.length - most);
  const kept = earlier.filter(({ builtIn }, i) => builtIn || i >= extra);
  return { ...withoutRollout(module), chain: [...kept, live] };
}

/** The live version is left for the one before it. */
export function withoutLive(module: ModuleRecord, liveSince: number): ModuleRecord {
  const chain = module.chain.slice(0, -1);
  const live = chain.pop();
  return { ...withoutRollout(module), chain: live === undefined ? [] : [...chain, { ...live, liveSince }] };
}

export const emptyModule = ({ kind, name }: Pick<ModuleRecord, 'kind' | 'name'>): ModuleRecord => ({
  kind,
  name,
  chain: [],
  used: [],
  quarantined: [],
});
