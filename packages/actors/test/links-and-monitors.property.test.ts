import { expect, test } from '@jest/globals';
import type { ExitReason, MonitorRef, Pid } from '../src/index.js';
import { createTestSystem } from '../src/test-kit.js';
import { recorder, show, type Act } from './recorder.js';
import { withSeed } from './random.js';

interface ModelActor {
  alive: boolean;
  trap: boolean;
  links: Set<number>;
  /** Who watches it, once for each monitor. */
  watchers: { by: number; active: boolean }[];
  heard: string[];
}

/** What OTP's text says, in the plainest possible way. */
class Model {
  readonly actors: ModelActor[] = [];

  add(trap: boolean): void {
    this.actors.push({ alive: true, trap, links: new Set(), watchers: [], heard: [] });
  }
  at(i: number): ModelActor {
    return this.actors[i] as ModelActor;
  }
  link(a: number, b: number): void {
    if (a === b || !this.at(a).alive) return;
    if (!this.at(b).alive) return this.signal(a, 'noproc', true);
    this.at(a).links.add(b);
    this.at(b).links.add(a);
  }
  unlink(a: number, b: number): void {
    this.at(a).links.delete(b);
    this.at(b).links.delete(a);
  }
  monitor(a: number, b: number): { by: number; active: boolean } {
    const watch = { by: a, active: true };
    if (this.at(b).alive) this.at(b).watchers.push(watch);
    else this.at(a).heard.push('DOWN noproc');
    return watch;
  }
  signal(to: number, reason: string, byLink: boolean): void {
    const actor = this.at(to);
    if (!actor.alive) return;
    if (reason === 'kill' && !byLink) return this.end(to, 'killed');
    if (actor.trap) actor.heard.push(`EXIT ${reason}`);
    else if (reason !== 'normal') this.end(to, reason);
  }
  end(i: number, reason: string): void {
    const actor = this.at(i);
    actor.alive = false;
    for (const peer of actor.links) {
      this.at(peer).links.delete(i);
      this.signal(peer, reason, true);
    }
    actor.links.clear();
    for (const watch of actor.watchers)
      if (watch.active && this.at(watch.by).alive) this.at(watch.by).heard.push(`DOWN ${reason}`);
  }
}

test('random links, unlinks, monitors, signals and ends do what the model says', () => {
  withSeed((random) => {
    const pick = (n: number): number => Math.floor(random() * n);
    for (let round = 0; round < 300; round += 1) {
      const kit = createTestSystem();
      const model = new Model();
      const pids: Pid<Act>[] = [];
      const logs: string[][] = [];
      const refs: { real: MonitorRef; model: { active: boolean }; by: number }[] = [];
      const size = 2 + pick(8);
      for (let i = 0; i < size; i += 1) {
        const trap = random() < 0.4;
        const log: string[] = [];
        pids.push(kit.system.spawn(recorder, { log, trap }));
        logs.push(log);
        model.add(trap);
      }
      for (let n = 0; n < 40; n += 1) {
        const a = pick(size);
        const b = pick(size);
        const to = pids[b] as Pid<Act>;
        const act = (what: Act): void => void kit.system.send(pids[a] as Pid<Act>, what);
        const reason = ['normal', 'shutdown', 'oops', 'kill'][pick(4)] as ExitReason & string;
        switch (pick(8)) {
          case 0:
          case 1:
          case 2:
            act((self) => self.link(to));
            model.link(a, b);
            break;
          case 3:
            act((self) => self.unlink(to));
            if (model.at(a).alive) model.unlink(a, b);
            break;
          case 4: {
            if (!model.at(a).alive) break;
            const watch = model.monitor(a, b);
            act((self) => void refs.push({ real: self.monitor(to), model: watch, by: a }));
            break;
          }
          case 5: {
            const ref = refs[pick(refs.length || 1)];
            if (!ref || !model.at(ref.by).alive) break;
            kit.system.demonitor(ref.real);
            ref.model.active = false;
            break;
          }
          case 6:
            if (random() < 0.3) {
              kit.system.exit(to, reason);
              model.signal(b, reason, false);
            }
            break;
          default:
            if (random() < 0.2 && model.at(a).alive) {
              act((self) => self.stop(reason));
              model.end(a, reason);
            }
        }
        kit.run();
      }
      for (let i = 0; i < size; i += 1) {
        expect(`${round}.${i} ${kit.system.isAlive(pids[i] as Pid)}`).toBe(`${round}.${i} ${model.at(i).alive}`);
        const heard = (logs[i] as string[]).filter((line) => /^(EXIT|DOWN)/.test(line));
        // Between two watchers the order is nobody's promise; for one of them all that counts is what came.
        if (model.at(i).alive) expect([round, i, ...heard.sort()]).toEqual([round, i, ...model.at(i).heard.sort()]);
        const links = kit.system.info(pids[i] as Pid)?.links ?? 0;
        expect(links).toBe(model.at(i).links.size);
      }
      expect(kit.system.actorCount).toBe(model.actors.filter((actor) => actor.alive).length);
      expect(kit.crashes.every((report) => show(report.reason) !== 'normal')).toBe(true);
    }
  });
});
