import type { Markdown } from './markdown.js';
import type { Problem } from './problem.js';

/** One set of codes of the protocol, as the code has it. */
export interface CodeSet {
  /** Names the set in messages: `REJECTED`. */
  readonly name: string;
  readonly codes: readonly string[];
}

/**
 * Compares the codes of the protocol with the document about it: each code stands there between backticks, and where a
 * table has a column `code`, nothing stands in it that the code does not know.
 */
export function differingCodes(document: Markdown, sets: readonly CodeSet[]): Problem[] {
  const { file } = document;
  const written = new Set(document.codeSpans.map(({ text }) => text));
  for (const { cell } of codeCells(document)) written.add(cell);
  const known = new Set(sets.flatMap(({ codes }) => codes));
  const missing = sets.flatMap(({ name, codes }) =>
    codes
      .filter((code) => !written.has(code))
      .map((code) => ({ file, line: 0, message: `the ${name} code ${code} is not in it` })),
  );
  const unknown = codeCells(document)
    .filter(({ cell }) => !known.has(cell))
    .map(({ cell, line }) => ({ file, line, message: `the code ${cell} does not exist` }));
  return [...missing, ...unknown];
}

function codeCells({ tables }: Markdown): { cell: string; line: number }[] {
  return tables.flatMap(({ header, rows }) => {
    const column = header.findIndex((title) => title.toLowerCase() === 'code');
    if (column < 0) return [];
    return rows.flatMap(({ cells, line }) =>
      (cells[column] ?? '')
        .split(',')
        .map((text) => text.replaceAll('`', '').trim())
        .filter((cell) => /^(?:[a-z][a-z_]*|\d{4})$/.test(cell))
        .map((cell) => ({ cell, line })),
    );
  });
}
