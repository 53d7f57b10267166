import { bytes, count, duration, percent, rate } from './figures.js';

/** A line of a chart of the history: a column of the recorder, its words, and its colour. */
export type HistoryLine = readonly [column: string, label: string, color: string];

/** A chart of the history. */
export interface HistoryChart {
  readonly title: string;
  readonly unit: string;
  readonly floor: number;
  readonly format: (value: number | null) => string;
  readonly isLong: boolean;
  readonly isWhole: boolean;
  readonly lines: readonly HistoryLine[];
}

const counts = { floor: 10, format: count, isLong: false, isWhole: true } as const;
const rates = { floor: 10, format: rate, isLong: false, isWhole: true } as const;
const times = { floor: 0.005, format: duration, isLong: true, isWhole: false } as const;
const sizes = { floor: 10_000, format: bytes, isLong: true, isWhole: true } as const;
const cores = { floor: 0.2, format: rate, isLong: false, isWhole: false } as const;
const shares = { floor: 0.1, format: percent, isLong: false, isWhole: false } as const;

/** What the history shows, the router first, then its process, then the machine. */
export const historyCharts: readonly HistoryChart[] = [
  {
    ...{ title: 'Waiting', unit: 'messages, by class', ...counts },
    lines: ['session', 'away', 'service', 'group', 'system'].map(
      (name) => [`${name}.depth`, name, `--${name}`] as const,
    ),
  },
  {
    ...{ title: 'Messages', unit: 'a second', ...rates },
    lines: [
      ['router.accepted', 'accepted', '--in'],
      ['router.delivered', 'delivered', '--out'],
      ['router.rejected', 'rejected', '--critical'],
    ],
  },
  {
    ...{ title: 'Latency', unit: 'mean of each second', ...times },
    lines: [
      ['accept.mean', 'accept', '--in'],
      ['deliver.mean', 'hand-out', '--out'],
      ['commit.mean', 'commit', '--service'],
    ],
  },
  {
    ...{ title: 'Event loop', unit: 'part of the time', ...shares },
    lines: [
      ['loop.active', 'active', '--system'],
      ['gc.time', 'garbage collection', '--service'],
    ],
  },
  {
    ...{ title: 'Processors', unit: 'cores in use', ...cores },
    lines: [
      ['node.user', 'node', '--in'],
      ['cpu.user', 'user, all', '--out'],
      ['cpu.system', 'system', '--service'],
      ['cpu.iowait', 'wait for disk', '--system'],
      ['cpu.steal', 'stolen', '--critical'],
    ],
  },
  {
    ...{ title: 'Memory', unit: 'bytes', ...sizes },
    lines: [
      ['node.rss', 'node', '--in'],
      ['node.heap_used', 'its heap', '--out'],
      ['memory.available', 'available', '--away'],
    ],
  },
  {
    ...{ title: 'Network', unit: 'bytes a second', ...sizes },
    lines: [
      ['net.rx_bytes', 'received', '--in'],
      ['net.tx_bytes', 'sent', '--out'],
      ['lo.bytes', 'loopback', '--away'],
    ],
  },
  {
    ...{ title: 'Packets', unit: 'a second', ...rates },
    lines: [
      ['net.rx_packets', 'received', '--in'],
      ['net.tx_packets', 'sent', '--out'],
      ['lo.packets', 'loopback', '--away'],
    ],
  },
  {
    ...{ title: 'Disk', unit: 'bytes a second', ...sizes },
    lines: [
      ['disk.read_bytes', 'read', '--in'],
      ['disk.written_bytes', 'written', '--service'],
    ],
  },
  {
    ...{ title: 'Kernel', unit: 'a second', ...rates },
    lines: [
      ['system.switches', 'context switches', '--system'],
      ['system.interrupts', 'interrupts', '--service'],
    ],
  },
];

/** Lines beside which no other could be seen: they are shown when somebody asks for them. */
export const hiddenAtFirst: readonly string[] = ['memory.available', 'lo.bytes', 'lo.packets'].map(keyOf);

/** By what a line is known on the page. */
export function keyOf(column: string): string {
  return `history.${column}`;
}

/** The columns that are asked for. */
export const historyColumns: readonly string[] = historyCharts.flatMap(({ lines }) => lines.map(([column]) => column));
