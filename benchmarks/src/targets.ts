/** What a row has to reach: the figures of the issue, in one place. `figure` names a figure of the row's result. */
export interface Target {
  readonly row: string;
  readonly figure: string;
  readonly atMost: number;
  /** The target in words, for the table. */
  readonly text: string;
}

export const targets: readonly Target[] = [
  { row: 'online', figure: 'ratio', atMost: 1.2, text: '<= 1.2 x bare' },
  { row: 'paced', figure: 'ratio', atMost: 1.5, text: '<= 1.5 x bare' },
  { row: 'paced', figure: 'acceptP99Ms', atMost: 15, text: 'p99 accept <= 15 ms' },
  { row: 'store', figure: 'routerUs', atMost: 9, text: '<= 9 us' },
  { row: 'store', figure: 'acceptP99Ms', atMost: 25, text: 'p99 accept <= 25 ms' },
  { row: 'store-million', figure: 'timesStore', atMost: 1.5, text: '<= 1.5 x store' },
  { row: 'drain', figure: 'routerUs', atMost: 10, text: '<= 10 us' },
  { row: 'idle', figure: 'overBareKb', atMost: 2, text: '<= 2 KB over bare' },
  { row: 'memory-few', figure: 'rssAnonMb', atMost: 300, text: '< 300 MB' },
  { row: 'memory-few', figure: 'startSeconds', atMost: 2, text: 'start < 2 s' },
  { row: 'memory-many', figure: 'rssAnonMb', atMost: 300, text: '< 300 MB' },
  { row: 'memory-many', figure: 'startSeconds', atMost: 2, text: 'start < 2 s' },
  { row: 'traces', figure: 'offPercent', atMost: 3, text: 'off <= 3 % over none' },
  { row: 'traces', figure: 'onUs', atMost: 0.2, text: '0.1 % traced <= 0.2 us' },
];
