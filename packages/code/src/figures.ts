/** Figures as people read them. */

/** "1,003" of a whole number. Not by toLocaleString: its first call holds the event loop for 10 ms. */
export const count = (n: number): string => String(n).replace(/\B(?=(?:\d{3})+$)/g, ',');

/** "1.1 %"; small shares keep two digits that count. */
export function percent(share: number): string {
  const value = share * 100;
  if (value === 0) return '0 %';
  return `${value >= 10 ? value.toFixed(0) : value >= 1 ? value.toFixed(1) : value.toPrecision(2)} %`;
}

/** "1.1 % (11 of 1,003)" */
export const rate = (events: number, trials: number): string =>
  `${percent(trials === 0 ? 0 : events / trials)} (${count(events)} of ${count(trials)})`;

/** "1.2 ms", "80 us" */
export const time = (ms: number): string =>
  ms < 0.9995 ? `${Math.round(ms * 1_000)} us` : `${ms < 10 ? ms.toFixed(1) : count(Math.round(ms))} ms`;
