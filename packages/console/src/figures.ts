import type { Drain } from './port/answers.js';

/* Figures in words: each says its unit, and is as short as it can be. */

/** What is shown where there is nothing to say. */
export const NOTHING = '–';

/** `12`, `1,234`, `12.3 k`, `1.23 M`. */
export function count(value: number | null): string {
  if (value === null) return NOTHING;
  const size = Math.abs(value);
  if (size < 10_000) return Math.round(value).toLocaleString('en-US');
  return `${scaled(value, size < 1e6 ? 1e3 : size < 1e9 ? 1e6 : 1e9)} ${size < 1e6 ? 'k' : size < 1e9 ? 'M' : 'G'}`;
}

/** A second: `0`, `0.25`, `12.3`, `1,234`. */
export function rate(value: number | null): string {
  if (value === null) return NOTHING;
  const size = Math.abs(value);
  if (size < 0.005) return '0';
  if (size >= 100) return count(value);
  return Number(value.toPrecision(size < 1 ? 2 : 3)).toString();
}

/** A rate that says its sign. */
export function growth(value: number): string {
  const text = rate(value);
  return text === '0' ? '0' : value > 0 ? `+${text}` : text.replace('-', '\u2212');
}

/** `0.4 ms`, `12 ms`, `1.2 s`, `3 min 20 s`. @param seconds null: nothing to say */
export function duration(seconds: number | null): string {
  if (seconds === null) return NOTHING;
  if (seconds === 0) return '0 s';
  if (seconds < 0.9995) {
    const ms = seconds * 1_000;
    return `${ms < 10 ? Number(ms.toPrecision(2)) : Math.round(ms)} ms`;
  }
  if (seconds < 59.95) return `${seconds < 10 ? Number(seconds.toFixed(1)) : Math.round(seconds)} s`;
  const whole = Math.round(seconds);
  const parts: readonly (readonly [number, string])[] = [
    [Math.floor(whole / 86_400), 'd'],
    [Math.floor(whole / 3_600) % 24, 'h'],
    [Math.floor(whole / 60) % 60, 'min'],
    [whole % 60, 's'],
  ];
  const first = parts.findIndex(([n]) => n > 0);
  return parts
    .slice(first, first + 2)
    .filter(([n]) => n > 0)
    .map(([n, unit]) => `${n} ${unit}`)
    .join(' ');
}

/** `512 B`, `12.3 kB`, `1.2 GB`. */
export function bytes(value: number | null): string {
  if (value === null) return NOTHING;
  if (value < 1_000) return `${Math.round(value)} B`;
  const power = Math.min(4, Math.floor(Math.log10(value) / 3));
  return `${scaled(value, 10 ** (3 * power))} ${['B', 'kB', 'MB', 'GB', 'TB'][power]}`;
}

/** `3 min 20 s` as `3 min` and ` 20 s`, for where there is room for the first alone. */
export function parted(text: string): readonly [string, string] {
  const words = text.split(' ');
  const rest = words.slice(2).join(' ');
  return [words.slice(0, 2).join(' '), rest === '' ? '' : ` ${rest}`];
}

/** `12 %`; of a core. */
export function percent(share: number | null): string {
  return share === null
    ? NOTHING
    : `${share < 0.0995 ? Number((share * 100).toPrecision(2)) : Math.round(share * 100)} %`;
}

export function drain(seconds: Drain): string {
  if (seconds === null) return NOTHING;
  return seconds === 'never' ? 'never' : duration(seconds);
}

/** `14:03:07` in the time zone of who looks. */
export function clock(ms: number): string {
  return new Date(ms).toLocaleTimeString('en-GB');
}

/** `1 actor`, `1,234 actors`. */
export function counted(value: number, word: string, plural = `${word}s`): string {
  return `${count(value)} ${value === 1 ? word : plural}`;
}

function scaled(value: number, by: number): string {
  return Number((value / by).toPrecision(3)).toString();
}
