import { posix } from 'node:path';
import type { Markdown } from './markdown.js';
import type { Problem } from './problem.js';

/**
 * Links that lead to no file or to no heading, and paths between backticks (`packages/router/src/node.ts`) that are not
 * there. Links to other sites are not followed.
 *
 * @param exists whether a path from the root of the checkout is there
 */
export function brokenLinks(documents: readonly Markdown[], exists: (path: string) => boolean): Problem[] {
  const anchors = new Map(documents.map(({ file, headings }) => [file, new Set(headings.map(({ anchor }) => anchor))]));
  return documents.flatMap((document) => [
    ...document.links.flatMap(({ text, line }) => {
      const message = brokenLink(document.file, text, anchors, exists);
      return message === undefined ? [] : [{ file: document.file, line, message }];
    }),
    ...document.codeSpans
      .filter(({ text }) => isPath(text) && !exists(text.replace(/\/$/, '')))
      .map(({ text, line }) => ({ file: document.file, line, message: `there is no ${text}` })),
  ]);
}

function brokenLink(
  file: string,
  link: string,
  anchors: ReadonlyMap<string, ReadonlySet<string>>,
  exists: (path: string) => boolean,
): string | undefined {
  if (/^[a-z][a-z0-9+.-]*:/i.test(link)) return undefined;
  const [path = '', anchor] = link.split('#');
  const target = path === '' ? file : posix.normalize(posix.join(posix.dirname(file), decodeURI(path)));
  if (target.startsWith('..')) return `the link ${link} leads out of the checkout`;
  if (path !== '' && !exists(target.replace(/\/$/, ''))) return `the link ${link} leads nowhere`;
  if (anchor !== undefined && anchors.get(target)?.has(anchor) === false) return `${target} has no heading #${anchor}`;
  return undefined;
}

/** A path that is meant literally: from the root, no placeholder, not something that is built or made at run time. */
function isPath(text: string): boolean {
  return (
    /^(?:packages|tools|benchmarks|docs|\.ci|\.config)\/[\w./-]+$/.test(text) &&
    !/\/(?:dist|NAME|node_modules|results)(?:\/|$)|\.{2}/.test(text)
  );
}
