import type { Spread } from '../statistics.js';
import { alignColumns } from '../table.js';
import type { ActorRow } from './actor-rows.js';
import { sideNames, type SideName } from './sides.js';

/** A side's figure in one row: the median of its rounds, with the lowest and the highest. */
export interface Figure extends Spread {
  /** Median of the runs' 99th percentiles. */
  readonly p99: number;
  /** `idle`: growth of RssAnon, bytes for each. */
  readonly rss?: number;
}

export interface ActorResult {
  readonly id: string;
  readonly unit: 'ns' | 'bytes';
  readonly sides: Readonly<Partial<Record<SideName, Figure>>>;
  /** The other side's figure divided by ours: how many times faster, or smaller, we are. */
  readonly ratios: Readonly<Partial<Record<SideName, number>>>;
  readonly atLeast?: number;
  /** Undefined: no target, or nothing to compare with. */
  readonly isMet?: boolean;
}

/** Ratios and verdict of one row. */
export function judge(row: ActorRow, sides: ActorResult['sides']): ActorResult {
  const own = sides.mailbeam;
  const ratios = Object.fromEntries(
    sideNames.flatMap((name) => {
      const other = sides[name];
      return own && other && name !== 'mailbeam' ? [[name, other.median / own.median]] : [];
    }),
  ) as ActorResult['ratios'];
  const { id, unit, atLeast } = row;
  return {
    id,
    unit,
    sides,
    ratios,
    ...(atLeast === undefined ? {} : { atLeast }),
    ...(atLeast === undefined || ratios.erlang === undefined ? {} : { isMet: ratios.erlang >= atLeast }),
  };
}

/** The results as a table of text. */
export function renderActorTable(
  rows: readonly ActorRow[],
  results: readonly ActorResult[],
  versions: Readonly<Partial<Record<SideName, string>>>,
): string {
  const head = ['row', '@mailbeam/actors', 'BEAM', 'times', 'target', 'met', 'nact', 'times'];
  const lines = results.map((result) => [
    rows.find(({ id }) => id === result.id)?.title ?? result.id,
    figure(result, 'mailbeam'),
    figure(result, 'erlang'),
    times(result.ratios.erlang),
    result.atLeast === undefined ? '-' : `>= ${result.atLeast}`,
    result.isMet === undefined ? '-' : result.isMet ? 'yes' : 'NO',
    figure(result, 'nact'),
    times(result.ratios.nact),
  ]);
  const sides = sideNames.flatMap((name) => versions[name] ?? []);
  return [
    alignColumns([head, ...lines]),
    '',
    'Medians of the rounds; low..high in brackets. times: how many times faster, or smaller, @mailbeam/actors is.',
    `Versions: ${sides.join('; ')}. BEAM with one scheduler, scheduler_wall_time on.`,
  ].join('\n');
}

function figure({ unit, sides }: ActorResult, name: SideName): string {
  const side = sides[name];
  if (!side) return '-';
  const digits = side.median < 10 ? 1 : 0;
  const text = (n: number): string => n.toFixed(digits);
  return `${text(side.median)} ${unit} [${text(side.low)}..${text(side.high)}]`;
}

function times(ratio: number | undefined): string {
  return ratio === undefined ? '-' : ratio.toFixed(1);
}
