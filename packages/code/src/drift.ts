import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isMissing } from './handler-file.js';
import type { Drift } from './module-info.js';
import { digestOf, hashOfSources } from './source-hash.js';

/** The sources of a version as they were when it was compiled. Paths are relative to the handlers directory. */
export interface Sources {
  readonly file: string;
  /** Its own sources; packages are not among them. */
  readonly inputs: readonly string[];
  /** See {@link hashOfSources}. */
  readonly inputsHash: string;
}

/** Compares with what lies on the disk now. */
export async function driftOf(handlers: string, { file, inputs, inputsHash }: Sources): Promise<Drift> {
  const digests = new Map<string, string>();
  for (const path of inputs) {
    try {
      digests.set(path, digestOf(await readFile(join(handlers, path))));
    } catch (error) {
      if (path === file && isMissing(error)) return 'not on disk';
      digests.set(path, '');
    }
  }
  return hashOfSources(digests) === inputsHash ? 'same' : 'changed on disk';
}
