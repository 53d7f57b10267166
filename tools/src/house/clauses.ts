import type { Markdown } from './markdown.js';
import type { Problem } from './problem.js';

/** A source, test or document and what it says. */
export interface SourceText {
  /** Path from the root of the checkout. */
  readonly file: string;
  readonly text: string;
}

/** The numbers of the clauses of docs/semantics.md: of a heading (`## 3. Order`) or of a paragraph (`**3.2** ...`). */
export function clausesOf({ prose }: Markdown): Set<string> {
  const numbers = prose.flatMap(
    (line) => /^(?:#+\s+|[-*]\s+)?(?:\*\*)?(\d+(?:\.\d+)*)\.?(?:\*\*)?\.?\s/.exec(line)?.[1] ?? [],
  );
  return new Set(numbers);
}

/** Places that cite a clause (`semantics 3.2`, `docs/semantics.md, 3.2 and 4.1`) that the document does not have. */
export function unknownClauses(clauses: ReadonlySet<string>, sources: readonly SourceText[]): Problem[] {
  return sources.flatMap(({ file, text }) =>
    text.split('\n').flatMap((line, i) =>
      citedIn(line)
        .filter((clause) => !clauses.has(clause))
        .map((clause) => ({ file, line: i + 1, message: `docs/semantics.md has no clause ${clause}` })),
    ),
  );
}

function citedIn(line: string): string[] {
  const citation =
    /\bsemantics(?:\.md)?[`"]?[,:]?\s+(?:clauses?\s+|§\s*)?((?:\d+(?:\.\d+)*)(?:(?:,| and|, and| to)\s+\d+\.\d+(?:\.\d+)*)*)/gi;
  return [...line.matchAll(citation)].flatMap((match) => match[1]?.match(/\d+(?:\.\d+)*/g) ?? []);
}
