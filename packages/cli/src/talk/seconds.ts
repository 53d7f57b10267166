import { CliError } from '../cli-error.js';
import { ExitCode } from '../exit-code.js';

/** A whole number of seconds, at least 1. @throws CliError USAGE */
export function secondsOf(flag: string, text: string, most: number): number {
  return countOf(flag, text, most, ' of seconds');
}

/** A whole number, at least 1. @throws CliError USAGE */
export function countOf(flag: string, text: string, most: number, what = ''): number {
  const value = /^\d+$/.test(text) ? Number(text) : 0;
  if (value < 1 || value > most) {
    throw new CliError(ExitCode.USAGE, `${flag} ${text}: must be a whole number${what} from 1 to ${most}`);
  }
  return value;
}
