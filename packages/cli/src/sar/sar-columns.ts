import type { ActivityColumn } from '@mailbeam/router/activity';
import { CliError } from '../cli-error.js';
import { ExitCode } from '../exit-code.js';

/** What is shown of the many that are recorded. */
export const usualColumns: readonly string[] = [
  ...['cpu.user', 'cpu.system', 'cpu.iowait', 'cpu.steal', 'system.switches', 'system.interrupts'],
  ...['memory.available', 'net.rx_packets', 'net.rx_bytes', 'net.tx_bytes', 'lo.packets', 'disk.written_bytes'],
  ...['node.user', 'node.system', 'node.rss', 'loop.active', 'loop.held', 'gc.time', 'router.connections'],
  ...['router.accepted', 'router.delivered', 'router.rejected', 'router.pending', 'accept.mean', 'commit.mean'],
  ...['session.depth', 'away.depth', 'service.depth'],
];

/**
 * Places of the columns that are asked for, in that order.
 * @param text names with commas between them; `*` stands for anything. @throws CliError USAGE
 */
export function chosenColumns(text: string | undefined, columns: readonly ActivityColumn[]): number[] {
  const places = new Set<number>();
  for (const pattern of text === undefined ? usualColumns : text.split(',').map((word) => word.trim())) {
    const matches = matcher(pattern);
    const found = columns.flatMap(({ name }, i) => (matches(name) ? [i] : []));
    if (found.length === 0 && text !== undefined) {
      const groups = [...new Set(columns.map(({ name }) => name.split('.')[0]!))];
      throw new CliError(
        ExitCode.USAGE,
        `--columns ${pattern}: nothing of that name was recorded`,
        `GROUP.* names all of a group: ${groups.join(', ')}; quote it in a shell`,
      );
    }
    for (const place of found) places.add(place);
  }
  return [...places];
}

function matcher(pattern: string): (name: string) => boolean {
  const parts = pattern.split('*').map((part) => part.replace(/[^a-z0-9_]/gi, '\\$&'));
  const expression = new RegExp(`^${parts.join('.*')}$`);
  return (name) => expression.test(name);
}
