import { createSystem, defineBehaviour } from '@mailbeam/actors';
import type { ActorSystem, Behaviour, Pid } from '@mailbeam/actors';
import { copyState } from '@mailbeam/code';
import type { Instance, InstanceCursor, ModuleHost, ModuleUnit, MoveOutcome, Version } from '@mailbeam/code';
import type { Service } from '@mailbeam/handler';

type Code = Behaviour<unknown, unknown, unknown>;

/**
 * As many actors as are asked for, each running a version of a service: what the router's services are without mailboxes
 * and connections, so that only the change of code is measured.
 */
export class ActorHost implements ModuleHost {
  readonly kind = 'service';
  readonly system: ActorSystem = createSystem();
  readonly #count: number;
  readonly #pids: Pid<unknown>[] = [];
  readonly #versions: Version[] = [];
  readonly #behaviours = new WeakMap<Version, Code>();

  constructor(count: number) {
    this.#count = count;
  }

  start(unit: ModuleUnit): void {
    if (this.#pids.length > 0) return;
    for (let i = 0; i < this.#count; i++) {
      const version = unit.choose(String(i));
      this.#pids.push(this.system.spawn(this.#behaviourOf(version), i));
      this.#versions.push(version);
      version.stats.instances++;
    }
  }

  stop(): void {}

  instances(): InstanceCursor {
    const [pids, versions, system] = [this.#pids, this.#versions, this.system];
    const behaviourOf = (version: Version): Code => this.#behaviourOf(version);
    let at = -1;
    const one: Instance = {
      get key() {
        return String(at);
      },
      get version() {
        return versions[at]!;
      },
      depth: 0,
      move(to: Version, done: (outcome: MoveOutcome) => void) {
        const moving = at;
        system.requestCodeChange(pids[moving]!, behaviourOf(to), (result) => {
          if (!result.changed) {
            done(result.reason === 'threw' ? { moved: false, ...result } : { moved: false, reason: 'gone' });
            return;
          }
          versions[moving]!.stats.instances--;
          to.stats.instances++;
          versions[moving] = to;
          done({ moved: true });
        });
      },
      restart() {},
      copyState: () => copyState(null),
    };
    return { next: () => (++at < pids.length ? one : undefined), close() {} };
  }

  #behaviourOf(version: Version): Code {
    let behaviour = this.#behaviours.get(version);
    if (behaviour === undefined) {
      const module = version.module as Service;
      behaviour = defineBehaviour<unknown, unknown, unknown>({
        name: version.name,
        version: version.version,
        init: (n) => module.init(n as never),
        handleMessage: () => undefined,
        ...(module.codeChange === undefined ? {} : { codeChange: (state, from) => module.codeChange!(state, from) }),
      });
      this.#behaviours.set(version, behaviour);
    }
    return behaviour;
  }
}
