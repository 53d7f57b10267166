import type { ModuleDescription } from '@mailbeam/handler';
import { CodeError } from './errors.js';
import type { ModuleRecord } from './live-file.js';

/** A candidate as the check found it. */
export interface Candidate extends ModuleDescription {
  /** Relative to the handlers directory. */
  readonly file: string;
  readonly hash: string;
}

/**
 * Whether a version may be let in, given what was before.
 * @param otherFileExists whether the file that the module of this name came from is still there
 * @throws CodeError `name_taken`, `quarantined`, `already_live`, `version_used`
 */
export function admit(candidate: Candidate, module: ModuleRecord | undefined, otherFileExists: boolean): void {
  if (module === undefined) return;
  const { kind, name, version, file, hash } = candidate;
  if (module.kind !== kind) throw new CodeError('name_taken', `'${name}' is a module of kind ${module.kind}`);
  const live = module.chain.at(-1);
  if (live !== undefined && live.file !== '' && live.file !== file && otherFileExists)
    throw new CodeError('name_taken', `'${name}' is the name of ${live.file}; give ${file} another, or load that file`);
  const bad = module.quarantined.find((one) => one.version === version || (one.hash !== '' && one.hash === hash));
  if (bad !== undefined) throw new CodeError('quarantined', `${name} ${bad.version}: ${bad.reason}`);
  if (live?.version === version && live.hash === hash) throw new CodeError('already_live', `${name} ${version}`);
  const builtIn = module.chain.some((one) => one.builtIn && one.version === version);
  const used = module.used.find(([one]) => one === version)?.[1];
  if (builtIn || (used !== undefined && used !== hash))
    throw new CodeError('version_used', `${name} ${version}; give the new source a new version`);
}

/** Letters of the hash in the name of a development version. */
const HASH_LETTERS = 7;

/**
 * The name of a development version: `1.0.0+a1b2c3d`; `1.0.0+a1b2c3d.2` when the same source comes again after another.
 * @throws CodeError `already_live` when the live version has the same source
 */
export function developmentVersion({ version, hash }: Candidate, module: ModuleRecord | undefined): string {
  const base = `${version}${version.includes('+') ? '.' : '+'}${hash.slice(0, HASH_LETTERS)}`;
  const live = module?.chain.at(-1);
  if (live !== undefined && live.hash === hash && live.version.startsWith(base))
    throw new CodeError('already_live', `${module!.name} ${live.version}`);
  const used = new Set(module?.used.map(([one]) => one));
  let made = base;
  for (let n = 2; used.has(made); n++) made = `${base}.${n}`;
  return made;
}
