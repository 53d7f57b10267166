const bars = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'] as const;

/** One second of a column. */
export interface Point {
  /** Ms since the epoch. */
  readonly at: number;
  /** NaN: not known. */
  readonly value: number;
}

/**
 * A picture of one column in so many characters, from 0 to its highest value. Where a character stands for several seconds it
 * shows the highest, so that a burst of one second is seen; a blank: nothing was recorded.
 */
export function sparkline(points: readonly Point[], width: number): string {
  const first = secondOf(points[0]?.at ?? 0);
  const seconds = secondOf(points.at(-1)?.at ?? 0) - first + 1;
  const step = Math.max(1, Math.ceil(seconds / width));
  const cells = new Array<number>(Math.ceil(seconds / step)).fill(NaN);
  for (const { at, value } of points) {
    const cell = Math.floor((secondOf(at) - first) / step);
    if (!Number.isNaN(value) && !(value <= cells[cell]!)) cells[cell] = value;
  }
  const highest = Math.max(0, ...cells.filter((value) => !Number.isNaN(value)));
  return cells.map((value) => bar(value, highest)).join('');
}

function bar(value: number, highest: number): string {
  if (Number.isNaN(value)) return ' ';
  if (highest === 0) return bars[0];
  return bars[Math.min(bars.length - 1, Math.max(0, Math.round((value / highest) * bars.length) - 1))]!;
}

/** The whole second that a record was meant for: its timer fires a little late. */
function secondOf(at: number): number {
  return Math.round(at / 1_000);
}
