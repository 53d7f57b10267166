import { openSpanExport } from '@mailbeam/telemetry/traces';
import { sleep } from '../bench-pair.js';
import { runCommand } from '../measuring-command.js';
import { CoreRing, loadCopy } from './core-ring.js';
import type { Copy } from './core-ring.js';
import { KINDS } from './kind.js';
import type { Kind, MeasuredOrder, Measurement } from './kind.js';

/*
 * Four routers in one process, each of code of its own, which have windows in turn. Its only argument is a MeasuredOrder as JSON, its
 * answer a Measurement over IPC.
 */

/** For requests to the collector that are under way when a window ends. */
const LATE_MS = 30;

async function main(): Promise<number> {
  const order = JSON.parse(process.argv[2]!) as MeasuredOrder;
  const { users, unanswered, bodyBytes, warmRounds, windowRounds, turns } = order;
  const rings = {} as Record<Kind, CoreRing>;
  const exports: { close(): Promise<void> }[] = [];
  for (const kind of KINDS) {
    const copy = await loadCopy(order.roots[kind]);
    const ring = (rings[kind] = new CoreRing(copy, users, unanswered, bodyBytes));
    if (kind === 'on') exports.push(traceWith(ring, copy, order));
    await ring.login();
  }
  const window = async (ring: CoreRing, rounds: number): Promise<number> => {
    const before = process.cpuUsage();
    for (let i = 0; i < rounds; i++) await ring.round();
    await sleep(LATE_MS);
    const { user, system } = process.cpuUsage(before);
    return (user + system) / (rounds * ring.messages);
  };
  for (const kind of order.kinds) await window(rings[kind], warmRounds);
  const us: Measurement = { off: [], twin: [], without: [], on: [] };
  for (let turn = 0; turn < turns; turn++) {
    // who is first changes: what drifts goes against each as often
    for (let i = 0; i < KINDS.length; i++) {
      const kind = order.kinds[(i + turn) % KINDS.length]!;
      us[kind].push(await window(rings[kind], windowRounds));
    }
  }
  for (const kind of KINDS) {
    const { delivered, messages } = rings[kind];
    const sent = messages * (warmRounds + turns * windowRounds);
    if (delivered !== sent) throw new Error(`${kind}: ${sent} messages were sent and ${delivered} delivered`);
  }
  process.send!(us);
  for (const one of exports) await one.close();
  process.disconnect();
  return 0;
}

function traceWith(
  { core }: CoreRing,
  { router }: Copy,
  { endpoint, share }: MeasuredOrder,
): { close(): Promise<void> } {
  const spans = openSpanExport({
    ...{ endpoint, version: 'bench', instance: 'bench', queue: 4_096, timeoutMs: 10_000 },
    onTrouble: (trouble) => {
      throw new Error(`spans were lost: ${JSON.stringify(trouble)}`);
    },
  });
  const sampler = new router.Sampler(1_000_000);
  sampler.share = share;
  core.traceWith(new router.Traces(sampler, spans, { show: (name) => name }, core.clock, 4_096));
  return spans;
}

runCommand(main);
