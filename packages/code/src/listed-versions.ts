import type { ModuleRecord, VersionRecord } from './live-file.js';
import type { VersionInfo, VersionStatus } from './module-info.js';
import type { Version } from './version.js';
import type { VersionStats } from './version-stats.js';

/** A version that was loaded into this process. Does not hold its module: that is what it is to see freed. */
export interface Listed {
  readonly name: string;
  readonly record: VersionRecord;
  readonly stats: VersionStats;
  idleSince: number | undefined;
  freedAt: number | undefined;
}

/** The versions of one module that this process has seen, and which of them are still in memory. */
export class ListedVersions {
  readonly #listed: Listed[] = [];
  readonly #most: number;

  /** @param most versions that were left and are listed still */
  constructor(most: number) {
    this.#most = most;
  }

  add({ name, stats }: Version, record: VersionRecord): Listed {
    const listed: Listed = { name, record, stats, idleSince: undefined, freedAt: undefined };
    this.#listed.push(listed);
    return listed;
  }

  /** Notes which have no instances any more; forgets the oldest of those that were left long ago. */
  look(inUse: ReadonlySet<VersionStats>, now: number): void {
    const left: Listed[] = [];
    for (const one of this.#listed) {
      const idle = one.stats.instances <= 0 && !inUse.has(one.stats);
      one.idleSince = idle ? (one.idleSince ?? now) : undefined;
      if (idle) left.push(one);
    }
    for (const one of left.slice(0, Math.max(0, left.length - this.#most)))
      this.#listed.splice(this.#listed.indexOf(one), 1);
  }

  /** Newest first: what is in memory, was left, can be gone back to, or is quarantined. */
  infos(record: ModuleRecord, next: Version | undefined): VersionInfo[] {
    const infos = new Map<string, VersionInfo>();
    for (const bad of record.quarantined) infos.set(bad.version, quarantinedInfo(bad));
    for (const one of record.chain)
      infos.set(one.version, { ...infoOf(one, undefined), status: statusOf(one, record) });
    const loadedBefore = new Set<string>();
    for (const one of this.#listed) {
      const { version } = one.record;
      const status = next?.stats === one.stats ? 'canary' : (infos.get(version)?.status ?? 'old');
      const since = record.chain.find((known) => known.version === version)?.liveSince;
      const info = { ...infoOf(one.record, one), ...(since && { liveSince: since }), status };
      infos.set(version, loadedBefore.has(version) ? withCountsOf(info, infos.get(version)!) : info);
      loadedBefore.add(version);
    }
    return [...infos.values()].sort((a, b) => b.loadedAt - a.loadedAt);
  }
}

function statusOf(one: VersionRecord, { chain }: ModuleRecord): VersionStatus {
  return one === chain.at(-1) ? 'live' : 'previous';
}

function infoOf(record: VersionRecord, listed: Listed | undefined): VersionInfo {
  const { version, builtIn, loadedAt, by } = record;
  const { instances = 0, handled = 0, crashes = 0, rejects = 0, fault = '' } = listed?.stats ?? {};
  return {
    ...{ version, status: 'old', builtIn, instances, loadedAt, by, handled, crashes, rejects },
    ...(fault !== '' && { fault }),
    ...(listed?.idleSince !== undefined && { idleSince: listed.idleSince }),
    ...(listed?.freedAt !== undefined && { freedAt: listed.freedAt }),
  };
}

/** A version that was gone back to is loaded anew, and goes on counting where it was left. */
const withCountsOf = (info: VersionInfo, before: VersionInfo): VersionInfo => ({
  ...info,
  instances: info.instances + before.instances,
  handled: info.handled + before.handled,
  crashes: info.crashes + before.crashes,
  rejects: info.rejects + before.rejects,
});

const quarantinedInfo = ({ version, at, reason }: ModuleRecord['quarantined'][number]): VersionInfo => ({
  ...{ version, status: 'quarantined', builtIn: false, instances: 0, loadedAt: at, by: '', reason },
  ...{ handled: 0, crashes: 0, rejects: 0 },
});
