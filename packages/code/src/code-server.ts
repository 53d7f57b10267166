import type { ModuleHost } from './module-host.js';
import type { LoadOptions, Operation } from './operation.js';
import type { CodeServerOptions } from './options.js';
import type { ModuleInfo } from './module-info.js';

const soon = (): never => {
  throw new Error('not there yet');
};

/**
 * Compiles handler modules, checks them, loads them into the running node, and takes bad ones back. A request becomes an
 * operation, which goes on by itself and can be asked for and awaited; one at a time for each module.
 */
export class CodeServer {
  /**
   * Starts what was live when the directory was used last, else the built-in versions, on their hosts.
   * @throws CodeError `bad_option`, `bad_directory`, or `no_host` for a built-in version
   */
  static async open(_options: CodeServerOptions, _hosts: readonly ModuleHost[]): Promise<CodeServer> {
    return soon();
  }

  /**
   * Loads a file below the handlers directory (absolute, or relative to it), or the file that a module of this name was loaded
   * from, or `NAME.ts` or `NAME.js` there. Returns once the operation has begun; whatever goes wrong later stands in it.
   * @throws CodeError `bad_option`, `not_found`, `outside_handlers`, `operation_in_progress`, `too_many_operations`, `closed`
   */
  async load(_fileOrName: string, _options?: LoadOptions): Promise<Operation> {
    return soon();
  }

  /**
   * Goes back to the version that was live before the live one, all at once and without a gate. Returns once it has begun.
   * @throws CodeError `unknown_module`, `no_previous_version`, `operation_in_progress`, `too_many_operations`, `closed`
   */
  async rollback(_name: string, _options?: { readonly by?: string }): Promise<Operation> {
    return soon();
  }

  /** All modules, by kind and name. Reads the sources of the live versions, to tell drift. */
  async versions(): Promise<ModuleInfo[]> {
    return soon();
  }

  /** An operation as it is now. @throws CodeError `unknown_operation` */
  operation(_id: string): Operation {
    return soon();
  }

  /** Operations that are known still, newest first. */
  operations(): Operation[] {
    return soon();
  }

  /**
   * The operation as soon as its `seq` is above `afterSeq`, or it has ended, or `waitMs` have passed.
   * @throws CodeError `unknown_operation`
   */
  async awaitOperation(_id: string, _afterSeq: number, _waitMs: number): Promise<Operation> {
    return soon();
  }

  /** The operation when it has ended. @throws CodeError `unknown_operation` */
  async ended(_id: string): Promise<Operation> {
    return soon();
  }

  /** Ends what is under way: a rollout that has begun goes on at the next start. The hosts are not stopped. */
  async close(): Promise<void> {
    return soon();
  }
}
