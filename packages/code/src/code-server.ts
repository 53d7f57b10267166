import { realpathSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import * as actors from '@mailbeam/actors';
import * as handler from '@mailbeam/handler';
import { AuditLog } from './audit-log.js';
import type { Cancel } from './clock.js';
import type { CodeEvent } from './code-event.js';
import { driftOf } from './drift.js';
import { CodeError, messageOf, problemOf } from './errors.js';
import { findHandlerFile, isMissing } from './handler-file.js';
import { listHandlerFiles } from './handler-files.js';
import type { HandlerFiles } from './handler-files.js';
import { ListedVersions } from './listed-versions.js';
import { runLoad } from './load-run.js';
import type { ModuleHost } from './module-host.js';
import type { ModuleInfo } from './module-info.js';
import type { ModuleRecord } from './live-file.js';
import type { LoadOptions, Operation } from './operation.js';
import { Operations } from './operations.js';
import type { LiveOperation } from './operations.js';
import { checkRange, resolveOptions } from './options.js';
import type { CodeServerOptions } from './options.js';
import type { ServerParts } from './server-parts.js';
import { startModules } from './start-modules.js';
import type { Resumed } from './start-modules.js';
import { carryOut, rollBack, tellEnd } from './take-over.js';
import { VersionLoader } from './version-loader.js';
import { VersionStore } from './version-store.js';

const TICK_MS = 1_000;

/**
 * Compiles handler modules, checks them, loads them into the running node, and takes bad ones back. A request becomes an
 * operation, which goes on by itself and can be asked for and awaited; one at a time for each module.
 */
export class CodeServer {
  readonly #parts: ServerParts;
  readonly #audit: AuditLog;
  readonly #closing: AbortController;
  readonly #running = new Set<Promise<void>>();
  #ticking: Cancel = () => undefined;

  private constructor(parts: ServerParts, audit: AuditLog, closing: AbortController) {
    this.#parts = parts;
    this.#audit = audit;
    this.#closing = closing;
  }

  /**
   * Starts what was live when the directory was used last, else the built-in versions, on their hosts.
   * @throws CodeError `bad_option`, `bad_directory`, or `no_host` for a built-in version
   */
  static async open(given: CodeServerOptions, hosts: readonly ModuleHost[]): Promise<CodeServer> {
    const options = resolveOptions(given);
    const byKind = new Map(hosts.map((host) => [host.kind, host]));
    for (const { kind, name } of options.builtIns)
      if (!byKind.has(kind)) throw new CodeError('no_host', `kind ${kind} of the built-in ${name}`);
    const store = await VersionStore.open(options.dir);
    const { clock, onEvent } = options;
    const audit = new AuditLog(join(store.dir, 'audit.log'), options.auditBytes, (error) =>
      onEvent({ at: clock.wall(), event: 'failed', level: 'error', text: `the audit log: ${messageOf(error)}` }),
    );
    const tell = (event: Omit<CodeEvent, 'at'>): void => {
      const told = { at: clock.wall(), ...event };
      audit.write(told);
      onEvent(told);
    };
    const shared = new Map<string, object>([
      ['@mailbeam/actors', actors],
      ['@mailbeam/handler', handler],
      ...[...options.shared].map(([id, { exports }]) => [id, exports] as const),
    ]);
    const loader = new VersionLoader(store, shared, options.builtIns, (listed) => {
      listed.freedAt = clock.wall();
      const { name, record } = listed;
      const text = `the memory of ${name} ${record.version} is free`;
      tell({ event: 'freed', level: 'info', name, version: record.version, text });
    });
    const closing = new AbortController();
    const parts: ServerParts = {
      ...{ options, hosts: byKind, store, loader, shared, tell },
      get handlers() {
        return realPathOf(options.handlers);
      },
      operations: new Operations(clock, options),
      modules: new Map(),
      signal: closing.signal,
    };
    const server = new CodeServer(parts, audit, closing);
    for (const resumed of await startModules(parts)) server.#resume(resumed);
    server.#tick();
    return server;
  }

  /**
   * Loads a file below the handlers directory (absolute, or relative to it), or the file that a module of this name was loaded
   * from, or `NAME.ts` or `NAME.js` there. Returns once the operation has begun; whatever goes wrong later stands in it.
   * @throws CodeError `bad_option`, `not_found`, `outside_handlers`, `operation_in_progress`, `too_many_operations`, `closed`
   */
  async load(fileOrName: string, given: LoadOptions = {}): Promise<Operation> {
    const by = given.by ?? '';
    try {
      this.#mustBeOpen();
      const options = resolveLoad(given, this.#parts.options.gateMs);
      const known = this.#recordOf(fileOrName);
      const file = await findHandlerFile(this.#parts.handlers, known?.chain.at(-1)?.file || fileOrName);
      this.#mustBeOpen();
      const path = relative(this.#parts.handlers, file);
      const name = this.#parts.store.live.modules.find(({ chain }) => chain.at(-1)?.file === path)?.name;
      const { canary, gateMs, dryRun } = options;
      const operation = this.#parts.operations.begin([file, ...(name === undefined ? [] : [name])], {
        ...{ what: 'load', phase: 'compiling', file: path, canary, gateMs, dryRun, by },
        ...{ moved: 0, old: 0, failed: 0, reason: '' },
      });
      const text = `load of ${path}${dryRun ? ', a dry run' : ''}${canary < 100 ? `, canary ${canary} %` : ''}`;
      this.#parts.tell({ event: 'load', level: 'info', text, by, operation: operation.now.id });
      this.#run(operation, runLoad(this.#parts, operation, { file, options }));
      return operation.now;
    } catch (error) {
      throw this.#refused(`load of ${fileOrName}`, by, error);
    }
  }

  /**
   * Goes back to the version that was live before the live one, all at once and without a gate. Returns once it has begun.
   * @throws CodeError `unknown_module`, `no_previous_version`, `operation_in_progress`, `too_many_operations`, `closed`
   */
  async rollback(name: string, { by = '' }: { readonly by?: string } = {}): Promise<Operation> {
    try {
      this.#mustBeOpen();
      const running = this.#parts.modules.get(name);
      const record = this.#parts.store.module(name);
      if (running === undefined || record === undefined) throw new CodeError('unknown_module', name);
      this.#parts.operations.refuseHeld(name);
      const previous = record.chain.at(-2);
      if (previous === undefined) throw new CodeError('no_previous_version', `${name} ${running.rollout.live.version}`);
      const { version: from } = running.rollout.live;
      const { kind } = running;
      const { version } = previous;
      const operation = this.#parts.operations.begin([name], {
        ...{ what: 'rollback', phase: 'starting', file: '', kind, name, version, from, by },
        ...{ canary: 100, gateMs: 0, dryRun: false, moved: 0, old: 0, failed: 0, reason: '' },
      });
      const text = `rollback of ${name} from ${from} to ${version}`;
      this.#parts.tell({ event: 'rollback', level: 'warn', text, by, kind, name, operation: operation.now.id });
      this.#run(operation, rollBack(this.#parts, operation, running));
      return operation.now;
    } catch (error) {
      throw this.#refused(`rollback of ${name}`, by, error);
    }
  }

  /** All modules, by kind and name. Reads the sources of the live versions, to tell drift. */
  async versions(): Promise<ModuleInfo[]> {
    const infos = await Promise.all(this.#parts.store.live.modules.map((record) => this.#infoOf(record)));
    return infos.sort((a, b) => (`${a.kind} ${a.name}` < `${b.kind} ${b.name}` ? -1 : 1));
  }

  /** What lies in the handlers directory, and what of it is live. Reads the sources of the live versions, to tell drift. */
  files(): Promise<HandlerFiles> {
    return listHandlerFiles(this.#parts.handlers, this.#parts.store.live.modules);
  }

  /** An operation as it is now. @throws CodeError `unknown_operation` */
  operation(id: string): Operation {
    return this.#parts.operations.get(id).now;
  }

  /** Operations that are known still, newest first. */
  operations(): Operation[] {
    return this.#parts.operations.all.map(({ now }) => now);
  }

  /**
   * The operation as soon as its `seq` is above `afterSeq`, or it has ended, or `waitMs` have passed.
   * @throws CodeError `unknown_operation`
   */
  async awaitOperation(id: string, afterSeq: number, waitMs: number): Promise<Operation> {
    return this.#parts.operations.get(id).after(afterSeq, waitMs);
  }

  /** The operation when it has ended. @throws CodeError `unknown_operation` */
  async ended(id: string): Promise<Operation> {
    return this.#parts.operations.get(id).ended();
  }

  /** Ends what is under way: a rollout that has begun goes on at the next start. The hosts are not stopped. */
  async close(): Promise<void> {
    this.#closing.abort();
    this.#ticking();
    await Promise.all(this.#running);
    for (const module of this.#parts.modules.values()) module.close();
    this.#parts.loader.close();
    await this.#audit.close();
  }

  #resume({ running, version, record, gateMs, by, before }: Resumed): void {
    const { kind, name, rollout } = running;
    const operation = this.#parts.operations.begin([name], {
      ...{ what: 'resume', phase: 'starting', file: record.file, kind, name, version: version.version, by },
      ...{ from: rollout.live.version, canary: 100, gateMs, dryRun: false, moved: 0, old: 0, failed: 0 },
      reason: 'the node was started again in the middle of it',
    });
    this.#run(operation, carryOut(this.#parts, operation, { running, version, record, gateMs, before }));
  }

  /** Lets an operation go on by itself. What stops it is its end. */
  #run(operation: LiveOperation, work: Promise<void>): void {
    const done = work
      .catch((error: unknown) => {
        const problem = problemOf(error, 'check_failed');
        operation.end({ phase: 'failed', reason: problem.message, problem });
        const { name, version, file } = operation.now;
        tellEnd(
          this.#parts,
          operation,
          `${name ?? file}${version === undefined ? '' : ` ${version}`}: ${problem.message}`,
        );
      })
      .finally(() => {
        this.#parts.operations.release(operation);
        this.#running.delete(done);
      });
    this.#running.add(done);
  }

  #refused(what: string, by: string, error: unknown): unknown {
    if (!this.#closing.signal.aborted)
      this.#parts.tell({ event: 'refused', level: 'warn', text: `${what}: ${messageOf(error)}`, by });
    return error;
  }

  async #infoOf(record: ModuleRecord): Promise<ModuleInfo> {
    const { kind, name, chain } = record;
    const running = this.#parts.modules.get(name);
    const live = chain.at(-1);
    running?.look(this.#parts.options.clock.wall());
    const operation = this.#parts.operations.holding(name)?.now.id;
    const listed = running?.listed ?? new ListedVersions(0);
    const drift = live === undefined || live.builtIn ? 'built in' : await driftOf(this.#parts.handlers, live);
    return {
      ...{ kind, name, file: live?.file ?? '', drift },
      ...(running !== undefined && { live: running.rollout.live.version }),
      ...(operation !== undefined && { operation }),
      versions: listed.infos(record, running?.rollout.next),
    };
  }

  #recordOf(name: string): ModuleRecord | undefined {
    return this.#parts.store.module(name);
  }

  #tick(): void {
    const { clock } = this.#parts.options;
    this.#ticking = clock.after(TICK_MS, () => {
      for (const module of this.#parts.modules.values()) {
        module.tick();
        module.look(clock.wall());
      }
      this.#tick();
    });
  }

  #mustBeOpen(): void {
    if (this.#closing.signal.aborted) throw new CodeError('closed');
  }
}

/** The handlers directory may be a link, and may not be there yet: whoever starts a router need not have one. */
function realPathOf(path: string): string {
  try {
    return realpathSync(path);
  } catch (error) {
    if (isMissing(error)) return resolve(path);
    throw new CodeError('bad_option', `handlers: ${messageOf(error)}`, error);
  }
}

const loadOptions = new Set(['dryRun', 'canary', 'gateMs', 'dev', 'by']);

/** @throws CodeError `bad_option` */
function resolveLoad(given: LoadOptions, defaultGateMs: number): Required<LoadOptions> {
  for (const key of Object.keys(given))
    if (!loadOptions.has(key)) throw new CodeError('bad_option', `${key} is not known`);
  const { dryRun = false, canary = 100, gateMs = defaultGateMs, dev = false, by = '' } = given;
  checkRange('canary', canary, [0.001, 100, 'any']);
  checkRange('gateMs', gateMs, [0, 3_600_000, 'any']);
  return { dryRun, canary, gateMs, dev, by };
}
