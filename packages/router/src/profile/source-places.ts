import { readFileSync } from 'node:fs';
import { SourceMap } from 'node:module';
import type { SourceMapPayload } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { CallFrame, CpuProfile, ProfileNode } from './cpu-profile.js';

interface Mapped {
  readonly map: SourceMap;
  /** What its sources count from. */
  readonly base: string;
}

/** Rewrites the places of a profile to those in the sources, where a script has a source map: a handler shows as its `.ts`. */
export function withSourcePlaces(profile: CpuProfile): CpuProfile {
  const maps = new Map<string, Mapped | undefined>();
  const mapped = (url: string): Mapped | undefined => {
    if (!maps.has(url)) maps.set(url, sourceMapOf(url));
    return maps.get(url);
  };
  return { ...profile, nodes: profile.nodes.map((node) => atSource(node, mapped(node.callFrame.url))) };
}

function atSource(node: ProfileNode, mapped: Mapped | undefined): ProfileNode {
  if (mapped === undefined) return node;
  const place = placeOf(mapped, node.callFrame);
  if (place === undefined) return node;
  const positionTicks = node.positionTicks?.map(({ line, ticks }) => {
    // of a line only its number is known: its last place
    const entry = mapped.map.findEntry(line - 1, Number.MAX_SAFE_INTEGER);
    return { line: 'originalLine' in entry ? entry.originalLine + 1 : line, ticks };
  });
  return {
    ...node,
    callFrame: { ...node.callFrame, ...place },
    ...(positionTicks !== undefined && { positionTicks }),
  };
}

function placeOf(
  { map, base }: Mapped,
  { lineNumber, columnNumber }: CallFrame,
): Pick<CallFrame, 'url' | 'lineNumber' | 'columnNumber'> | undefined {
  const entry = map.findEntry(lineNumber, columnNumber);
  if (!('originalSource' in entry)) return undefined;
  const url = URL.canParse(entry.originalSource) ? entry.originalSource : new URL(entry.originalSource, base).href;
  return { url, lineNumber: entry.originalLine, columnNumber: entry.originalColumn };
}

const mapLine = /\/\/# sourceMappingURL=(\S+)\s*$/;

/** The map of a script in a file; undefined where it has none, or its file is gone. */
function sourceMapOf(url: string): Mapped | undefined {
  if (!url.startsWith('/') && !url.startsWith('file:')) return undefined;
  try {
    const path = url.startsWith('/') ? url : fileURLToPath(url);
    const place = mapLine.exec(readFileSync(path, 'utf8').slice(-(16 << 20)))?.[1];
    if (place === undefined) return undefined;
    const base = pathToFileURL(path).href;
    const inline = /^data:application\/json;[^,]*base64,(.*)$/.exec(place)?.[1];
    const text =
      inline === undefined ? readFileSync(new URL(place, base), 'utf8') : Buffer.from(inline, 'base64').toString();
    const payload = JSON.parse(text) as SourceMapPayload & { sourceRoot?: string };
    return { map: new SourceMap(payload), base: payload.sourceRoot ? new URL(payload.sourceRoot, base).href : base };
  } catch {
    return undefined; // a profile with the places in what runs is better than none
  }
}
