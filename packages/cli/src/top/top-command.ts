import type { MailboxClass, TopOrder } from '@mailbeam/router/admin-views';
import { adminAccess } from '../admin-access.js';
import type { AdminFlags } from '../admin-flags.js';
import { ExitCode } from '../exit-code.js';
import type { ExitStatus } from '../exit-code.js';
import type { Output } from '../output.js';
import { FullScreen } from './full-screen.js';
import { TopScreen } from './top-screen.js';
import { askMailboxes, topSource } from './top-source.js';
import { topLines } from './top-text.js';

export interface TopFlags extends AdminFlags {
  readonly once?: boolean;
  readonly json?: boolean;
  readonly sort: string;
  readonly limit?: string;
  readonly class?: string;
}

const onceLimit = '20';
const liveLimit = '100';
const everyMs = 1_000;
const lateMs = 3_000;

/** `mailbeam top`: the mailboxes that stand out, live at a terminal, else once. */
export async function topCommand(flags: TopFlags, output: Output): Promise<ExitStatus> {
  const access = await adminAccess(flags);
  const { stdin, stdout } = process;
  const isLive =
    flags.json !== true && flags.once !== true && stdin.isTTY && stdout.isTTY && process.env['TERM'] !== 'dumb';
  const limit = flags.limit ?? (isLive ? liveLimit : onceLimit);
  // the router refuses an order and a class that are none
  const order = flags.sort as TopOrder;
  const className = flags.class as MailboxClass | undefined;
  const view = await askMailboxes(access, { order, limit, class: className });
  if (flags.json === true) output.line(JSON.stringify(view));
  else if (isLive) {
    const screen = new FullScreen({ input: stdin, screen: stdout });
    await new TopScreen(topSource(access), screen, output, { order, className, limit, everyMs, lateMs }).run(view);
  } else {
    const columns = stdout.isTTY ? stdout.columns || 80 : Infinity;
    const picture = { order, className, filter: '', selected: -1, columns, lines: Infinity, notice: '', problem: '' };
    for (const line of topLines(view, picture, output)) output.line(line);
  }
  return ExitCode.OK;
}
