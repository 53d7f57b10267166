// A module of the offload pool: runs in a thread, of which nothing else of the router is seen.
import { readFile } from 'node:fs/promises';
import { evaluateBundle } from '@mailbeam/code';
import type { AnyService } from './service-version.js';
import { sharedModules } from '../shared-modules.js';

/** What a thread is given: which task of which version, and its input. */
export interface TaskInput {
  /** The compiled bundle of the version, an absolute path. */
  readonly bundle: string;
  readonly task: string;
  readonly input: unknown;
}

/** Versions that a thread keeps loaded. */
const KEPT = 8;

type Tasks = Readonly<Record<string, (input: unknown) => unknown>>;

const loaded = new Map<string, Tasks>();
const shared = new Map([...sharedModules()].map(([name, { exports }]) => [name, exports] as const));

/** Runs one task of a service. @throws what the task throws */
export async function runTask({ bundle, task, input }: TaskInput): Promise<unknown> {
  const tasks = await tasksOf(bundle);
  return tasks[task]!(input);
}

async function tasksOf(bundle: string): Promise<Tasks> {
  let tasks = loaded.get(bundle);
  if (tasks === undefined) {
    const exports = evaluateBundle(await readFile(bundle, 'utf8'), bundle, shared) as {
      readonly default: AnyService & { readonly tasks: Tasks };
    };
    tasks = exports.default.tasks;
    const oldest = loaded.size >= KEPT ? loaded.keys().next().value : undefined;
    if (oldest !== undefined) loaded.delete(oldest);
  } else loaded.delete(bundle);
  loaded.set(bundle, tasks);
  return tasks;
}
