import { spawn } from 'node:child_process';
import { once } from 'node:events';

/** How a script ended. */
export interface FinishedScript {
  /** null: a signal ended it. */
  readonly code: number | null;
  /** What it said, on standard output and standard error. */
  readonly text: string;
}

/** Runs `node SCRIPT ARGS...` until it has ended. @param env for it, beside that of this process */
export async function finishedScript(
  script: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
): Promise<FinishedScript> {
  const child = spawn(process.execPath, [script, ...args], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let text = '';
  child.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (text += chunk.toString()));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, text };
}
