import { join, relative } from 'node:path';
import type { ModuleDescription } from '@mailbeam/handler';
import { admit, developmentVersion } from './admission.js';
import type { Candidate } from './admission.js';
import { bundleText } from './bundle.js';
import { compile } from './compiler.js';
import type { Compiled } from './compiler.js';
import { dryRun } from './dry-run.js';
import { CodeError } from './errors.js';
import { isThere } from './handler-file.js';
import type { ModuleRecord, VersionRecord } from './live-file.js';
import { ModuleCheck, ownShared } from './module-check.js';
import { emptyModule, withUsed } from './module-record.js';
import type { ModuleHost } from './module-host.js';
import type { LoadOptions } from './operation.js';
import type { LiveOperation } from './operations.js';
import type { ServerParts } from './server-parts.js';
import { startFirst, takeOver } from './take-over.js';

/** A request to load a file, as it was understood. */
export interface LoadRequest {
  /** Absolute, real. */
  readonly file: string;
  readonly options: Required<LoadOptions>;
}

/**
 * Carries out a load: compiles, checks in a thread, lets it in, and has it take over. Ends the operation `kept` or `checked`.
 * @throws whatever stops it before it has changed anything
 */
export async function runLoad(parts: ServerParts, operation: LiveOperation, request: LoadRequest): Promise<void> {
  const { handlers, options, loader, store } = parts;
  const shared = [...ownShared, ...options.shared.keys()];
  const compiled = await compile(handlers, request.file, new Set(shared));
  operation.change({ phase: 'checking' });
  const { clock, checkTimeoutMs: timeoutMs, checkHeapMb: heapMb } = options;
  const text = bundleText(compiled, handlers, 'check');
  const check = new ModuleCheck(text, join(store.dir, 'check.cjs'), compiled.requires, options.shared, {
    ...{ timeoutMs, heapMb, clock },
  });
  const stop = (): void => void check.end();
  parts.signal.addEventListener('abort', stop);
  let entry: LetIn;
  try {
    entry = await letIn(parts, operation, request, compiled, await check.describe());
    if (request.options.dryRun) return await dryRun(parts, operation, check, entry.description.name);
  } catch (error) {
    throw parts.signal.aborted ? new CodeError('closed', '', error) : error;
  } finally {
    parts.signal.removeEventListener('abort', stop);
    await check.end();
  }
  if (parts.signal.aborted) throw new CodeError('closed');
  const { description, host, module } = entry;
  const { kind, name } = description;
  const { version } = entry.record;
  const named = bundleText(compiled, handlers, version);
  const made = loader.evaluate(kind, name, version, named);
  await store.writeBundle(name, version, named);
  operation.change({ phase: 'starting' });
  const known = withUsed(module, version, compiled.hash, options.usedVersions);
  const running = parts.modules.get(name);
  if (running === undefined)
    return startFirst(parts, operation, { version: made, record: entry.record, module: known, host });
  const { canary, gateMs, by } = request.options;
  return takeOver(parts, operation, {
    running,
    version: made,
    record: entry.record,
    module: known,
    canary,
    gateMs,
    by,
  });
}

interface LetIn {
  readonly description: ModuleDescription;
  readonly record: VersionRecord;
  /** What is known of the module so far. */
  readonly module: ModuleRecord;
  readonly host: ModuleHost;
}

/** @throws CodeError `no_host`, `operation_in_progress`, and those of {@link admit} */
async function letIn(
  parts: ServerParts,
  operation: LiveOperation,
  { options: { dev, by } }: LoadRequest,
  compiled: Compiled,
  description: ModuleDescription,
): Promise<LetIn> {
  const { kind, name } = description;
  const host = parts.hosts.get(kind);
  if (host === undefined) throw new CodeError('no_host', `kind ${kind}`);
  parts.operations.hold(operation, name);
  const module = parts.store.module(name);
  const file = relative(parts.handlers, compiled.file);
  const candidate: Candidate = { ...description, file, hash: compiled.hash };
  const version = dev ? developmentVersion(candidate, module) : description.version;
  const from = parts.modules.get(name)?.rollout.live.version;
  operation.change({ kind, name, version, ...(from !== undefined && { from }) });
  admit({ ...candidate, version }, module, await isSourceThere(parts.handlers, module?.chain.at(-1)?.file));
  const now = parts.options.clock.wall();
  const { inputs, inputsHash, hash } = compiled;
  const record = { version, builtIn: false, file, hash, inputs, inputsHash, loadedAt: now, liveSince: now, by };
  return { description, record, module: module ?? emptyModule(description), host };
}

async function isSourceThere(handlers: string, file: string | undefined): Promise<boolean> {
  return file !== undefined && file !== '' && isThere(join(handlers, file));
}
