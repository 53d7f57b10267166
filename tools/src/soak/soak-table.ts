import type { Growth, Reading } from './growth.js';
import { quantities, quantityNames } from './quantity.js';
import type { Quantity } from './quantity.js';
import type { Readings, SoakResult } from './soak-test.js';

const SPARKS = '▁▂▃▄▅▆▇█';
const SPARK_WIDTH = 30;
const HEAD = ['', 'level', 'an hour', '99 % interval', 'allowed', 'from the beginning', ''];

/** A line for each quantity: what it is, how fast it grows, and how it went. */
export function soakTable(readings: Readings, growths: SoakResult['growths']): string {
  const rows = quantityNames.map((name) => rowOf(quantities[name], growths[name], readings[name]));
  const widths = HEAD.map((head, column) => Math.max(head.length, ...rows.map((row) => row[column]!.length)));
  return [HEAD, ...rows]
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column]!))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** What grows, in a sentence each. */
export function growing(growths: SoakResult['growths']): string[] {
  return quantityNames
    .filter((name) => growths[name].grows)
    .map((name) => {
      const { perHour, allowedPerHour } = growths[name];
      const shown = (value: number): string => amount(quantities[name], value);
      return `${quantities[name].name} grows by ${shown(perHour.slope)} an hour, ${shown(perHour.low)} at least; allowed is ${shown(allowedPerHour)}`;
    });
}

function rowOf(quantity: Quantity, growth: Growth, readings: readonly Reading[]): string[] {
  const { level, perHour, allowedPerHour, grows } = growth;
  const signed = (value: number): string => `${value > 0 ? '+' : ''}${amount(quantity, value)}`;
  return [
    quantity.name,
    amount(quantity, level),
    signed(perHour.slope),
    `${signed(perHour.low)} to ${signed(perHour.high)}`,
    amount(quantity, allowedPerHour),
    sparkline(readings.map(({ value }) => value)),
    grows ? 'GROWS' : 'ok',
  ];
}

/** Least to most, each column the mean of its part. */
export function sparkline(values: readonly number[], width = SPARK_WIDTH): string {
  const count = Math.min(width, values.length);
  const columns = Array.from({ length: count }, (_, i) => {
    const part = values.slice(Math.floor((i * values.length) / count), Math.floor(((i + 1) * values.length) / count));
    return part.reduce((sum, value) => sum + value, 0) / part.length;
  });
  const least = Math.min(...columns);
  const range = Math.max(...columns) - least;
  return columns
    .map((value) => SPARKS[range === 0 ? 0 : Math.round(((value - least) / range) * (SPARKS.length - 1))])
    .join('');
}

function amount({ unit }: Quantity, value: number): string {
  if (!Number.isFinite(value)) return '?';
  if (unit === 'count') return value.toFixed(Math.abs(value) < 10 ? 1 : 0);
  const size = Math.abs(value);
  if (size >= 1_048_576) return `${(value / 1_048_576).toFixed(1)} MiB`;
  return `${(value / 1_024).toFixed(size < 10_240 ? 1 : 0)} KiB`;
}
