import { CliError } from '../cli-error.js';
import { ExitCode } from '../exit-code.js';

const msOf: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, min: 60_000, h: 3_600_000, d: 86_400_000 };

/** A time as people write it, `500ms`, `30s`, `2m`, `12h`, `7d` or `0`, in ms. @throws CliError USAGE */
export function durationMs(flag: string, text: string): number {
  if (text === '0') return 0;
  const [, number = '', unit = ''] = /^(\d+(?:\.\d+)?) ?(ms|s|m|min|h|d)$/.exec(text) ?? [];
  const ms = Number(number) * (msOf[unit] ?? NaN);
  if (number === '' || !Number.isFinite(ms))
    throw new CliError(ExitCode.USAGE, `${flag} ${text}: must be a time such as 500ms, 30s, 2m, 12h, 7d or 0`);
  return Math.round(ms);
}

/** A time from `least` to `most`, both as people write them, in ms. @throws CliError USAGE */
export function durationMsWithin(flag: string, text: string, least: string, most: string): number {
  const ms = durationMs(flag, text);
  if (ms >= durationMs(flag, least) && ms <= durationMs(flag, most)) return ms;
  throw new CliError(ExitCode.USAGE, `${flag} ${text}: must be a time from ${least} to ${most}`);
}

/** A part of a hundred as people write it, `5%` or `5`. @throws CliError USAGE */
export function percent(flag: string, text: string): number {
  const [, number = ''] = /^(\d+(?:\.\d+)?) ?%?$/.exec(text) ?? [];
  const value = number === '' ? NaN : Number(number);
  if (!(value > 0 && value <= 100))
    throw new CliError(ExitCode.USAGE, `${flag} ${text}: must be a part such as 5%, above 0 to 100`);
  return value;
}
