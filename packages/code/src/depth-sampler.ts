import type { DepthSample } from './depth-growth.js';
import type { InstanceCursor, ModuleHost } from './module-host.js';
import type { Version } from './version.js';

/** Looks at the depths of some instances at a time, others each time. */
export class DepthSampler {
  readonly #host: Pick<ModuleHost, 'instances'>;
  readonly #name: string;
  #cursor: InstanceCursor | undefined;

  constructor(host: Pick<ModuleHost, 'instances'>, name: string) {
    this.#host = host;
    this.#name = name;
  }

  /** @param most instances to look at; nobody is looked at twice */
  sample(fresh: Version, most: number): { readonly fresh: DepthSample; readonly old: DepthSample } {
    const found = { fresh: { count: 0, sum: 0, deepest: 0 }, old: { count: 0, sum: 0, deepest: 0 } };
    this.#cursor ??= this.#host.instances(this.#name);
    for (let looked = 0; looked < most; looked++) {
      const instance = this.#cursor.next();
      if (instance === undefined) {
        this.close(); // the next sample begins anew
        break;
      }
      const of = instance.version === fresh ? found.fresh : found.old;
      const { depth } = instance;
      of.count++;
      of.sum += depth;
      if (depth > of.deepest) of.deepest = depth;
    }
    return found;
  }

  close(): void {
    this.#cursor?.close();
    this.#cursor = undefined;
  }
}
