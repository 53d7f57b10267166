import { execFile, execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { checkout } from '../server-under-test.js';
import { sizesToText, type ProgramSizes, type SideRow } from './program.js';

const run = promisify(execFile);
const outputLimit = 16 * 1024 * 1024;

export const sideNames = ['mailbeam', 'erlang', 'nact'] as const;
export type SideName = (typeof sideNames)[number];

/** What one process of a side said. */
export interface SideOutput {
  readonly version: string;
  readonly rows: readonly SideRow[];
}

/** A side as a command; each run is a process of its own. */
export interface Side {
  readonly name: SideName;
  measure(rows: readonly string[], ms: number, sizes: ProgramSizes): Promise<SideOutput>;
  dispose(): void;
}

function nodeSide(name: 'mailbeam' | 'nact'): Side {
  const program = join(import.meta.dirname, `${name}-side.js`);
  return {
    name,
    measure: (rows, ms, sizes) => output(process.execPath, [program, ...sideArguments(rows, ms, sizes)]),
    dispose: () => undefined,
  };
}

/** Erlang, one scheduler, where `erl` and `erlc` are installed (Debian: erlang-base); else the reason why not. */
function erlangSide(): Side | string {
  const dir = mkdtempSync(join(tmpdir(), 'mailbeam-erlang-'));
  const dispose = (): void => rmSync(dir, { recursive: true, force: true });
  try {
    execFileSync('erlc', ['-o', dir, join(checkout, 'benchmarks/erlang/bench.erl')], { stdio: 'pipe' });
  } catch (error) {
    dispose();
    const isMissing = (error as { code?: string }).code === 'ENOENT';
    if (!isMissing) throw error;
    return 'no erlc on the PATH (Debian: apt-get install erlang-base): without BEAM there are no ratios and no verdicts';
  }
  return {
    name: 'erlang',
    measure: (rows, ms, sizes) => {
      const flags = ['+S', '1', '+P', String(Math.max(262_144, sizes.idle * 2)), '-noshell', '-pa', dir];
      return output('erl', [...flags, '-run', 'bench', 'main', ...sideArguments(rows, ms, sizes)]);
    },
    dispose,
  };
}

/** The sides that can run here, and why others cannot. */
export function openSides(wanted: readonly SideName[]): { sides: Side[]; missing: string[] } {
  const opened = wanted.map((name) => (name === 'erlang' ? erlangSide() : nodeSide(name)));
  return {
    sides: opened.filter((side) => typeof side !== 'string'),
    missing: opened.filter((side) => typeof side === 'string'),
  };
}

function sideArguments(rows: readonly string[], ms: number, sizes: ProgramSizes): string[] {
  return [sizesToText(sizes), ...rows.map((row) => `${row}=${ms}`)];
}

async function output(command: string, args: readonly string[]): Promise<SideOutput> {
  const { stdout } = await run(command, args, { maxBuffer: outputLimit });
  const [head, ...rows] = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as unknown);
  return { version: (head as { version: string }).version, rows: rows as SideRow[] };
}
