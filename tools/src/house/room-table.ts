import type { Markdown } from './markdown.js';
import type { Problem } from './problem.js';

/**
 * Compares the table of rooms in docs/architecture.md (columns `room` and `may import`) with the lint rule's: same rooms,
 * same imports. A document without such a table is left alone.
 */
export function differingRooms(
  { file, tables }: Markdown,
  rooms: Readonly<Record<string, readonly string[]>>,
): Problem[] {
  const table = tables.find(({ header }) => header.some((title) => title.toLowerCase() === 'may import'));
  if (table === undefined) return [];
  const titles = table.header.map((title) => title.toLowerCase());
  const [room, imports] = [titles.indexOf('room'), titles.indexOf('may import')];
  const problems: Problem[] = [];
  const seen = new Set<string>();
  for (const { cells, line } of table.rows) {
    const name = wordsOf(cells[room])[0] ?? '';
    const above = [...seen];
    const allowed = rooms[name];
    seen.add(name);
    if (allowed === undefined) problems.push({ file, line, message: `the rules know no room ${name}` });
    else if (!sameWords(importsIn(cells[imports], above), allowed)) {
      problems.push({ file, line, message: `${name} may import ${allowed.join(', ') || 'no other room'}` });
    }
  }
  const missing = Object.keys(rooms).filter((name) => !seen.has(name));
  return [...problems, ...missing.map((name) => ({ file, line: 0, message: `the room ${name} is not in the table` }))];
}

const wordsOf = (cell: string | undefined): string[] => (cell ?? '').replace(/\(.*?\)/g, '').match(/[a-z]+/g) ?? [];

/** The rooms that a cell names: `actors (types)`, `client, router`, `-`, `all above`. */
function importsIn(cell: string | undefined, above: readonly string[]): readonly string[] {
  const words = wordsOf(cell);
  return words.join(' ') === 'all above' ? above : words;
}

const sameWords = (one: readonly string[], other: readonly string[]): boolean =>
  [...one].sort().join() === [...other].sort().join();
