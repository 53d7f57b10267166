import { mailboxClasses } from '../mailbox-class.js';
import type { FixedHistogram } from '../metrics/fixed-histogram.js';
import type { NodeFigures, NodeHistograms } from '../metrics/node-figures.js';
import type { ClassFigures } from '../statistics/class-figures.js';
import type { Column, ColumnKind, Unit } from './column.js';
import type { MachineReading } from './machine-reading.js';
import type { ProcessReading } from './process-reading.js';

/** All that a record is made of. */
export interface Sample {
  readonly machine: MachineReading;
  readonly process: ProcessReading;
  readonly router: RouterReading;
}

/** What the router counts. */
export interface RouterReading {
  readonly figures: NodeFigures;
  readonly histograms: NodeHistograms;
  /** Garbage collections, s. */
  readonly collections: FixedHistogram;
  /** Longest time that the event loop was held since the record before, s. */
  readonly longestHold: number;
  readonly restarts: number;
  /** Interceptors that are switched off. */
  readonly switchedOff: number;
  readonly alertsWarning: number;
  readonly alertsCritical: number;
  /** Tries to deliver alerts. */
  readonly deliveries: number;
  /** By class, as in `mailboxClasses`. */
  readonly classes: readonly ClassFigures[];
  /** Age of the oldest message, by class, s. */
  readonly oldest: readonly number[];
}

const column =
  (kind: ColumnKind) =>
  (name: string, unit: Unit, read: (from: Sample) => number): Column<Sample> => ({ name, unit, kind, read });
/** As it is at that second. */
const gauge = column('gauge');
/** Counts since the machine was started. */
const counter = column('counter');
/** Counts since this process was started. */
const own = column('own_counter');
/** How often, and how long altogether. */
const timed = (name: string, read: (router: RouterReading) => FixedHistogram): Column<Sample>[] => [
  own(`${name}.count`, '/s', ({ router }) => read(router).count),
  own(`${name}.time`, 'share', ({ router }) => read(router).sum),
];

/** All columns. A new one is one line here; a file with other columns is put aside, and both are read. */
export const columns: readonly Column<Sample>[] = [
  counter('cpu.user', 'cores', ({ machine }) => machine.cpu.user),
  counter('cpu.nice', 'cores', ({ machine }) => machine.cpu.nice),
  counter('cpu.system', 'cores', ({ machine }) => machine.cpu.system),
  counter('cpu.idle', 'cores', ({ machine }) => machine.cpu.idle),
  counter('cpu.iowait', 'cores', ({ machine }) => machine.cpu.iowait),
  counter('cpu.irq', 'cores', ({ machine }) => machine.cpu.irq),
  counter('cpu.softirq', 'cores', ({ machine }) => machine.cpu.softirq),
  counter('cpu.steal', 'cores', ({ machine }) => machine.cpu.steal),
  counter('pressure.cpu', 'share', ({ machine }) => machine.pressure.cpu),
  counter('pressure.io', 'share', ({ machine }) => machine.pressure.io),
  counter('pressure.memory', 'share', ({ machine }) => machine.pressure.memory),
  gauge('system.load', '', ({ machine }) => machine.load),
  gauge('system.running', '', ({ machine }) => machine.kernel.running),
  gauge('system.blocked', '', ({ machine }) => machine.kernel.blocked),
  counter('system.switches', '/s', ({ machine }) => machine.kernel.contextSwitches),
  counter('system.interrupts', '/s', ({ machine }) => machine.kernel.interrupts),
  counter('system.forks', '/s', ({ machine }) => machine.kernel.forks),
  gauge('memory.total', 'B', ({ machine }) => machine.memory.total),
  gauge('memory.free', 'B', ({ machine }) => machine.memory.free),
  gauge('memory.available', 'B', ({ machine }) => machine.memory.available),
  gauge('memory.cached', 'B', ({ machine }) => machine.memory.cached),
  gauge('memory.dirty', 'B', ({ machine }) => machine.memory.dirty),
  gauge('memory.swap', 'B', ({ machine }) => machine.memory.swapUsed),
  counter('net.rx_packets', '/s', ({ machine }) => machine.network.rxPackets),
  counter('net.rx_bytes', 'B/s', ({ machine }) => machine.network.rxBytes),
  counter('net.rx_lost', '/s', ({ machine }) => machine.network.rxLost),
  counter('net.tx_packets', '/s', ({ machine }) => machine.network.txPackets),
  counter('net.tx_bytes', 'B/s', ({ machine }) => machine.network.txBytes),
  counter('net.tx_lost', '/s', ({ machine }) => machine.network.txLost),
  counter('lo.packets', '/s', ({ machine }) => machine.loopback.rxPackets),
  counter('lo.bytes', 'B/s', ({ machine }) => machine.loopback.rxBytes),
  counter('disk.reads', '/s', ({ machine }) => machine.disk.reads),
  counter('disk.read_bytes', 'B/s', ({ machine }) => machine.disk.readBytes),
  counter('disk.writes', '/s', ({ machine }) => machine.disk.writes),
  counter('disk.written_bytes', 'B/s', ({ machine }) => machine.disk.writtenBytes),
  counter('disk.busy', 'share', ({ machine }) => machine.disk.busy),

  own('node.user', 'cores', ({ process }) => process.user),
  own('node.system', 'cores', ({ process }) => process.system),
  gauge('node.rss', 'B', ({ process }) => process.rss),
  gauge('node.heap_used', 'B', ({ process }) => process.heapUsed),
  gauge('node.external', 'B', ({ process }) => process.external),
  own('node.major_faults', '/s', ({ process }) => process.majorFaults),
  own('node.waits', '/s', ({ process }) => process.waits),
  own('node.preemptions', '/s', ({ process }) => process.preemptions),
  own('loop.active', 'share', ({ process }) => process.loopActive),
  gauge('loop.held', 's', ({ router }) => router.longestHold),
  ...timed('turn', ({ histograms }) => histograms.turn),
  ...timed('gc', ({ collections }) => collections),

  gauge('router.connections', '', ({ router }) => router.figures.connections),
  gauge('router.pending', '', ({ router }) => router.figures.pendingMessages),
  gauge('router.pending_bytes', 'B', ({ router }) => router.figures.pendingBytes),
  own('router.accepted', '/s', ({ router }) => router.figures.accepted),
  own('router.delivered', '/s', ({ router }) => router.figures.delivered),
  own('router.failed', '/s', ({ router }) => router.figures.failed),
  own('router.elided', '/s', ({ router }) => router.figures.elided),
  own('router.rejected', '/s', ({ router }) => sumOf(router.figures.rejected)),
  gauge('router.imbalance', '', ({ router }) => router.figures.imbalance),
  gauge('router.run_queue', '', ({ router }) => router.figures.runQueue),
  own('router.restarts', '/s', ({ router }) => router.restarts),
  gauge('router.switched_off', '', ({ router }) => router.switchedOff),
  gauge('router.dead_letters', '', ({ router }) => router.figures.deadLetters.kept),
  own('router.given_up', '/s', ({ router }) => sumOf(router.figures.deadLetters.givenUp)),
  own('router.letters_lost', '/s', ({ router }) => sumOf(router.figures.deadLetters.lost)),
  own('traces.messages', '/s', ({ router }) => router.figures.traces?.sampled ?? 0),
  own('traces.exported', '/s', ({ router }) => router.figures.traces?.spans.exported ?? 0),
  own(
    'traces.lost',
    '/s',
    ({ router: { figures } }) => (figures.traces?.spans.failed ?? 0) + (figures.traces?.spans.dropped ?? 0),
  ),
  gauge('alerts.warning', '', ({ router }) => router.alertsWarning),
  gauge('alerts.critical', '', ({ router }) => router.alertsCritical),
  own('alerts.deliveries', '/s', ({ router }) => router.deliveries),
  ...timed('accept', ({ histograms }) => histograms.accept),
  ...timed('deliver', ({ histograms }) => histograms.deliver),
  ...timed('commit', ({ histograms }) => histograms.commit),
  own('commit.messages', '/s', ({ router }) => router.histograms.commitSize.sum),
  ...mailboxClasses.flatMap((name, i) => [
    gauge(`${name}.depth`, '', ({ router }) => router.classes[i]!.depth),
    own(`${name}.received`, '/s', ({ router }) => router.classes[i]!.in.total),
    own(`${name}.handled`, '/s', ({ router }) => router.classes[i]!.out.total),
    own(`${name}.dropped`, '/s', ({ router }) => router.classes[i]!.dropped),
    gauge(`${name}.oldest`, 's', ({ router }) => router.oldest[i]!),
    gauge(`${name}.mailboxes`, '', ({ router }) => router.classes[i]!.distribution.counts.reduce((a, b) => a + b, 0)),
  ]),
];

function sumOf(counts: ReadonlyMap<string, number>): number {
  return [...counts.values()].reduce((sum, count) => sum + count, 0);
}
