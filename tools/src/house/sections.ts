import type { SourceText } from './clauses.js';
import type { Markdown } from './markdown.js';
import type { Problem } from './problem.js';

/**
 * Places that cite a section of a document which it does not have: `(protocol, section 9)`, `(protocol, "Codes")`,
 * `docs/architecture.md, "Seams"`. A heading counts with and without its number.
 *
 * @param name the document's name without folder and ending: `protocol`
 */
export function unknownSections(name: string, document: Markdown, sources: readonly SourceText[]): Problem[] {
  const titles = new Set(document.headings.map(({ text }) => plainTitle(text)));
  const numbers = new Set(document.headings.map(({ text }) => /^(\d+(?:\.\d+)*)/.exec(text)?.[1]));
  const citation = new RegExp(`\\b${name}(?:\\.md)?[\`)]?, (?:sections? (\\d+(?:\\.\\d+)*)|"([^"]+)")`, 'g');
  return sources.flatMap(({ file, text }) =>
    text.split('\n').flatMap((line, i) =>
      [...line.matchAll(citation)]
        .filter(([, number, title]) => (title === undefined ? !numbers.has(number) : !titles.has(plainTitle(title))))
        .map(([, number, title]) => ({
          file,
          line: i + 1,
          message: `${document.file} has no section ${title === undefined ? number : `"${title}"`}`,
        })),
    ),
  );
}

const plainTitle = (text: string): string =>
  text
    .replace(/^\d+(?:\.\d+)*\.?\s+/, '')
    .replace(/[`*]/g, '')
    .toLowerCase();
