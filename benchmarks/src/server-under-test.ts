import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { get } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { writeWindows } from './profile-report.js';
import type { ProfiledWindow } from './profile-report.js';
import { cpuMicros, processTree, rssAnonBytes } from './process-tree.js';

/** The checkout: the working directory of both servers. */
export const checkout = fileURLToPath(new URL('../../', import.meta.url));

/** A server that a row drives and measures from outside. */
export interface ServerUnderTest {
  readonly name: 'router' | 'bare';
  readonly port: number;
  /** From spawn to the ready line, in ms. */
  readonly startMs: number;
  /** CPU of the whole process tree since its start, microseconds. */
  cpuMicros(): number;
  /** Anonymous resident memory of the whole process tree. */
  rssAnonBytes(): number;
  /** Notes when a row worked on it, for the profiles. */
  noteWindow(window: ProfiledWindow): void;
  /** Resolves when nothing is left to write, merge, erase or sweep. */
  quiet(): Promise<void>;
  /** Ends it in good order and keeps its data; the router flushes. */
  stop(): Promise<void>;
  /** SIGKILL to the whole tree at once. */
  kill(): Promise<void>;
}

interface ReadyLine {
  readonly ready: true;
  readonly port: number;
  readonly adminPort?: number;
  readonly pid: number;
}

const READY_LIMIT_MS = 60_000;
const QUIET_LIMIT_MS = 120_000;
const QUIET_POLL_MS = 50;

/** Starts the bare server: the project's own copy of it, or the one in this directory. */
export async function startBare(): Promise<ServerUnderTest> {
  const shared = join(checkout, '../shared/bare.mjs');
  const own = join(checkout, 'benchmarks/src/bare-server.mjs');
  const started = await start([existsSync(shared) ? shared : own], {});
  return { name: 'bare', ...started, noteWindow: () => {}, quiet: () => Promise.resolve() };
}

export interface RouterOptions {
  /** The data directory; kept after {@link ServerUnderTest.stop}. */
  readonly dataDir: string;
  /** Configuration as the environment gives it. */
  readonly env?: Readonly<Record<string, string>>;
  /** Where CPU profiles of the router's processes go when they end; none when absent. */
  readonly profileDir?: string | undefined;
}

/** Starts the router as its users do, on free ports. */
export async function startRouter(options: RouterOptions): Promise<ServerUnderTest> {
  const { dataDir, profileDir } = options;
  // The parent forks the node with its own arguments, so that both write a profile when they end.
  const profiling = profileDir === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profileDir}`];
  const bin = join(checkout, 'packages/cli/bin/mailbeam.js');
  const args = ['start', '--port', '0', '--admin-port', '0', '--data', dataDir, '--json'];
  const started = await start([...profiling, bin, ...args], options.env ?? {});
  const { adminPort } = started.ready;
  const windows: ProfiledWindow[] = [];
  return {
    name: 'router',
    ...started,
    noteWindow: (window) => windows.push(window),
    quiet: () => untilQuiet(adminPort ?? 0, dataDir),
    stop: () => {
      if (profileDir !== undefined) writeWindows(profileDir, started.pids(), windows);
      return started.stop();
    },
  };
}

/** A new empty directory for a router's data; `dispose` removes it. */
export function makeDataDir(): { readonly path: string; dispose(): void } {
  const path = mkdtempSync(join(process.env['BENCH_DATA_ROOT'] ?? tmpdir(), 'mailbeam-bench-'));
  return { path, dispose: () => rmSync(path, { recursive: true, force: true }) };
}

async function start(args: string[], env: Readonly<Record<string, string>>) {
  const spawned = performance.now();
  const child = spawn(process.execPath, args, {
    cwd: checkout,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ready = await readyLine(child);
  const startMs = performance.now() - spawned;
  const pid = child.pid!;
  return {
    ready,
    port: ready.port,
    startMs,
    cpuMicros: () => cpuMicros(pid),
    rssAnonBytes: () => rssAnonBytes(pid),
    pids: () => processTree(pid),
    stop: () => end(child, [pid], 'SIGTERM'),
    kill: () => end(child, processTree(pid), 'SIGKILL'),
  };
}

function readyLine(child: ChildProcess): Promise<ReadyLine> {
  let stderr = '';
  child.stderr!.on('data', (text: Buffer) => (stderr = (stderr + text.toString()).slice(-4096)));
  return new Promise((resolve, reject) => {
    const limit = setTimeout(() => fail('no ready line in time'), READY_LIMIT_MS);
    const fail = (why: string): void => {
      clearTimeout(limit);
      child.kill('SIGKILL');
      reject(new Error(`${child.spawnargs.slice(1).join(' ')}: ${why}\n${stderr}`));
    };
    child.once('exit', (code, signal) => fail(`ended with ${code ?? signal}`));
    createInterface(child.stdout!).once('line', (line) => {
      clearTimeout(limit);
      child.removeAllListeners('exit');
      child.stdout!.resume();
      resolve(JSON.parse(line) as ReadyLine);
    });
  });
}

async function end(child: ChildProcess, pids: readonly number[], signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  for (const pid of pids) process.kill(pid, signal);
  await ended;
}

interface Status {
  readonly store: { readonly quiet: boolean };
}

async function untilQuiet(adminPort: number, dataDir: string): Promise<void> {
  const token = readFileSync(join(dataDir, 'admin.token'), 'utf8').trim();
  const limit = performance.now() + QUIET_LIMIT_MS;
  for (;;) {
    const status = await fetchStatus(adminPort, token);
    if (status.store.quiet) return;
    if (performance.now() > limit) throw new Error('the store did not become quiet');
    await new Promise((resolve) => setTimeout(resolve, QUIET_POLL_MS));
  }
}

function fetchStatus(port: number, token: string): Promise<Status> {
  return new Promise((resolve, reject) => {
    const request = get({ host: '127.0.0.1', port, path: '/status', headers: { authorization: `Bearer ${token}` } });
    request.on('error', reject);
    request.on('response', (response) => {
      let text = '';
      response.on('data', (part: Buffer) => (text += part.toString()));
      response.on('end', () => {
        if (response.statusCode === 200) resolve(JSON.parse(text) as Status);
        else reject(new Error(`/status answered ${response.statusCode}: ${text.slice(0, 200)}`));
      });
    });
  });
}
