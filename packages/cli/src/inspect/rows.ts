import type { Output } from '../output.js';

/** Lines of a name and what there is to say of it; a row with an empty name goes on with the one before. */
export function rowLines(rows: readonly (readonly [name: string, value: string])[], output: Output): string[] {
  const width = Math.max(...rows.map(([name]) => name.length));
  return rows.map(([name, value]) => `${output.style('dim', name.padEnd(width))}  ${value}`);
}
