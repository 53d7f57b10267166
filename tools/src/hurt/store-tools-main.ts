/** Tries one tool for the store, of the checkout that this file belongs to. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Argument, Command } from 'commander';
import { backup, compact, migrate, salvage } from './store-tools.js';

const tools = { backup, compact, migrate, salvage };

const [tool] = new Command('store-tools')
  .description('Backs up, compacts, migrates or salvages a store, and sees whether everything is there.')
  .addArgument(new Argument('<tool>', 'one of them').choices(Object.keys(tools)))
  .parse().processedArgs as [keyof typeof tools];

const parent = mkdtempSync(join(tmpdir(), 'mailbeam-tools-'));
try {
  await tools[tool](parent);
  process.stdout.write('passed\n');
} catch (error) {
  process.stdout.write(`FAILED: ${(error as Error).message}\n`);
  process.exitCode = 1;
} finally {
  rmSync(parent, { recursive: true, force: true });
}
