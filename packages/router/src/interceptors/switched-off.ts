import type { ModuleUnit } from '@mailbeam/code';
import type { SwitchedOff } from '@mailbeam/telemetry';
import type { InterceptorVersion } from './part.js';

interface Noted {
  /** A version that nothing holds any more is freed. */
  readonly version: WeakRef<InterceptorVersion>;
  readonly overruns: number;
}

/** The versions of interceptors that took too long too often: they are not asked any more. */
export class SwitchedOffVersions {
  readonly #versions = new WeakSet<InterceptorVersion>();
  #noted: Noted[] = [];

  add(version: InterceptorVersion, overruns: number): void {
    this.#versions.add(version);
    this.#noted.push({ version: new WeakRef(version), overruns });
  }

  has(version: InterceptorVersion): boolean {
    return this.#versions.has(version);
  }

  /** Those that messages still come by: a connection has one, or the next connection would get it. */
  inUse(units: ReadonlyMap<string, ModuleUnit>): SwitchedOff[] {
    const inUse: SwitchedOff[] = [];
    for (const one of this.#noted) {
      const version = one.version.deref();
      if (version === undefined) {
        this.#noted = this.#noted.filter((other) => other !== one);
        continue;
      }
      const { name, stats, module } = version;
      const unit = units.get(name);
      if (unit === undefined || (stats.instances === 0 && unit.choose('') !== version)) continue;
      inUse.push({ name, version: version.version, overruns: one.overruns, whenOff: module.whenOff });
    }
    return inUse;
  }
}
