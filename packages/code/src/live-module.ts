import type { ModuleKind } from '@mailbeam/handler';
import { DepthSampler } from './depth-sampler.js';
import type { Before } from './gate.js';
import type { ListedVersions } from './listed-versions.js';
import type { ModuleHost, ModuleUnit } from './module-host.js';
import { Rollout } from './rollout.js';
import { StatsWindow } from './stats-window.js';
import type { Version } from './version.js';

const MOST_DEPTHS = 128;

/** A module that runs: its host asks it which version an instance is to have. */
export class LiveModule implements ModuleUnit {
  readonly kind: ModuleKind;
  readonly name: string;
  readonly host: ModuleHost;
  readonly rollout: Rollout<Version>;
  readonly listed: ListedVersions;
  #window: StatsWindow;
  readonly #depths: DepthSampler;

  constructor(live: Version, host: ModuleHost, listed: ListedVersions) {
    this.kind = live.kind;
    this.name = live.name;
    this.host = host;
    this.rollout = new Rollout(live);
    this.listed = listed;
    this.#window = new StatsWindow(live.stats);
    this.#depths = new DepthSampler(host, live.name);
  }

  choose(key: string): Version {
    return this.rollout.choose(key);
  }

  /** What the live version did in the last 30 s. */
  get before(): Before {
    return this.#window.before;
  }

  /** The next version is the live one, and is watched from now on. */
  keep(): void {
    this.rollout.keep();
    this.#window = new StatsWindow(this.rollout.live.stats);
  }

  /** Once a second: what the gate of a rollout compares with. */
  tick(): void {
    const { live, next } = this.rollout;
    if (next === undefined) this.#window.tick(this.#depths.sample(live, MOST_DEPTHS).fresh);
  }

  /** Notes which versions have no instances any more. */
  look(now: number): void {
    const { live, next } = this.rollout;
    this.listed.look(new Set([live.stats, ...(next === undefined ? [] : [next.stats])]), now);
  }

  close(): void {
    this.#depths.close();
  }
}
