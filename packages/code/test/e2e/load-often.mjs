// Loads LOADS versions of a service of some size, one after the other, with 100 instances that move each time; prints how the heap has
// grown after collection, and how many versions were freed. Started by heap.test.ts with --expose-gc.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CodeServer } from '@mailbeam/code';

const loads = Number(process.env.LOADS);
const warmUp = 20;
const root = mkdtempSync(join(tmpdir(), 'mailbeam-heap-'));
const handlers = join(root, 'handlers');
mkdirSync(handlers);

const host = {
  kind: 'service',
  instances_: [],
  start(unit) {
    for (let i = 0; i < 100; i++) {
      const version = unit.choose(String(i));
      version.stats.instances++;
      this.instances_.push({ key: String(i), version, depth: 0, state: { n: 0 } });
    }
  },
  stop() {},
  instances() {
    let i = 0;
    return {
      next: () => {
        const one = this.instances_[i++];
        if (one === undefined) return undefined;
        return {
          ...one,
          move(to, done) {
            one.state = to.module.codeChange(one.state, one.version.version);
            one.version.stats.instances--;
            to.stats.instances++;
            one.version = to;
            done({ moved: true });
          },
          restart() {},
          copyState: () => one.state,
        };
      },
      close() {},
    };
  },
};

let freed = 0;
const onEvent = ({ event, level, text }) => {
  if (event === 'freed') freed++;
  else if (level !== 'info') console.error(text);
};
const server = await CodeServer.open({ dir: join(root, 'code'), handlers, gateMs: 0, onEvent }, [host]);

// 60 KB that differ from version to version, so that nothing is shared between them.
const source = (n) => `
import { defineService } from '@mailbeam/handler';
const table: Record<string, string> = { ${Array.from({ length: 1_000 }, (_, i) => `k${i}: 'version ${n}, entry ${i}, some text to fill it'`).join(', ')} };
export default defineService<{ n: number }>({ name: 'often', version: '${n}', init: () => ({ n: 0 }), codeChange: (state: any) => ({ n: state.n + (table['k1'] ? 1 : 0) }) });
`;

async function load(n) {
  writeFileSync(join(handlers, 'often.ts'), source(n));
  const { id } = await server.load('often');
  const { phase, reason } = await server.ended(id);
  if (phase !== 'kept') throw new Error(`${n}: ${phase} ${reason}`);
}

async function collected() {
  for (let i = 0; i < 10; i++) {
    global.gc();
    await new Promise((resolve) => setImmediate(resolve)); // finalizers have their turn
  }
  return process.memoryUsage().heapUsed;
}

for (let n = 0; n < warmUp; n++) await load(n);
const before = await collected();
for (let n = warmUp; n < warmUp + loads; n++) await load(n);
const after = await collected();
console.log(JSON.stringify({ loads, grownBytes: after - before, freed, migrated: host.instances_[0].state.n }));
await server.close();
rmSync(root, { recursive: true });
