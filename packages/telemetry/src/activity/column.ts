/** What the values of a column are: as they are at that second, or a count that goes on, of which the rate is shown. */
export type ColumnKind = 'gauge' | 'counter' | 'own_counter';

/** A column as it stands in the head of a file. */
export interface ColumnHead {
  /** Two words, the first is the group: `cpu.user`. */
  readonly name: string;
  /** Of what is shown: for a counter, a second. */
  readonly unit: Unit;
  /** A `counter` goes on when the node is started again, an `own_counter` begins at 0. */
  readonly kind: ColumnKind;
}

/** What one column is, and where it is read from. */
export interface Column<T> extends ColumnHead {
  readonly read: (from: T) => number;
}

/** `cores`: processor seconds a second; `s`: seconds; `share`: seconds a second, 1 is all the time. */
export type Unit = '' | '/s' | 'B' | 'B/s' | 'cores' | 's' | 'share';
