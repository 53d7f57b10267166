import type { Unit } from '@mailbeam/router/activity';
import { bytesText } from '../inspect/amount-text.js';

/** A value of a column, with its unit where that is not told beside it. */
export function valueText(value: number, unit: Unit): string {
  if (Number.isNaN(value)) return '-';
  switch (unit) {
    case 'B':
    case 'B/s':
      return value < 2 ** 30 ? bytesText(Math.round(value)) : `${(value / 2 ** 30).toFixed(1)} GiB`;
    case 'share':
      return `${(value * 100).toFixed(1)}%`;
    case 's':
      return value === 0 ? '0' : value < 1 ? `${(value * 1_000).toFixed(1)} ms` : `${value.toFixed(1)} s`;
    case 'cores':
      return value.toFixed(2);
    case '':
    case '/s':
      return value < 100 && !Number.isInteger(value) ? value.toFixed(1) : Math.round(value).toLocaleString('en-US');
  }
}
