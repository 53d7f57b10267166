/** What the checks need of a Markdown document. Lines are 1-based. */
export interface Markdown {
  /** Path from the root of the checkout. */
  readonly file: string;
  readonly headings: readonly Heading[];
  readonly links: readonly Reference[];
  /** Texts between backticks, outside fences. */
  readonly codeSpans: readonly Reference[];
  readonly fences: readonly Fence[];
  readonly tables: readonly Table[];
  /** Lines outside fences; a fenced line is ''. */
  readonly prose: readonly string[];
}

export interface Heading {
  readonly text: string;
  /** What a link to it has after `#`, as code hosts make it. */
  readonly anchor: string;
}

export interface Reference {
  readonly text: string;
  readonly line: number;
}

export interface Fence {
  /** The word after the backticks: `sh`, `ts`, ''. */
  readonly language: string;
  readonly lines: readonly Reference[];
}

export interface Table {
  readonly header: readonly string[];
  readonly rows: readonly { readonly cells: readonly string[]; readonly line: number }[];
}

/** Cuts a document into its parts. Knows the Markdown of this project, not all Markdown. */
export function parseMarkdown(file: string, text: string): Markdown {
  const { prose, fences } = splitFences(text.split('\n'));
  const all = (pattern: RegExp): Reference[] =>
    prose.flatMap((line, i) => [...line.matchAll(pattern)].map((match) => ({ text: match[1] ?? '', line: i + 1 })));
  return {
    file,
    prose,
    fences,
    headings: headingsOf(prose),
    links: allOutsideCode(prose, [/\]\(\s*<?([^)\s>]+)>?[^)]*\)/g, /^\[[^\]]+\]:\s*(\S+)/g]),
    codeSpans: all(/`([^`]+)`/g),
    tables: tablesOf(prose),
  };
}

function splitFences(lines: readonly string[]): { prose: string[]; fences: Fence[] } {
  const prose: string[] = [];
  const fences: Fence[] = [];
  let end = '';
  let inside: Reference[] = [];
  for (const [i, line] of lines.entries()) {
    const mark = /^\s*(`{3,}|~{3,})\s*(\S*)/.exec(line);
    if (end === '' && mark) {
      end = mark[1] ?? '';
      inside = [];
      fences.push({ language: mark[2] ?? '', lines: inside });
    } else if (end !== '' && line.trim().startsWith(end)) {
      end = '';
    } else if (end !== '') {
      inside.push({ text: line, line: i + 1 });
    } else {
      prose.push(line);
      continue;
    }
    prose.push('');
  }
  return { prose, fences };
}

function headingsOf(prose: readonly string[]): Heading[] {
  const seen = new Map<string, number>();
  return prose.flatMap((line) => {
    const text = /^#{1,6}\s+(.*?)\s*#*$/.exec(line)?.[1];
    if (text === undefined) return [];
    const slug = slugOf(text);
    const times = seen.get(slug) ?? 0;
    seen.set(slug, times + 1);
    return [{ text, anchor: times === 0 ? slug : `${slug}-${times}` }];
  });
}

function slugOf(text: string): string {
  const plain = text.replace(/\[([^\]]*)\]\([^)]*\)/g, '$1').replace(/[`*]/g, '');
  return plain
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .replace(/\s/g, '-');
}

function allOutsideCode(prose: readonly string[], patterns: readonly RegExp[]): Reference[] {
  return prose.flatMap((line, i) => {
    const outside = line.replace(/`[^`]*`/g, (code) => ' '.repeat(code.length));
    return patterns.flatMap((pattern) =>
      [...outside.matchAll(pattern)].map((match) => ({ text: match[1] ?? '', line: i + 1 })),
    );
  });
}

function tablesOf(prose: readonly string[]): Table[] {
  const tables: Table[] = [];
  for (let i = 1; i < prose.length; i++) {
    if (!/^\s*\|[\s:|-]+\|\s*$/.test(prose[i] ?? '') || !isRow(prose[i - 1])) continue;
    const rows = [];
    for (let at = i + 1; isRow(prose[at]); at++) rows.push({ cells: cellsOf(prose[at] ?? ''), line: at + 1 });
    tables.push({ header: cellsOf(prose[i - 1] ?? ''), rows });
  }
  return tables;
}

const isRow = (line: string | undefined): boolean => line !== undefined && /^\s*\|.*\|\s*$/.test(line);

/** Cells of `| a | b |`; a bar in a cell is written `\|`. */
function cellsOf(row: string): string[] {
  return row
    .trim()
    .slice(1, -1)
    .split(/(?<!\\)\|/)
    .map((cell) => cell.trim().replaceAll('\\|', '|'));
}
