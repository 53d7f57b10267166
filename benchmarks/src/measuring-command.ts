import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { checkout } from './server-under-test.js';

/** Runs a command that measures: its number becomes the exit code, what it throws is printed and makes it 1. */
export function runCommand(main: () => Promise<number>): void {
  main().then(
    (code) => (process.exitCode = code),
    (error: unknown) => {
      say(error instanceof Error ? (error.stack ?? error.message) : String(error));
      process.exitCode = 1;
    },
  );
}

/** What a command that measures one thing was asked for. */
export interface Asked<S> {
  readonly sizes: S;
  /** Nothing was made smaller or larger: the result is one to keep. */
  readonly isWhole: boolean;
  readonly out: string | undefined;
  readonly strict: boolean;
}

/**
 * Reads `--short`, `--out`, `--strict`, `--help` and a flag for each size that may be set; undefined when only the help was wanted.
 * @param flags the sizes that have a flag of their name
 */
export function askedSizes<S extends Readonly<Record<string, number>>>(
  help: string,
  full: S,
  short: S,
  flags: readonly (keyof S & string)[],
): Asked<S> | undefined {
  const { values } = parseArgs({
    options: {
      ...Object.fromEntries(flags.map((flag) => [flag, { type: 'string' as const }])),
      short: { type: 'boolean', default: false },
      out: { type: 'string' },
      strict: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help === true) {
    process.stdout.write(help);
    return undefined;
  }
  const given = values as unknown as Readonly<Record<string, string | undefined>>;
  const set = flags.flatMap((flag) => {
    const text = given[flag];
    return text === undefined ? [] : [[flag, positive(`--${flag}`, text)] as const];
  });
  const sizes: S = { ...(values.short === true ? short : full), ...Object.fromEntries(set) };
  const isWhole = Object.entries(full).every(([name, size]) => sizes[name] === size);
  return { sizes, isWhole, out: values.out, strict: values.strict === true };
}

/** Progress goes to stderr, so that stdout is the table. */
export function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

/** A flag's number: whole, from 1 up. */
export function positive(flag: string, text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new Error(`${flag} takes a whole number from 1 up, not ${text}`);
  return value;
}

/** Those of `all` that have one of the comma-separated ids; all without a text. Refuses an id that nobody has. */
export function chosen<T>(
  kind: string,
  text: string | undefined,
  all: readonly T[],
  idsOf: (one: T) => readonly string[],
): readonly T[] {
  if (text === undefined) return all;
  const wanted = text.split(',');
  const ids = all.flatMap(idsOf);
  const unknown = wanted.filter((id) => !ids.includes(id));
  if (unknown.length > 0) throw new Error(`no such ${kind}: ${unknown.join(', ')}; there are ${ids.join(', ')}`);
  return all.filter((one) => idsOf(one).some((id) => wanted.includes(id)));
}

/** Writes a report as JSON: to `out`, or else to the file of that name in `benchmarks/results`. */
export function writeReport(out: string | undefined, name: string, report: object): void {
  const file = out ?? join(checkout, 'benchmarks/results', name);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `${JSON.stringify(report, null, 2)}\n`);
  process.stdout.write(`\nWritten to ${file}\n`);
}
