import type { BuiltIn, Culprit } from './options.js';
import type { Death, LiveFile, ModuleRecord, VersionRecord } from './live-file.js';

export interface StartPlanInput {
  readonly live: LiveFile;
  readonly builtIns: readonly BuiltIn[];
  readonly ended: 'clean' | 'died' | Culprit;
  readonly now: number;
  readonly quarantineDeaths: number;
  readonly quarantineWithinMs: number;
}

/** Something to tell about a module. */
export interface StartNote {
  readonly event: 'died' | 'quarantined' | 'rolled_back';
  readonly module: ModuleRecord;
  readonly version: string;
  readonly text: string;
}

export interface StartPlan {
  /** What is to be on disk before anything starts. A module with a `rollout` goes on with it, under a new gate. */
  readonly live: LiveFile;
  readonly notes: readonly StartNote[];
}

/**
 * What runs after a start: what was live, not what lies in the folder. A rollout that was under way goes on when all were to
 * move, and goes back when it was a canary, or when the new version took the node down. A version that took it down too
 * often is quarantined, with the version before it in its place.
 */
export function planStart(input: StartPlanInput): StartPlan {
  const { live, builtIns, now, quarantineWithinMs } = input;
  const culprit = typeof input.ended === 'object' ? input.ended : undefined;
  const notes: StartNote[] = [];
  const deaths = live.deaths.filter(({ at }) => now - at < quarantineWithinMs);
  if (culprit !== undefined) deaths.push({ at: now, name: culprit.behaviour, version: culprit.version });
  const modules = withBuiltIns(live.modules, builtIns, now).map((module) => {
    const mine = culprit?.behaviour === module.name ? culprit.version : undefined;
    if (mine === undefined) return withoutCanary(module, undefined, notes);
    notes.push({ event: 'died', module, version: mine, text: `${module.name} ${mine} took the node down` });
    return quarantine(withoutCanary(module, mine, notes), mine, deaths, input, notes);
  });
  return { live: { format: 1, modules, deaths }, notes };
}

function withoutCanary(module: ModuleRecord, culprit: string | undefined, notes: StartNote[]): ModuleRecord {
  const { rollout, ...rest } = module;
  if (rollout === undefined) return module;
  const { version } = rollout.to;
  const guilty = version === culprit;
  if (!guilty && rollout.canary >= 100) return module;
  const why = guilty ? 'it took the node down' : 'the node ended during its canary';
  notes.push({ event: 'rolled_back', module, version, text: `${module.name} ${version} went back: ${why}` });
  return rest;
}

function quarantine(
  module: ModuleRecord,
  version: string,
  deaths: readonly Death[],
  { now, quarantineDeaths, quarantineWithinMs }: StartPlanInput,
  notes: StartNote[],
): ModuleRecord {
  const times = deaths.filter((death) => death.name === module.name && death.version === version).length;
  const known = module.chain.find((one) => one.version === version);
  if (times < quarantineDeaths || known?.builtIn === true) return module;
  const seconds = Math.round(quarantineWithinMs / 1_000);
  const reason = `it took the node down ${times} times within ${seconds} s`;
  const hash = known?.hash ?? module.used.find(([one]) => one === version)?.[1] ?? '';
  const chain = module.chain.filter((one) => one.version !== version);
  const live = chain.at(-1)?.version ?? 'nothing';
  const text = `${module.name} ${version} is quarantined: ${reason}; ${live} is in its place`;
  notes.push({ event: 'quarantined', module, version, text });
  const others = module.quarantined.filter((one) => one.version !== version);
  return { ...module, chain, quarantined: [...others, { version, hash, at: now, reason }] };
}

/** What the host brings takes the place of what it brought before; what was loaded stays. */
function withBuiltIns(modules: readonly ModuleRecord[], builtIns: readonly BuiltIn[], now: number): ModuleRecord[] {
  const kept = new Map(
    modules.map((module) => [module.name, { ...module, chain: module.chain.filter(({ builtIn }) => !builtIn) }]),
  );
  for (const { kind, name, version } of builtIns) {
    const old = modules.find((module) => module.name === name);
    const known = old?.chain.find((one) => one.builtIn && one.version === version);
    const record = known ?? builtInRecord(version, now);
    const module = kept.get(name) ?? { kind, name, chain: [], used: [], quarantined: [] };
    // Where it was gone back to, it is live still.
    const wasLive = old?.chain.at(-1)?.builtIn === true;
    const loaded = module.chain;
    kept.set(name, { ...module, kind, chain: wasLive ? [...loaded, record] : [record, ...loaded] });
  }
  return [...kept.values()];
}

const builtInRecord = (version: string, now: number): VersionRecord => ({
  version,
  builtIn: true,
  file: '',
  hash: `built in ${version}`,
  inputs: [],
  inputsHash: '',
  loadedAt: now,
  liveSince: now,
  by: '',
});
