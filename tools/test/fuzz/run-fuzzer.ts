import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { checkoutRoot } from '../../src/checkout.js';

/** What `node tools/dist/fuzz/main.js` said, and how it ended. */
export interface FuzzRun {
  readonly code: number | null;
  readonly output: string;
}

/** Runs the built fuzzer, as `make fuzz` does. */
export async function runFuzzer(...args: readonly string[]): Promise<FuzzRun> {
  const child = spawn(process.execPath, [join(checkoutRoot, 'tools/dist/fuzz/main.js'), ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, output };
}
