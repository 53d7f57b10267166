import { displayWidth } from '../chat/display-width.js';
import type { Output } from '../output.js';

/** Rows of text in columns, two blanks between them; the first row is the head. */
export function tableLines(
  rows: readonly (readonly string[])[],
  sides: readonly ('left' | 'right')[],
  output: Output,
): string[] {
  const widths = sides.map((_, column) => Math.max(...rows.map((row) => displayWidth(row[column] ?? ''))));
  return rows.map((row, index) => {
    const cells = row.map((cell, column) => {
      const blanks = ' '.repeat(Math.max(0, (widths[column] ?? 0) - displayWidth(cell)));
      return sides[column] === 'right' ? blanks + cell : cell + blanks;
    });
    const line = cells.join('  ').trimEnd();
    return index === 0 ? output.style('dim', line) : line;
  });
}
