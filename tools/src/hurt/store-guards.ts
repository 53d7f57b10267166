import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { childrenOf, isRunning, signal } from '../crash/child-processes.js';
import { until } from '../crash/waiting.js';
import { StartedRouter } from '../swap/started-router.js';
import { must } from './expecting.js';
import { Talker } from './talker.js';

const BODY = 'a body to look for in the file';
/** Exit codes of the command. */
const NOT_STARTED = 6;
const DAMAGED = 9;
/** Longest that a router that ought not to start may take over it. */
const REFUSAL_LIMIT_MS = 60_000;

/** A data directory in which one message waits for bob, and the router that has it open. */
interface Kept {
  readonly root: string;
  readonly data: string;
  readonly router: StartedRouter;
}

/** A guard of the store that is hurt on purpose. Each throws what was not so. */
type Guard = (kept: Kept) => Promise<void>;

/** A byte of a message that has changed is found. */
export const checksums: Guard = async ({ root, data, router }) => {
  await router.stop();
  changeBody(data);
  const { code, text } = await mailbeam(root, ['store', 'check', '--data', data]);
  must(code === DAMAGED, `a changed byte is found: ${code} ${text}`);
};

/** A backup is read before it takes the place of a store. */
export const readBackup: Guard = async ({ root, data, router }) => {
  const copy = `${data}-copy`;
  const admin = ['--admin', `127.0.0.1:${router.adminPort}`, '--data', data];
  const made = await mailbeam(root, ['store', 'backup', copy, ...admin]);
  must(made.code === 0, `a backup is made: ${made.code} ${made.text}`);
  changeBody(copy);
  const { code, text } = await mailbeam(root, ['store', 'restore', copy, '--data', `${data}-restored`]);
  must(code !== 0 && /store_corrupt/.test(text), `a damaged backup is not restored: ${code} ${text}`);
};

/** Of two routers on one directory the second refuses and names the first. */
export const oneOwner: Guard = async ({ root, data, router }) => {
  const [node] = childrenOf(router.pid);
  await refused(root, data, new RegExp(`process ${node} on .*store_in_use`));
};

/** Where FORMAT stands without a data file, no new store is made. */
export const lostFile: Guard = async ({ root, data, router }) => {
  await router.stop();
  renameSync(join(data, 'data.mdb'), join(data, 'elsewhere'));
  await refused(root, data, /store_missing/);
};

/** What a newer version has written is left alone. */
export const newerVersion: Guard = async ({ root, data, router }) => {
  await router.stop();
  const file = join(data, 'FORMAT');
  const format = JSON.parse(readFileSync(file, 'utf8')) as object;
  writeFileSync(file, JSON.stringify({ ...format, version: 99 }));
  await refused(root, data, /format_unknown/);
};

/** A file that was cut off ends no node: somebody else reads it first. */
export const triedFirst: Guard = async ({ root, data, router }) => {
  const pids = [router.pid, ...childrenOf(router.pid)];
  for (const pid of pids) signal(pid, 'SIGSTOP');
  for (const pid of pids) signal(pid, 'SIGKILL');
  must(await until(() => !pids.some(isRunning), REFUSAL_LIMIT_MS), 'what was killed is gone');
  truncateSync(join(data, 'data.mdb'), 8_192);
  const text = await refused(root, data, /store_corrupt/);
  must(!/the node died/.test(text), `no node has died of it: ${text}`);
};

/** Whoever has sent what an operator purges is told. */
export const toldOfPurge: Guard = async ({ root, data, router }) => {
  const alice = await Talker.login(router.port, 'alice');
  const admin = ['--admin', `127.0.0.1:${router.adminPort}`, '--data', data];
  const { code, text } = await mailbeam(root, ['mailbox', 'purge', 'bob', ...admin]);
  must(code === 0, `the mailbox is purged: ${code} ${text}`);
  await alice.until(() => alice.failures.length > 0, 'the receipt of what was purged');
  must(alice.failures[0] === 'purged', `the sender is told \`purged\`, not ${alice.failures[0]}`);
  alice.end();
};

/** Changes a byte of the message wherever it stands in a data file. */
function changeBody(directory: string): void {
  const file = join(directory, 'data.mdb');
  const bytes = readFileSync(file);
  let changed = 0;
  for (let at = bytes.indexOf(BODY); at !== -1; at = bytes.indexOf(BODY, at + 1), changed++) bytes.write('A', at);
  must(changed > 0, `the message is in ${file}`);
  writeFileSync(file, bytes);
}

/** Runs one guard against the router that is built below `root`. */
export async function guard(hurt: Guard, root: string): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'mailbeam-guard-'));
  const data = join(directory, 'data');
  try {
    const router = await StartedRouter.start(root, data, { MAILBEAM_LOG_LEVEL: 'error' });
    try {
      const alice = await Talker.login(router.port, 'alice');
      alice.send('bob', BODY);
      await alice.until(() => alice.unanswered === 0, 'ACCEPTED');
      alice.end();
      await hurt({ root, data, router });
    } finally {
      await router.stop();
    }
  } finally {
    rmSync(directory, { recursive: true, force: true, maxRetries: 10, retryDelay: 20 });
  }
}

/** A router that is started there refuses for that reason. Returns what it said. */
async function refused(root: string, data: string, why: RegExp): Promise<string> {
  const args = ['start', '--port', '0', '--admin-port', '0', '--data', data, '--json'];
  const { code, text } = await mailbeam(root, args);
  must(code === NOT_STARTED && why.test(text), `the start is refused for ${why.source}: ${code} ${text}`);
  return text;
}

/** Runs the command; one that becomes a router is ended. */
async function mailbeam(root: string, args: readonly string[]): Promise<{ code: number | null; text: string }> {
  const child = spawn(process.execPath, [join(root, 'packages/cli/bin/mailbeam.js'), ...args], {
    env: { ...process.env, MAILBEAM_LOG_LEVEL: 'error', MAILBEAM_RESTART_INTENSITY: '0' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const limit = setTimeout(() => child.kill('SIGTERM'), REFUSAL_LIMIT_MS);
  let text = '';
  child.stdout.on('data', (chunk: Buffer) => {
    text += chunk.toString();
    if (text.includes('"ready":true')) child.kill('SIGTERM');
  });
  child.stderr.on('data', (chunk: Buffer) => (text += chunk.toString()));
  const [code] = (await once(child, 'close')) as [number | null];
  clearTimeout(limit);
  return { code, text };
}
