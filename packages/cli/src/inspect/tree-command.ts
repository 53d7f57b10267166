import type { SupervisionTree } from '@mailbeam/router';
import { adminAccess } from '../admin-access.js';
import type { AdminFlags } from '../admin-flags.js';
import { ExitCode } from '../exit-code.js';
import type { ExitStatus } from '../exit-code.js';
import type { Output } from '../output.js';
import { inspectError } from './inspect-access.js';
import { treeLines } from './tree-text.js';

export interface TreeFlags extends AdminFlags {
  readonly deepest: string;
  readonly json?: boolean;
}

/** A walk over a million actors takes its time. */
const walkMs = 20_000;

/** `mailbeam tree`: the supervision tree of a router. */
export async function treeCommand(flags: TreeFlags, output: Output): Promise<ExitStatus> {
  const access = await adminAccess(flags);
  const route = `/actors/tree?${new URLSearchParams({ deepest: flags.deepest }).toString()}`;
  const tree = await access.get(route, walkMs).catch((error: unknown) => {
    throw inspectError(error, access);
  });
  if (flags.json === true) output.line(JSON.stringify(tree));
  else for (const line of treeLines(tree as SupervisionTree, output)) output.line(line);
  return ExitCode.OK;
}
